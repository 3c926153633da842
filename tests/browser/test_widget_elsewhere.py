"""The widget where publishers have it: on a page of another origin than the service's."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveService
from tests.browser.lab import EMBED, Publisher
from tests.browser.widgets import box, parley, ready, write
from tests.processes import free_port
from tests.tokens import ISSUER, SECRET, claims, token

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    one = Publisher()
    yield one
    one.close()


@pytest.fixture
def paper(live_service: LiveService, publisher: Publisher) -> LiveService:
    """A site whose pages lie on the publisher's own origin."""
    site = f"elsewhere-{free_port()}"
    parley(live_service, "site", "add", site, "--name", "Elsewhere", "--origin", publisher.origin)
    return replace(live_service, site=site)


def test_a_thread_is_read_written_and_followed_live_on_another_origin(
    page: Page, paper: LiveService, publisher: Publisher, article_key: str
) -> None:
    html = EMBED.format(host=paper.url, site=paper.site, article=article_key)
    publisher.pages["/story"] = (html, "")
    page.goto(f"{publisher.origin}/story")
    ready(page)
    write(page, "Written on the publisher's page")
    mine = page.locator(".body", has_text="Written on the publisher's page")
    expect(mine).to_be_visible()
    # Live: what somebody else writes is offered without a reload.
    other = paper.post("From somebody else", article=article_key)
    paper.wait_for(other, "published")
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(".body", has_text="From somebody else")).to_be_visible()
    # The session survives a reload, by its cookie or the page's own storage.
    page.reload()
    ready(page)
    box(page).fill("And again")
    expect(page.get_by_text("Posting as Ada")).to_be_visible()


def test_a_portrait_that_the_publisher_names_is_given_out_by_the_service(
    page: Page, paper: LiveService, publisher: Publisher, article_key: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    parley(paper, "site", "sso", "set", paper.site, "--issuer", ISSUER)
    parley(paper, "site", "sso", "secret", paper.site, "--file", str(secret))
    signed = token(claims(sub="11", name="Ada", avatar=f"{publisher.origin}/ada.png"))
    html = EMBED.format(host=paper.url, site=paper.site, article=article_key)
    publisher.pages["/story"] = (html.replace("data-site", f'data-sso="{signed}" data-site'), "")
    publisher.pages["/ada.png"] = (PIXEL, "")
    page.goto(f"{publisher.origin}/story")
    box(page).fill("With a face")
    expect(page.get_by_text("Posting as Ada")).to_be_visible()
    box(page).press("Control+Enter")
    expect(page.locator(".body", has_text="With a face")).to_be_visible()
    page.reload()
    portrait = page.locator("img.avatar")
    portrait.wait_for()
    assert (portrait.get_attribute("src") or "").startswith(f"{paper.url}/portraits/")
    page.wait_for_function("image => image.naturalWidth === 1", arg=portrait.element_handle())

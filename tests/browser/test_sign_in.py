"""Signing in, in a real browser: the publisher's token, and a window at a real OpenID provider."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveService
from tests.browser.patience import until
from tests.browser.widgets import box, parley, serve
from tests.processes import free_port
from tests.tokens import ISSUER, SECRET, claims, token

pytestmark = pytest.mark.browser


def page_of(service: LiveService, attributes: str, article: str) -> str:
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Story</title><main><h1>Story</h1>
        <parley-comments></parley-comments></main>
        <script async src="/embed.js" data-site="{service.site}" data-article="{article}" {attributes}></script></html>"""


def write_as(page: Page, name: str, text: str) -> None:
    """Type while the widget still finds out who is there; post once it knows."""
    box(page).fill(text)
    page.get_by_text(f"Posting as {name}").wait_for()
    box(page).press("Control+Enter")
    page.locator(".body", has_text=text).wait_for()


@pytest.fixture
def paper(live_service: LiveService, tmp_path: Path) -> LiveService:
    """A site of the test's own, with its own sign-in and no guests."""
    site = f"paper-{free_port()}"
    parley(live_service, "site", "add", site, "--name", "Paper")
    parley(live_service, "site", "set", site, "--no-guests")
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    parley(live_service, "site", "sso", "set", site, "--issuer", ISSUER)
    parley(live_service, "site", "sso", "secret", site, "--file", str(secret))
    return replace(live_service, site=site)


def test_a_publishers_token_signs_in_and_another_follows_it(
    page: Page, paper: LiveService, article_key: str
) -> None:
    first = token(claims(name="Ada Lovelace"))
    serve(page, paper, "/sso-story", page_of(paper, f'data-sso="{first}"', article_key))
    page.goto(f"{paper.url}/sso-story")
    write_as(page, "Ada Lovelace", "Signed in by the paper")
    # Somebody else signs in on the same page: the draft stays.
    box(page).fill("A draft that stays")
    second = token(claims(sub="43", name="Grace Hopper"))
    page.evaluate("text => document.querySelector('parley-comments').dataset.sso = text", second)
    page.get_by_text("Posting as Grace Hopper").wait_for()
    expect(box(page)).to_have_value("A draft that stays")


def test_the_page_is_asked_for_a_token_when_one_is_needed(
    page: Page, paper: LiveService, article_key: str
) -> None:
    answers = [token(claims(sub="7", name="Mary Shelley"))]
    page.expose_function("freshToken", lambda: answers[0])
    script = "document.addEventListener('parley:token', ({ detail }) => detail.answer(window.freshToken()));"
    page.add_init_script(script)
    serve(page, paper, "/asked-story", page_of(paper, "", article_key))
    page.goto(f"{paper.url}/asked-story")
    write_as(page, "Mary Shelley", "A token was asked for")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aud": "another"}, "This site could not sign you in. That is its mistake, not yours."),
        ({"iat": 1_000, "exp": 2_000}, "Please sign in on this site to comment."),
    ],
)
def test_a_token_that_is_not_taken_says_whose_fault_it_is(
    page: Page, paper: LiveService, article_key: str, changes: dict[str, Any], said: str
) -> None:
    refused = token(claims(**changes))
    serve(page, paper, "/refused-story", page_of(paper, f'data-sso="{refused}"', article_key))
    page.goto(f"{paper.url}/refused-story")
    page.get_by_role("alert").filter(has_text=said).wait_for()
    # The page signs in again: nothing more is said of it.
    page.evaluate("text => document.querySelector('parley-comments').dataset.sso = text", token(claims()))
    write_as(page, "Ada", "Signed in at last")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.fixture
def provider() -> Iterator[str]:
    """A real OpenID provider on loopback; its issuer."""
    port = free_port()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    while b"Uvicorn running" not in (line := process.stdout.readline()):
        assert line, "the provider did not start"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.mark.parametrize("windows", [True, False])
def test_a_reader_signs_in_at_a_provider(
    page: Page, paper: LiveService, provider: str, article_key: str, windows: bool, tmp_path: Path
) -> None:
    request = urllib.request.urlopen(f"{provider}/.well-known/openid-configuration", timeout=10)
    request.close()
    secret = tmp_path / "client-secret"
    secret.write_text("the provider takes no client without one")
    arguments = ["--issuer", provider, "--client-id", "parley", "--label", "Sign in with Mock"]
    parley(paper, "site", "oidc", "set", paper.site, *arguments, "--secret-file", str(secret))
    if not windows:
        page.add_init_script("window.open = () => null;")
    serve(page, paper, "/oidc-story", page_of(paper, "", article_key))
    page.goto(f"{paper.url}/oidc-story")
    popup: Any = page
    if windows:
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Sign in").first.click()
        popup = opened.value
    else:
        page.get_by_role("button", name="Sign in").first.click()
    popup.get_by_role("link", name="Sign in with Mock").click()
    popup.locator("input[name=sub]").fill("ada@provider.example")
    popup.get_by_role("button", name="Authorize").click()
    popup.get_by_label("Your name").fill("Ada")
    popup.get_by_role("button", name="Go on").click()
    if not windows:
        page.get_by_role("link", name="Back to the comments").click()
    write_as(page, "Ada", "Signed in at a provider")
    if windows:
        until(page, popup.is_closed)
    else:
        expect(page).not_to_have_url(re.compile("parley-sign-in"))


def test_the_account_is_opened_from_the_thread(page: Page, paper: LiveService, article_key: str) -> None:
    serve(page, paper, "/account-story", page_of(paper, f'data-sso="{token(claims(sub="9"))}"', article_key))
    page.goto(f"{paper.url}/account-story")
    box(page).fill("x")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Your account").click()
    account = opened.value
    account.get_by_role("heading", name="Your account: Ada").wait_for()
    account.get_by_label("I know that this cannot be taken back").check()
    account.get_by_role("button", name="Erase my account").click()
    account.get_by_role("heading", name="Your account is erased").wait_for()

"""What the widget's browser tests share: pages that embed a thread, and the names of its parts."""

import os
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from playwright.sync_api import Locator, Page

from service.cli import main
from tests.browser.conftest import LiveService

STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types parley"
)


def open_thread(
    page: Page,
    service: LiveService,
    article: str,
    *,
    lang: str = "en",
    csp: str = STRICT,
    attributes: str = "",
) -> None:
    """Go to a page of the service's origin that embeds the thread of `article`, under a strict policy, and wait for it."""
    html = f"""<!doctype html><html lang="{lang}"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><title>Story</title><main><h1>Story</h1>
        <parley-comments {attributes}></parley-comments></main>
        <script async src="/embed.js" data-site="{service.site}" data-article="{article}"></script></html>"""
    serve(page, service, f"/story/{article}", html, csp)
    page.goto(f"{service.url}/story/{article}")
    ready(page)


def serve(page: Page, service: LiveService, path: str, html: str, csp: str = STRICT) -> None:
    """Make the browser see `html` at `path` of the service's origin."""
    headers = {"Content-Security-Policy": csp}
    page.route(
        f"{service.url}{path}*",
        lambda route: route.fulfill(body=html, content_type="text/html", headers=headers),
    )


def ready(page: Page) -> None:
    """Wait until the thread is shown and can be written in."""
    page.get_by_role("heading", level=2).first.wait_for()
    page.locator("parley-comments .composer textarea[id], parley-comments .notice").first.wait_for()


def box(page: Page) -> Locator:
    """The box for a new comment."""
    return page.locator(".composer textarea").first


def write(page: Page, text: str, name: str | None = "Ada") -> None:
    """Post a comment by keyboard, as a guest of that name unless the page has a reader already."""
    box(page).fill(text)
    field = page.get_by_label(NAME).first
    if name and field.is_visible():
        field.fill(name)
    box(page).press("Control+Enter")


def comment(page: Page, text: str) -> Locator:
    """The comment that says `text`."""
    return page.locator("article.comment").filter(has=page.locator(".body", has_text=text))


def menu(target: Locator) -> None:
    """Open what stands behind "more" at a comment, unless it is open."""
    more = target.get_by_role("button", name="More")
    if more.get_attribute("aria-expanded") == "false":
        more.click()


NAME = "Your name"
HELP = "Please let us know if you're having issues with commenting"


def parley(service: LiveService, *arguments: str) -> None:
    """Run a command beside the running service, in this process: to start another takes longer than most tests."""
    environment = {
        "PARLEY_DATA_DIR": str(service.log.parent),
        "PARLEY_OUTGOING_NETWORKS": "127.0.0.0/8,::1/128",
        "PATH": "/usr/bin:/bin",
    }
    # Playwright's own loop runs in this thread.
    with mock.patch.dict(os.environ, environment, clear=True), ThreadPoolExecutor(1) as threads:
        threads.submit(main, arguments, standalone_mode=False).result()

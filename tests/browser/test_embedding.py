"""The other ways onto a page: counts in lists of articles, a frame for hosts without scripts, pages without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LiveService
from tests.browser.lab import Publisher
from tests.browser.patience import until
from tests.browser.test_widget_everybody import accessible
from tests.browser.widgets import ready, serve, write

pytestmark = pytest.mark.browser

LIST = """<!doctype html><html lang="de"><meta charset="utf-8"><title>List</title><main><h1>Stories</h1><ul>
    {items}</ul></main><script async src="/count.js" data-site="demo"></script></html>"""


def test_lists_of_articles_are_counted_in_one_request(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    live_service.wait_for(live_service.post("A fine thing.", article=article_key), "published")
    words = 'data-zero="Noch nichts" data-one="{n} Kommentar" data-other="{n} Kommentare"'
    items = "".join(
        f'<li><a href="#" data-parley-count="{key}" {words}>…</a></li>'
        for key in (article_key, "never-seen", article_key)
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/counts?" in request.url else None)
    serve(page, live_service, "/list", LIST.format(items=items))
    page.goto(f"{live_service.url}/list")

    expect(page.get_by_role("link")).to_have_text(["1 Kommentar", "Noch nichts", "1 Kommentar"])
    assert len(asked) == 1
    page.evaluate(
        """async (key) => {
            const link = document.createElement("a");
            link.dataset.parleyCount = key;
            document.querySelector("main").append(link);
            await parley.count();
        }""",
        article_key,
    )
    expect(page.locator("main > a")).to_have_text("1")


def test_a_frame_carries_the_widget_and_tells_its_height(
    browser: Browser, live_service: LiveService, article_key: str
) -> None:
    publisher = Publisher()
    context = browser.new_context()
    page = context.new_page()
    try:
        address = f"{live_service.url}/frame/demo/{article_key}"
        publisher.pages["/story"] = (
            f"""<!doctype html><html lang="en"><title>Story</title><iframe title="Comments" src="{address}"></iframe>
            <script>addEventListener("message", (event) => {{
                if (event.data.type === "parley:height") document.querySelector("iframe").height = event.data.height;
            }});</script></html>""",
            "",
        )
        # Only pages of the site may frame it.
        page.goto(f"{publisher.origin}/story")
        expect(page.frame_locator("iframe").locator(".composer")).to_have_count(0)

        page.route(
            "**/frame/**",
            lambda route: route.fulfill(
                response=(answer := route.fetch()),
                headers={
                    **answer.headers,
                    "content-security-policy": answer.headers["content-security-policy"]
                    + f" {publisher.origin}",
                },
            ),
        )
        page.goto(f"{publisher.origin}/story")
        frame = page.frame_locator("iframe")
        frame.locator(".composer textarea").fill("From within a frame.")
        frame.get_by_label("Your name").fill("Ada")
        frame.locator(".composer textarea").press("Control+Enter")
        expect(frame.locator("article.comment")).to_contain_text("From within a frame.")
        height = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
        told = page.locator("iframe")
        until(page, lambda: told.get_attribute("height") == str(page.frames[1].evaluate(height)))
    finally:
        context.close()
        publisher.close()


def test_links_to_comments_lead_to_the_articles_address(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    html = f"""<!doctype html><html lang="en"><title>Story</title><main><parley-comments data-site="demo"
        data-article="{article_key}" data-url="{live_service.url}/canonical" data-title="Canonical"></parley-comments>
        </main><script async src="/embed.js"></script></html>"""
    serve(page, live_service, "/amp", html)
    page.goto(f"{live_service.url}/amp")
    ready(page)
    write(page, "Somewhere else.")
    expect(page.locator("article.comment")).to_have_attribute("data-status", "published")
    article = live_service.call("GET", f"/articles/{article_key}/comments?limit=2")["article"]
    assert (article["url"], article["title"]) == (f"{live_service.url}/canonical", "Canonical")


def test_pages_without_scripts_are_for_everybody(
    browser: Browser, live_service: LiveService, article_key: str
) -> None:
    root = live_service.wait_for(live_service.post("A **fine** thing.", article=article_key), "published")
    reply = live_service.post("Quite so.", article=article_key, parent_id=root["id"])
    live_service.wait_for(reply, "published")
    for scheme in ("light", "dark"):
        # Scripts run for the sake of axe alone: the pages have none.
        context = browser.new_context(
            bypass_csp=True, color_scheme=scheme, viewport={"width": 320, "height": 640}
        )
        page = context.new_page()
        for path in (
            f"/threads/demo/{article_key}",
            f"/conversations/demo/{root['id']}",
            f"/conversations/demo/{root['id']}/alone",
        ):
            page.goto(live_service.url + path)
            expect(page.get_by_text("fine")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            accessible(page)
        context.close()

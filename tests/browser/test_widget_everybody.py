"""The widget for everybody: by keyboard, by screen reader, in the dark, right to left, on a small screen, on any page."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LiveService
from tests.browser.widgets import HELP, box, comment, open_thread, ready, serve, write

pytestmark = pytest.mark.browser

# The policy stands in the way of axe's own script, not of the widget's.
OPEN = "script-src * 'unsafe-inline' 'unsafe-eval'"


def accessible(page: Page) -> None:
    """No rule of axe is broken."""
    found = Axe().run(page).response["violations"]
    assert not found, [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_state_breaks_a_rule_of_axe(
    themed: Page, live_service: LiveService, article_key: str, lang: str
) -> None:
    page = themed
    root = live_service.post("A **root** with a ||spoiler||", article=article_key)
    live_service.wait_for(root, "published")
    live_service.wait_for(
        live_service.post("> A root\n\nAn answer", article=article_key, parent_id=root["id"]), "published"
    )
    style = "<style>:root{color-scheme:light dark}body{background:Canvas;color:CanvasText}</style>"
    html = f"""<!doctype html><html lang="{lang}"><title>Story</title>{style}<main><h1>Story</h1>
        <parley-comments></parley-comments></main>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script></html>"""
    serve(page, live_service, "/story/axe", html, OPEN)
    page.goto(f"{live_service.url}/story/axe")
    ready(page)
    accessible(page)

    box(page).fill("You idiot")
    page.locator(".name input").fill("Ada")
    accessible(page)
    box(page).press("Control+Enter")
    expect(comment(page, "You idiot")).to_have_attribute("data-status", "held")
    target = comment(page, "with a")
    target.locator(".actions [aria-expanded]").click()
    target.locator(".actions button").nth(2).click()
    # Whatever the language, muting is the last and reporting the one before it.
    target.locator(".actions button").nth(-2).click()
    expect(page.locator("fieldset")).to_be_visible()
    live_service.post("Fresh", article=article_key)
    expect(page.locator(".new")).to_be_visible()
    page.locator("footer > button").click()
    expect(page.locator("footer .answers")).to_have_attribute("aria-busy", "false")
    for summary in page.locator("footer summary").all():
        summary.click()
    page.route("**/articles/*/comments", lambda route: route.fulfill(status=500, json={"code": "internal"}))
    box(page).fill("Refused")
    box(page).press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    accessible(page)


def test_everything_is_done_by_keyboard(page: Page, live_service: LiveService, article_key: str) -> None:
    open_thread(page, live_service, article_key)
    box(page).focus()
    page.keyboard.type("By keys alone")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Keyes")
    page.keyboard.press("Enter")
    mine = comment(page, "By keys alone")
    expect(mine).to_have_attribute("data-status", "published")
    mine.get_by_role("button", name="Reply").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Reply to Keyes")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Reply to Keyes")).to_have_count(0)
    expect(mine).to_be_focused()
    page.get_by_role("button", name=HELP).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("It is about")).to_be_focused()


def test_what_happens_is_spoken(page: Page, live_service: LiveService, article_key: str) -> None:
    open_thread(page, live_service, article_key)
    write(page, "Say something")
    expect(page.locator(".voice")).to_have_text(re.compile("Your comment is published"))


def test_nothing_is_wider_than_a_small_telephone(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    parent = live_service.post("Wide" * 60, article=article_key)
    live_service.wait_for(parent, "published")
    for level in range(5):
        parent = live_service.post(
            f"```\n{'code ' * 60}\n```\nLevel {level}", article=article_key, parent_id=parent["id"]
        )
        live_service.wait_for(parent, "published")
    open_thread(page, live_service, article_key)
    page.get_by_role("button", name=HELP).click()
    expect(page.get_by_label("What happened?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_arabic_runs_from_right_to_left(page: Page, live_service: LiveService, article_key: str) -> None:
    live_service.wait_for(live_service.post("مرحبا", article=article_key), "published")
    open_thread(page, live_service, article_key, lang="ar")
    expect(page.get_by_role("heading", name="تعليق واحد")).to_be_visible()
    expect(page.locator("section.root")).to_have_attribute("dir", "rtl")
    avatar = page.locator(".avatar").bounding_box()
    body = page.locator(".content").first.bounding_box()
    assert avatar
    assert body
    assert avatar["x"] > body["x"]


@pytest.mark.parametrize("lang", ["de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ja", "zh-Hans"])
def test_the_thread_speaks_the_pages_language(
    page: Page, live_service: LiveService, article_key: str, lang: str
) -> None:
    open_thread(page, live_service, article_key, lang=lang)
    expect(page.locator("section.root")).to_have_attribute("lang", lang)
    expect(page.get_by_role("button", name=HELP)).to_have_count(0)


def test_the_theme_follows_what_lies_behind(page: Page, live_service: LiveService, article_key: str) -> None:
    dark = page.locator("section.root.dark")
    # A page that knows no dark stays light, whatever the system wants.
    page.emulate_media(color_scheme="dark")
    open_thread(page, live_service, article_key)
    expect(dark).to_have_count(0)
    page.evaluate("document.documentElement.style.colorScheme = 'light dark'")
    expect(dark).to_have_count(1)
    page.emulate_media(color_scheme="light")
    expect(dark).to_have_count(0)
    # A page that has a switch of its own.
    page.evaluate("document.body.style.backgroundColor = '#111'")
    expect(dark).to_have_count(1)
    page.evaluate("document.querySelector('parley-comments').dataset.theme = 'light'")
    expect(dark).to_have_count(0)


def test_several_threads_are_made_and_unmade_by_script(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    live_service.wait_for(live_service.post("In the second", article=f"{article_key}-b"), "published")
    open_thread(page, live_service, article_key)
    page.evaluate(
        """key => {
            const heard = [];
            addEventListener('parley:posted', e => { document.body.dataset.heard = heard.push(e.detail.status); });
            const place = document.body.appendChild(document.createElement('div'));
            window.second = parley.create(place, { site: 'demo', article: key });
        }""",
        f"{article_key}-b",
    )
    threads = page.locator("parley-comments")
    expect(threads).to_have_count(2)
    expect(comment(page, "In the second")).to_be_visible()
    write(page, "In the first")
    expect(threads.first.locator("article.comment", has_text="In the first")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-heard", "1")
    # The reader is the same in both.
    expect(threads.nth(1).locator(".composer textarea")).to_be_visible()
    page.evaluate("second.dataset.article += '-c'")
    expect(comment(page, "In the second")).to_have_count(0)
    # Asked again, the thread that is there is changed; taken away again, nothing happens.
    assert page.evaluate(
        "parley.create(second.parentElement, { article: second.dataset.article }) === second"
    )
    page.evaluate("parley.destroy(second); parley.destroy(second)")
    expect(threads).to_have_count(1)
    expect(comment(page, "In the first")).to_be_visible()


def test_moving_the_element_keeps_the_thread(page: Page, live_service: LiveService, article_key: str) -> None:
    open_thread(page, live_service, article_key)
    box(page).fill("Do not lose me")
    page.evaluate("document.body.prepend(document.querySelector('parley-comments'))")
    expect(box(page)).to_have_value("Do not lose me")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_and_larger_text_on_a_phone(
    browser: Browser, live_service: LiveService, article_key: str, scheme: str, lang: str
) -> None:
    """320 CSS pixels are what a page of 1,280 has at 400 % zoom, and less than at 200 %."""
    root = live_service.post("A **root** with a [link](https://a.example)", article=article_key)
    live_service.wait_for(live_service.post("Another", article=article_key), "published")
    live_service.wait_for(root, "held", "published")
    context = browser.new_context(
        color_scheme=scheme, contrast="more", reduced_motion="reduce", viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    style = "<style>:root{color-scheme:light dark}body{background:Canvas;color:CanvasText}</style>"
    html = f"""<!doctype html><html lang="{lang}"><meta name="viewport" content="width=device-width"><title>Story</title>
        {style}<main><h1>Story</h1><parley-comments data-text="large"></parley-comments></main>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script></html>"""
    serve(page, live_service, "/story/contrast", html, OPEN)
    page.goto(f"{live_service.url}/story/contrast")
    ready(page)
    box(page).fill("You idiot")
    page.locator(".name input").fill("Ada")
    box(page).press("Control+Enter")
    held = comment(page, "You idiot")
    expect(held.locator(".status.held .primary")).to_be_visible()
    comment(page, "Another").locator(".actions [aria-expanded]").click()
    accessible(page)
    text = page.locator(".root").evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).color]")
    assert text == ["20px", "rgb(0, 0, 0)" if scheme == "light" else "rgb(255, 255, 255)"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("parley-comments").evaluate("e => { e.dataset.text = 'usual' }")
    expect(page.locator(".root")).not_to_have_class(re.compile("large"))
    context.close()


@pytest.mark.parametrize("attributes", ['data-contrast="high"', ""])
def test_more_contrast_is_a_setting_too(
    page: Page, live_service: LiveService, article_key: str, attributes: str
) -> None:
    open_thread(page, live_service, article_key, attributes=attributes)
    found = page.locator(".root").evaluate("e => e.classList.contains('contrast')")
    assert found == bool(attributes)


def test_a_page_may_bring_its_own_stylesheet(page: Page, live_service: LiveService, article_key: str) -> None:
    css = ".root { letter-spacing: 3px }"
    page.route("**/own.css", lambda route: route.fulfill(body=css, content_type="text/css"))
    open_thread(page, live_service, article_key, attributes='data-css="/own.css"')
    page.wait_for_function(
        "getComputedStyle(document.querySelector('parley-comments').shadowRoot.querySelector('.root')).letterSpacing === '3px'"
    )

"""What the widget does when things go wrong: the text is kept, what happened is said, and help is near."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LiveService
from tests.browser.help_form import kept
from tests.browser.widgets import HELP, box, comment, open_thread, ready, serve, write

pytestmark = pytest.mark.browser

PROBLEMS: list[tuple[int, dict[str, Any], dict[str, str], str]] = [
    (429, {"code": "rate_limited"}, {"Retry-After": "30"}, "wait 30 seconds"),
    (500, {"code": "internal"}, {}, "Something went wrong on our side"),
    (503, {"code": "unavailable"}, {"Retry-After": "5"}, "do not answer"),
    (409, {"code": "article_closed"}, {}, "closed"),
    (409, {"code": "parent_gone"}, {}, "not there any more"),
    (409, {"code": "duplicate"}, {}, "the same text"),
    (403, {"code": "origin_refused"}, {}, "has not been set up"),
    (403, {"code": "sanctioned", "until": "2030-01-01T00:00:00Z", "reason": "Insults."}, {}, "2030"),
    (
        422,
        {"code": "invalid", "errors": [{"pointer": "/body", "message": "Too long by 7.", "code": "x"}]},
        {},
        "by 7",
    ),
    (418, {"code": "never_heard_of", "detail": "A new rule says no."}, {}, "A new rule says no."),
]


@pytest.mark.parametrize(
    ("status", "problem", "headers", "words"), PROBLEMS, ids=lambda value: str(value)[:30]
)
def test_every_refusal_says_what_happened_and_keeps_the_text(
    page: Page,
    live_service: LiveService,
    article_key: str,
    status: int,
    problem: dict[str, Any],
    headers: dict[str, str],
    words: str,
) -> None:
    exposed = {"Access-Control-Expose-Headers": "Retry-After"}
    open_thread(page, live_service, article_key)
    page.route(
        "**/articles/*/comments",
        lambda route: (
            route.fulfill(status=status, json=problem, headers=headers | exposed)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    write(page, "Worth keeping")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    expect(box(page)).to_have_value("Worth keeping")
    alert.get_by_role("button", name="Get help").click()
    expect(page.get_by_label("It is about")).to_have_value("cannot_post")


def test_the_refused_part_is_selected(page: Page, live_service: LiveService, article_key: str) -> None:
    open_thread(page, live_service, article_key)
    errors = [{"pointer": "/body", "message": "Not this word.", "code": "word", "start": 5, "end": 8}]
    page.route(
        "**/articles/*/comments",
        lambda route: (
            route.fulfill(status=422, json={"code": "invalid", "errors": errors})
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    write(page, "This bad word")
    expect(page.get_by_role("alert")).to_contain_text("Not this word.")
    assert box(page).evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "bad"


def test_an_answer_that_got_lost_does_not_make_two_comments(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    tries: list[str] = []

    def lose_first(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort("connectionreset")

    page.route("**/articles/*/comments", lose_first)
    write(page, "Only once")
    expect(page.get_by_role("alert")).to_contain_text("Your text is safe here")
    box(page).press("Control+Enter")
    expect(box(page)).to_have_value("")
    assert len(tries) == 2
    assert tries[0] == tries[1]
    page.reload()
    ready(page)
    expect(page.locator("article.comment")).to_have_count(1)


def test_what_is_posted_offline_is_sent_once_when_the_network_is_back(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    write(page, "From home")
    expect(comment(page, "From home")).to_have_attribute("data-status", "published")
    page.context.set_offline(True)
    write(page, "From the tunnel", None)
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    expect(box(page)).to_have_value("From the tunnel")
    page.context.set_offline(False)
    expect(comment(page, "From the tunnel")).to_have_attribute("data-status", "published")
    expect(box(page)).to_have_value("")
    page.reload()
    ready(page)
    expect(page.locator("article.comment")).to_have_count(2)


def test_live_events_missed_offline_are_caught_up(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    live_service.wait_for(live_service.post("Before", article=article_key), "published")
    open_thread(page, live_service, article_key)
    live_service.post("While connected", article=article_key)
    expect(page.get_by_role("button", name="Show 1 new comment")).to_be_visible()
    page.context.set_offline(True)
    live_service.wait_for(live_service.post("Meanwhile", article=article_key), "published")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Show 2 new comments")).to_be_visible(timeout=90_000)


def test_a_thread_that_cannot_be_loaded_says_so_and_tries_again(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    page.route("**/articles/*/comments?*", lambda route: route.abort())
    html = f"""<!doctype html><title>Down</title><parley-comments></parley-comments>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script>"""
    serve(page, live_service, "/story/down", html)
    page.goto(f"{live_service.url}/story/down")
    expect(page.get_by_text("The comments could not be loaded").first).to_be_visible()
    page.unroute("**/articles/*/comments?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No comments yet")).to_be_visible()


def test_a_widget_that_cannot_be_loaded_leaves_a_way_to_help(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    page.route("**/assets/*.js", lambda route: route.abort())
    html = f"""<!doctype html><title>Blocked</title><parley-comments></parley-comments>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script>"""
    serve(page, live_service, "/story/blocked", html)
    page.goto(f"{live_service.url}/story/blocked")
    link = page.get_by_role("link", name="Let us know")
    expect(link).to_have_attribute("href", f"{live_service.url}/help/demo?error=blocked")


def test_blocked_storage_is_lived_with(page: Page, live_service: LiveService, article_key: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    open_thread(page, live_service, article_key)
    write(page, "Without storage")
    expect(comment(page, "Without storage")).to_have_attribute("data-status", "published")
    page.get_by_role("button", name=HELP).click()
    expect(page.get_by_text("keeps this page from storing anything")).to_be_visible()


def test_an_expired_token_is_renewed_without_a_word(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    write(page, "First")
    expect(comment(page, "First")).to_have_attribute("data-status", "published")
    refused: list[int] = []

    def expire_once(route: Route) -> None:
        if route.request.method == "POST" and not refused:
            refused.append(1)
            route.fulfill(status=401, json={"code": "token_expired"})
        else:
            route.continue_()

    page.route("**/articles/*/comments", expire_once)
    write(page, "Second", None)
    expect(comment(page, "Second")).to_have_attribute("data-status", "published")
    assert refused
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_request_for_help_is_kept_until_it_is_received(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    keys: list[str] = []
    visits: list[Page] = []
    page.on("domcontentloaded", lambda page: visits.append(page))  # noqa: PLW0108 -- a bound built-in is refused

    def refuse_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        # It is tried again by itself, too: that is not what this is about.
        if not visits:
            route.fulfill(status=503, json={"code": "unavailable"})
        else:
            route.fulfill(status=201, json={"reference": "PX-7F3K-9Q2M", "url": "/help/t/1"})

    page.route("**/tickets", refuse_first)
    page.get_by_role("button", name=HELP).click()
    page.get_by_label("What happened?").fill("The button does nothing")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("kept here and will be sent")
    page.reload()
    ready(page)
    expect(page.locator("footer")).to_contain_text("PX-7F3K-9Q2M")
    assert len(keys) > 1
    assert len(set(keys)) == 1
    assert kept(page) == []


def test_a_request_for_help_gets_a_reference(page: Page, live_service: LiveService, article_key: str) -> None:
    open_thread(page, live_service, article_key)
    page.get_by_role("button", name=HELP).click()
    expect(page.get_by_label("It is about")).to_be_focused()
    page.get_by_label("What happened?").fill("My comment vanished")
    page.get_by_text("What is sent along").click()
    expect(page.locator("footer pre").last).to_contain_text('"storage": true')
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("footer")).to_contain_text(re.compile(r"PX-\w{4}-\w{4}"))


def test_a_link_to_a_comment_that_is_gone_says_so(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    html = f"""<!doctype html><title>Gone</title><parley-comments></parley-comments>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script>"""
    serve(page, live_service, "/story/gone", html)
    page.goto(f"{live_service.url}/story/gone#parley-999999999")
    expect(page.get_by_text("is not there any more")).to_be_visible()


def test_a_strict_policy_is_never_broken(page: Page, live_service: LiveService, article_key: str) -> None:
    page.add_init_script(
        "window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective))"
    )
    live_service.wait_for(live_service.post("Read **me**", article=article_key), "published")
    open_thread(page, live_service, article_key)
    write(page, "You idiot")
    expect(comment(page, "You idiot")).to_have_attribute("data-status", "held")
    page.get_by_role("button", name=HELP).click()
    expect(page.get_by_label("What happened?")).to_be_visible()
    assert page.evaluate("broken") == []

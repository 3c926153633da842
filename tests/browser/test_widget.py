"""Reading and writing in the widget, as a reader does it: real service, real worker, real Chromium."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import LiveService
from tests.browser.patience import until
from tests.browser.widgets import box, comment, menu, open_thread, ready, serve, write

pytestmark = pytest.mark.browser


def test_the_demo_article_carries_a_thread_and_asks_nobody_else(
    page: Page, live_service: LiveService
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(re.sub(r"^(\w+://[^/]*).*", r"\1", request.url)))
    page.goto(f"{live_service.url}/demo")
    ready(page)
    expect(box(page)).to_be_visible()
    assert hosts - {"data:,"} == {live_service.url}


def test_nothing_but_the_loader_comes_before_the_thread_is_near(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    filler = "".join(f"<p>Paragraph {n}</p>" for n in range(200))
    html = f"""<!doctype html><title>Long</title><main>{filler}<parley-comments></parley-comments></main>
        <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script>"""
    serve(page, live_service, "/story/long", html)
    page.goto(f"{live_service.url}/story/long", wait_until="networkidle")
    assert [url.rsplit("/", 1)[1] for url in asked if "/story/" not in url] == ["embed.js"]
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    ready(page)


def test_a_guest_posts_and_everybody_sees_it_live(
    browser: Browser, page: Page, live_service: LiveService, article_key: str
) -> None:
    first = live_service.post("The first of the day", article=article_key)
    live_service.wait_for(first, "published")
    other = browser.new_context().new_page()
    open_thread(other, live_service, article_key)
    open_thread(page, live_service, article_key)
    expect(comment(other, "The first of the day")).to_be_visible()
    write(page, "Good **morning**")
    mine = comment(page, "Good morning")
    expect(mine).to_have_attribute("data-status", "published")
    expect(mine.locator("strong")).to_have_text("morning")
    expect(mine.get_by_text("You", exact=True)).to_be_visible()
    expect(box(page)).to_have_value("")
    # The live echo of one's own comment is not "new".
    expect(page.get_by_role("button", name=re.compile("new comment"))).to_have_count(0)
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()

    button = other.get_by_role("button", name="Show 1 new comment")
    expect(button).to_be_visible()
    expect(comment(other, "Good morning")).to_have_count(0)
    button.click()
    expect(comment(other, "Good morning")).to_be_focused()
    other.context.close()


def test_in_an_empty_thread_the_first_comment_appears_by_itself(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    expect(page.get_by_text("No comments yet")).to_be_visible()
    live_service.post("Is anybody here?", article=article_key)
    expect(comment(page, "Is anybody here?")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("new comment"))).to_have_count(0)


def test_a_reply_stands_under_its_comment_and_takes_the_focus(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    first = live_service.post("A root", article=article_key)
    live_service.wait_for(first, "published")
    open_thread(page, live_service, article_key)
    comment(page, "A root").get_by_role("button", name="Reply").click()
    reply = page.get_by_role("textbox", name="Reply to")
    expect(reply).to_be_focused()
    reply.fill("An answer")
    page.get_by_label("Your name").last.fill("Grace")
    reply.press("Control+Enter")
    answer = page.locator(".replies article", has_text="An answer")
    expect(answer).to_be_focused()
    expect(answer).to_have_attribute("data-status", "published")


def test_others_replies_wait_to_be_asked_for(page: Page, live_service: LiveService, article_key: str) -> None:
    root = live_service.post("A root", article=article_key)
    live_service.wait_for(root, "published")
    open_thread(page, live_service, article_key)
    live_service.post("From elsewhere", article=article_key, parent_id=root["id"])
    page.get_by_role("button", name="Show 1 new reply").click()
    expect(page.locator(".replies article", has_text="From elsewhere")).to_be_focused()


def test_a_held_comment_says_why_and_is_still_there_after_a_reload(
    browser: Browser, page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    write(page, "You are an idiot")
    status = comment(page, "You are an idiot").locator(".status")
    status.get_by_role("button", name="Send it as it is").click()
    expect(status).to_contain_text("A moderator will read this before it appears")
    expect(status.locator("p")).not_to_have_count(1)
    page.reload()
    ready(page)
    expect(comment(page, "You are an idiot")).to_have_attribute("data-status", "held")

    stranger = browser.new_context().new_page()
    open_thread(stranger, live_service, article_key)
    expect(stranger.get_by_text("No comments yet")).to_be_visible()
    stranger.context.close()


def test_drafts_come_back_each_in_its_place(page: Page, live_service: LiveService, article_key: str) -> None:
    live_service.wait_for(live_service.post("A root", article=article_key), "published")
    open_thread(page, live_service, article_key)
    box(page).fill("Half a thought")
    comment(page, "A root").get_by_role("button", name="Reply").click()
    page.get_by_role("textbox", name="Reply to").fill("Half an answer")
    page.reload()
    ready(page)
    expect(box(page)).to_have_value("Half a thought")
    expect(page.get_by_text("Your draft is back")).to_be_visible()
    comment(page, "A root").get_by_role("button", name="Reply").click()
    expect(page.get_by_role("textbox", name="Reply to")).to_have_value("Half an answer")


def test_what_is_typed_before_the_widget_is_whole_is_kept(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    late: list[Any] = []
    page.route("**/assets/member-*.js", lambda route: late.append(route))  # noqa: PLW0108 -- a bound built-in is refused
    page.route(
        f"{live_service.url}/story/early",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"""<!doctype html><title>Early</title><parley-comments></parley-comments>
                <script async src="/embed.js" data-site="demo" data-article="{article_key}"></script>""",
        ),
    )
    page.goto(f"{live_service.url}/story/early")
    box(page).fill("Early bird")
    until(page, lambda: late)
    late[0].continue_()
    ready(page)
    expect(box(page)).to_have_value("Early bird")
    expect(box(page)).to_be_focused()


def test_an_own_comment_is_edited_and_deleted(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    write(page, "Frist")
    mine = page.locator("article.comment")
    expect(mine).to_have_attribute("data-status", "published")
    menu(mine)
    mine.get_by_role("button", name="Edit").click()
    editor = mine.get_by_role("textbox", name="Edit")
    expect(editor).to_have_value("Frist")
    editor.fill("First")
    mine.get_by_role("button", name="Save").click()
    expect(comment(page, "First")).to_be_visible()
    expect(mine.get_by_text("edited")).to_be_visible()
    menu(mine)
    mine.get_by_role("button", name="Delete").click()
    mine.get_by_role("group", name="Delete this comment?").get_by_role("button", name="Delete").click()
    expect(mine).to_have_count(0)
    expect(page.get_by_text("No comments yet")).to_be_visible()


def test_a_comment_that_goes_leaves_a_tombstone_over_its_replies(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    root = live_service.post("Will go", article=article_key)
    live_service.wait_for(root, "published")
    reply = live_service.post("Stays", article=article_key, parent_id=root["id"])
    live_service.wait_for(reply, "published")
    open_thread(page, live_service, article_key)
    expect(comment(page, "Stays")).to_be_visible()
    live_service.call("DELETE", f"/comments/{root['id']}", Authorization=f"Bearer {root['token']}")
    expect(comment(page, "Will go")).to_have_count(0)
    expect(page.locator(".tombstone")).to_be_visible()
    expect(comment(page, "Stays")).to_be_visible()


def test_votes_are_shown_at_once_and_taken_back_when_refused(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    live_service.wait_for(live_service.post("Vote here", article=article_key), "published")
    open_thread(page, live_service, article_key)
    target = comment(page, "Vote here")
    target.get_by_role("button", name="Vote up").click()
    page.get_by_role("form", name="Choose a name").get_by_label("Your name").fill("Voter")
    page.get_by_role("button", name="Continue").click()
    up = target.get_by_role("button", name="Vote up (1)")
    expect(up).to_have_attribute("aria-pressed", "true")
    page.reload()
    ready(page)
    expect(up).to_have_attribute("aria-pressed", "true")
    page.route("**/vote", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    target.get_by_role("button", name="Vote down").click()
    expect(target.get_by_role("alert")).to_be_visible()
    expect(up).to_have_attribute("aria-pressed", "true")


def test_more_comments_and_replies_come_on_demand(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    token = live_service.guest()
    roots = [live_service.post(f"Root {n}.", token=token, article=article_key) for n in range(27)]
    for root in roots:
        live_service.wait_for(root, "published")
    replies = [
        live_service.post(f"Reply {n}.", token=token, article=article_key, parent_id=roots[-1]["id"])
        for n in range(30)
    ]
    for reply in replies:
        live_service.wait_for(reply, "published")
    open_thread(page, live_service, article_key)
    tops = page.locator(".thread > li")
    expect(tops).to_have_count(25)
    page.get_by_role("button", name=re.compile("more repl")).click()
    expect(page.locator(".replies article").nth(24)).to_be_visible()
    page.get_by_role("button", name="Show more comments").click()
    expect(tops).to_have_count(27)
    expect(page.get_by_role("button", name="Show more comments")).to_have_count(0)

    # A link leads to a comment that no first page holds.
    page.goto(f"{live_service.url}/story/{article_key}#parley-{replies[-1]['id']}")
    page.reload()
    marked = page.locator(".marked")
    expect(marked).to_contain_text("Reply 29.")
    expect(marked).to_be_focused()
    expect(marked).to_be_in_viewport()


def test_the_sort_is_remembered(page: Page, live_service: LiveService, article_key: str) -> None:
    for text in ("Older", "Newer"):
        live_service.wait_for(live_service.post(text, article=article_key), "published")
    open_thread(page, live_service, article_key)
    bodies = page.locator(".thread .body")
    expect(bodies).to_have_text(["Newer", "Older"])
    page.get_by_label("Sort by").select_option("oldest")
    expect(bodies).to_have_text(["Older", "Newer"])
    page.reload()
    ready(page)
    expect(bodies).to_have_text(["Older", "Newer"])


def test_a_deep_conversation_goes_on_by_itself(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    parent = live_service.post("Level 0.", article=article_key)
    live_service.wait_for(parent, "published")
    for level in range(1, 7):
        parent = live_service.post(f"Level {level}.", article=article_key, parent_id=parent["id"])
        live_service.wait_for(parent, "published")
    open_thread(page, live_service, article_key)
    more = page.get_by_role("button", name=re.compile("more repl"))
    if more.is_visible():
        more.click()
    expect(comment(page, "Level 4.")).to_be_visible()
    expect(comment(page, "Level 5.")).to_have_count(0)
    page.get_by_role("button", name="Continue this conversation (2 replies)").click()
    expect(comment(page, "Level 6.")).to_be_visible()
    expect(comment(page, "Level 0.")).to_have_count(0)
    page.get_by_role("button", name="Show all comments").click()
    expect(comment(page, "Level 0.")).to_be_visible()


def test_a_report_is_sent_with_its_reason(page: Page, live_service: LiveService, article_key: str) -> None:
    live_service.wait_for(live_service.post("Buy my watches", article=article_key), "published")
    open_thread(page, live_service, article_key)
    write(page, "I have a name now")
    expect(comment(page, "I have a name now")).to_have_attribute("data-status", "published")
    target = comment(page, "Buy my watches")
    menu(target)
    target.get_by_role("button", name="Report").click()
    target.get_by_label("Advertising or spam").check()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/reports") else None)
    target.get_by_role("button", name="Send report").click()
    expect(target.get_by_text("A moderator will look at it")).to_be_visible()
    assert sent[-1].post_data_json == {"reason": "spam"}


def test_the_toolbar_formats_what_is_selected(
    page: Page, live_service: LiveService, article_key: str
) -> None:
    open_thread(page, live_service, article_key)
    box(page).fill("bold move")
    box(page).evaluate("area => area.setSelectionRange(0, 4)")
    page.get_by_role("button", name="Bold").click()
    expect(box(page)).to_have_value("**bold** move")
    expect(box(page)).to_be_focused()
    box(page).press("Control+z")
    expect(box(page)).to_have_value("bold move")

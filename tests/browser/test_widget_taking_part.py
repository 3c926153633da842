"""Taking part: what staff set apart, voting as the site has it, muting, sharing; each taken back where it is refused."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.consoles import Desk, query
from tests.browser.patience import until
from tests.browser.test_widget_everybody import OPEN, accessible
from tests.browser.widgets import comment, menu, open_thread, write

pytestmark = pytest.mark.browser


def test_what_staff_pin_and_feature_shows_live_and_stands_first(page: Page, desk: Desk) -> None:
    service = desk.service
    first, second = (service.post(text, article="story") for text in ("The first", "The second"))
    for posted in (first, second):
        service.wait_for(posted, "published")
    open_thread(page, service, "story")
    expect(page.locator(".thread > li .body")).to_have_text(["The second", "The first"])

    console = desk.sit("anna")
    console.goto(f"{desk.home}/comments/{first['id']}")
    apart = console.get_by_role("group", name="Set apart")
    apart.get_by_role("button", name="Pinned").click()
    expect(apart.get_by_role("button", name="Pinned")).to_have_attribute("aria-pressed", "true")
    expect(comment(page, "The first").locator(".badge", has_text="Pinned")).to_be_visible()
    apart.get_by_role("button", name="Featured").click()
    expect(comment(page, "The first").locator(".badge", has_text="Featured")).to_be_visible()
    apart.get_by_role("combobox").select_option("Staff")
    # Nothing that is being read moves.
    expect(page.locator(".thread > li .body")).to_have_text(["The second", "The first"])

    page.reload()
    expect(page.locator(".thread > li .body")).to_have_text(["The first", "The second"])
    expect(comment(page, "The first").locator(".badge", has_text="Staff")).to_be_visible()
    page.get_by_label("Sort by").select_option("Featured")
    expect(page.locator(".thread > li .body")).to_have_text(["The first"])
    page.reload()
    expect(page.locator(".thread > li .body")).to_have_count(2)


@pytest.mark.parametrize(
    ("voting", "buttons"),
    [("both", ["Vote up (0)", "Vote down (0)"]), ("up", ["Recommend (0)"]), ("off", [])],
)
def test_readers_vote_as_the_site_has_it(page: Page, desk: Desk, voting: str, buttons: list[str]) -> None:
    query(desk, "UPDATE sites SET voting = $2 WHERE key = $1", desk.service.site, voting)
    desk.service.wait_for(desk.service.post("A thing", article="story"), "published")
    open_thread(page, desk.service, "story")

    votes = comment(page, "A thing").locator(".vote")
    expect(votes).to_have_count(len(buttons))
    assert [vote.get_attribute("aria-label") for vote in votes.all()] == buttons


def test_muting_collapses_an_author_here_and_on_the_next_page(page: Page, desk: Desk) -> None:
    service = desk.service
    token = service.guest("Bore")
    for text in ("Tedious one", "Tedious two"):
        service.wait_for(service.post(text, token=token, article="story"), "published")
    open_thread(page, service, "story")
    write(page, "Mine")
    expect(comment(page, "Mine")).to_have_attribute("data-status", "published")

    page.route("**/me/mutes/*", lambda route: route.fulfill(status=500, json={"code": "internal"}))
    target = comment(page, "Tedious one")
    menu(target)
    target.get_by_role("button", name="Mute").click()
    expect(target.get_by_role("alert")).to_contain_text("our side")
    page.unroute("**/me/mutes/*")
    menu(target)
    target.get_by_role("button", name="Mute").click()
    muted = page.get_by_text("You have muted Bore.")
    expect(muted).to_have_count(2)
    expect(comment(page, "Tedious")).to_have_count(0)

    page.reload()
    expect(muted).to_have_count(2)
    muted.first.get_by_role("button", name="Show").click()
    expect(comment(page, "Tedious")).to_have_count(1)
    muted.first.get_by_role("button", name="Unmute").click()
    expect(muted).to_have_count(0)
    expect(comment(page, "Tedious")).to_have_count(2)


def test_a_link_is_copied_or_shown_where_it_cannot_be(page: Page, desk: Desk) -> None:
    desk.service.wait_for(desk.service.post("A thing", article="story"), "published")
    open_thread(page, desk.service, "story")
    target = comment(page, "A thing")
    page.evaluate(
        "() => { navigator.clipboard.writeText = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    menu(target)
    target.get_by_role("button", name="Share").click()
    link = target.get_by_role("textbox", name="Share").input_value()
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text } }")
    target.get_by_role("button", name="Share").click()
    page.wait_for_function("link => window.copied === link", arg=link)
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("article.marked")).to_contain_text("A thing")


def test_mail_about_answers_is_asked_for_in_the_thread(page: Page, desk: Desk) -> None:
    service = desk.service
    asked: list[object] = []
    told = {"email": None, "confirmed": False, "replies": True, "following": False}
    page.route("**/config", lambda route: route.fulfill(json={**route.fetch().json(), "mail": True}))
    known: list[Route] = []

    def hold(route: Route) -> None:
        known.append(route)

    def save(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json={**told, "email": "ann@mail.example", "following": True})

    page.route("**/me/mail*", hold)
    page.route("**/articles/story/mail", save)
    open_thread(page, service, "story")
    page.get_by_role("button", name="Get mail about answers").click()
    page.get_by_label("Your name").last.fill("Ann")
    page.get_by_role("button", name="Continue").click()
    form = page.get_by_role("form", name="Get mail about answers")
    address = form.get_by_label("E-mail address")
    # What is already so is asked for first; an answer in the middle of typing would undo it.
    expect(address).to_be_disabled()
    until(page, lambda: known)
    known.pop().fulfill(json=told)
    address.fill("ann@mail.example")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_contain_text("a link to ann@mail.example")
    about = {"article_url": f"{service.url}/story/story", "article_title": "Story"}
    assert asked == [{"email": "ann@mail.example", "replies": True, "follow": True, **about}]
    expect(form.get_by_role("button", name="No more mail")).to_be_visible()


def test_what_is_held_for_its_tone_can_be_put_differently_or_sent_on(page: Page, desk: Desk) -> None:
    open_thread(page, desk.service, "story", csp=OPEN)
    write(page, "You idiot")
    mine = page.locator("article.comment")
    expect(mine.get_by_text("harsher than you mean")).to_be_visible()
    expect(mine).not_to_contain_text("0.")
    mine.get_by_role("button", name="Put it differently").click()
    field = mine.get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("I do not agree")
    field.press("Control+Enter")
    expect(mine).to_have_attribute("data-status", "published")
    expect(mine).to_contain_text("I do not agree")

    write(page, "Another idiot", name=None)
    held = comment(page, "Another idiot")
    accessible(page)
    held.get_by_role("button", name="Send it as it is").click()
    expect(held.get_by_text("A moderator will read this")).to_be_visible()
    assert [
        tuple(row)
        for row in query(
            desk,
            "SELECT nudge, count(*) FROM comments WHERE nudge IS NOT NULL "
            "AND site_id = (SELECT id FROM sites WHERE key = $1) GROUP BY nudge ORDER BY nudge",
            desk.service.site,
        )
    ] == [("rephrased", 1), ("sent", 1)]

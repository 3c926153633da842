"""What is written stands in the way, or what became of it is asked."""

import itertools
import json

from playwright.sync_api import expect

from tests.browser.injections.case import CASES, ask_about_the_failure, case
from tests.browser.lab import SITE, Bench
from tests.browser.widgets import box, menu


@case("too many comments in a minute", "rate_limited")
def _limited(bench: Bench) -> None:
    bench.visit()
    token = bench.lab.token_of(bench.become())
    path = f"/articles/{bench.article}/comments"
    accepted = itertools.takewhile(
        lambda n: bench.lab.accepts(path, {"body": f"Number {n}"}, token), range(60)
    )
    assert len(list(accepted)) < 60
    bench.refused()


@case("commenting is closed, seen from the page", "closed")
def _closed(bench: Bench) -> None:
    bench.lab.query(
        "INSERT INTO articles (site_id, key, mode) SELECT id, $1, 'closed' FROM sites WHERE key = $2",
        bench.article,
        SITE,
    )
    bench.visit()
    bench.ask()


@case("commenting was closed while the reader wrote", "closed")
def _closed_meanwhile(bench: Bench) -> None:
    bench.visit()
    bench.become()
    bench.lab.query("UPDATE articles SET mode = 'closed' WHERE key = $1", bench.article)
    bench.refused()


@case("held for people", "held")
def _held(bench: Bench) -> None:
    _hold(bench)
    bench.ask()


def _hold(bench: Bench) -> str:
    """A comment of the reader's that people must look at; gives its id."""
    bench.visit()
    bench.become()
    bench.typed("You idiot")
    box(bench.page).press("Control+Enter")
    held = bench.page.locator("article.comment[data-status=held]")
    expect(held).to_be_visible()
    return str(held.get_attribute("data-id"))


@case("not judged yet", "held")
def _pending(bench: Bench) -> None:
    bench.visit()
    reader = int(bench.become())
    bench.lab.query(
        """UPDATE comments SET status = 'pending' WHERE reader_id = $1
           AND NOT EXISTS (SELECT FROM queue q WHERE q.comment_id = comments.id)""",
        reader,
    )
    bench.ask()


def _reject(bench: Bench) -> None:
    """A person rejects the reader's comment."""
    comment = _hold(bench)
    request = bench.browser.new_context().request
    origin = {"Origin": bench.lab.host}
    password = (bench.lab.directory / "demo-password").read_text().strip()
    staff = f"{bench.lab.host}/api/v1/staff"
    credentials = {"email": "moderator@demo.example", "password": password}
    assert request.post(f"{staff}/session", data=credentials, headers=origin).ok
    decided = request.post(
        f"{staff}/sites/{SITE}/comments/{comment}/decisions",
        data={"action": "reject", "revision": 1, "status": "held", "reason": "personal_attack"},
        headers=origin,
    )
    assert decided.ok, decided.text()
    bench.page.locator(f"article.comment[data-id='{comment}'][data-status=rejected]").wait_for()


@case("rejected, asked from the comment", "rejected")
def _rejected(bench: Bench) -> None:
    _reject(bench)
    # Under appeal already, or too late for one: what is left is to ask for help.
    bench.lab.query(
        "UPDATE decisions SET created_at = created_at - interval '7 months' WHERE to_status = 'rejected'"
    )
    bench.page.reload()
    button = bench.page.locator("article.comment[data-status=rejected]").get_by_role(
        "button", name="Get help"
    )
    button.wait_for()
    bench.started()
    button.click()


@case("rejected, found by asking", "rejected")
def _rejected_found(bench: Bench) -> None:
    _reject(bench)
    bench.ask()


@case("a banned word", "text_refused")
def _word(bench: Bench) -> None:
    policy = json.dumps({"word_lists": [{"name": "house", "severity": "block", "words": ["gadzooks"]}]})
    bench.lab.query(
        """WITH site AS (INSERT INTO sites (key, name) VALUES ('words', 'Words') RETURNING id)
           INSERT INTO policies (site_id, version, document, active, created_by)
           SELECT id, 1, $1::jsonb, true, 'test' FROM site""",
        policy,
    )
    bench.visit(site="words")
    bench.refused("Oh gadzooks, no")


@case("a text that is too long", "text_refused")
def _long(bench: Bench) -> None:
    bench.visit()
    bench.refused("word " * 2100)


@case("the same text twice", "duplicate")
def _twice(bench: Bench) -> None:
    bench.visit()
    bench.become()
    bench.refused("A first comment.")


@case("the comment replied to is gone", "parent_gone")
def _parent(bench: Bench) -> None:
    guest = bench.lab.call("POST", "/guests", {"name": "Otto"})
    token = guest["access_token"]
    root = bench.lab.call("POST", f"/articles/{bench.article}/comments", {"body": "Soon gone"}, token)
    bench.visit()
    shown = bench.page.locator(f"article.comment[data-id='{root['id']}']")
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="Reply").click()
    answer = bench.page.get_by_role("textbox", name="Reply to Otto")
    answer.fill("But why?")
    bench.page.route("**/events", lambda route: route.abort())
    bench.page.get_by_label("Your name").first.fill("Ada")
    bench.lab.query("UPDATE comments SET status = 'deleted' WHERE id = $1", int(root["id"]))
    answer.press("Control+Enter")
    ask_about_the_failure(bench)


@case("the time to edit is over", "edit_over")
def _edit(bench: Bench) -> None:
    bench.visit()
    bench.become()
    shown = bench.page.locator("article.comment").first
    menu(shown)
    shown.get_by_role("button", name="Edit").click()
    bench.lab.query(
        """UPDATE comments SET created_at = now() - interval '1 day' WHERE article_id =
           (SELECT id FROM articles WHERE key = $1)""",
        bench.article,
    )
    bench.page.locator("article.comment textarea").fill("Changed")
    bench.page.locator("article.comment textarea").press("Control+Enter")
    ask_about_the_failure(bench)


@case("nothing at all", "unknown")
def _nothing(bench: Bench) -> None:
    bench.visit()
    bench.ask()


# What this service refuses nobody for yet; the words are ready for the codes.
for _code, _status, _cause in (
    ("email_unverified", 403, "email_unverified"),
    ("challenge_failed", 403, "challenge"),
    ("rephrase", 422, "rephrase"),
    ("muted", 403, "muted"),
):

    def _by_code(bench: Bench, code: str = _code, status: int = _status) -> None:
        bench.visit()
        bench.page.route(
            "**/articles/*/comments", lambda route: route.fulfill(status=status, json={"code": code})
        )
        bench.refused()

    CASES.append((f"refused with {_code} (staged)", _cause, _by_code))

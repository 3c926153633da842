"""What the console's browser tests share: a site with a staff of its own, and the names of the console's parts."""

import asyncio
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import asyncpg
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from service.auth import token_hash
from service.embedded import running_dsn
from service.passwords import hash_password
from service.store import record, staff, staff_sessions
from tests.browser.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.browser.conftest import LiveService

PASSWORD = "correct horse battery"


@dataclass
class Desk:
    """A site of one test's own: its readers' API, and browsers in which its staff sit."""

    service: "LiveService"
    browser: Browser
    dsn: str
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def home(self) -> str:
        return f"{self.service.url}/console/{self.service.site}"

    def hold(self, *bodies: str, article: str = "story", **more: Any) -> list[Any]:
        """Post comments, one after the other, and wait until each is held; gives them as `LiveService.post` does."""
        held = []
        for body in bodies:
            comment = self.service.post(body, article=article, **more)
            self.service.wait_for(comment, "held")
            held.append(comment)
        return held

    def hire(self, name: str, role: str = "moderator") -> str:
        """Somebody on the staff; gives their address."""
        email = f"{name.lower()}@{self.service.site}.example"
        _in_thread(_hire(self.dsn, self.service.site, name, email, role, _hashed_password()))
        return email

    def page(self, **options: Any) -> Page:
        """A page of a browser with storage of its own; an uncaught error or a breach of its policy fails the test."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def sit(self, name: str, role: str = "moderator", **options: Any) -> Page:
        """Hire somebody, who is signed in already."""
        page = self.page(**options)
        token = _in_thread(_admit(self.dsn, self.hire(name, role)))
        page.context.add_cookies([{"name": "parley_staff", "value": token, "url": self.service.url}])
        page.goto(self.home)
        page.get_by_role("navigation", name="Sections").wait_for()
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert not self.errors, self.errors


def open_desk(service: "LiveService", browser: Browser) -> Desk:
    """Make a site of its own and a desk for it."""
    site = f"site-{secrets.token_hex(4)}"
    dsn = running_dsn(service.log.parent / "postgres")
    assert dsn
    _in_thread(_query(dsn, "INSERT INTO sites (key, name) VALUES ($1, 'The Test Courier')", site))
    return Desk(replace(service, site=site), browser, dsn)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def rows(page: Page) -> Locator:
    """The list of what waits."""
    return page.get_by_role("region", name="Waiting").get_by_role("listitem")


def row(page: Page, text: str) -> Locator:
    return rows(page).filter(has_text=text)


def card(page: Page, text: str) -> Locator:
    """The card on the screen, once it shows `text`."""
    shown = page.get_by_role("article").filter(has=page.locator(".comment-text", has_text=text))
    expect(shown).to_be_visible()
    return shown


def reject(page: Page, key: str = "1") -> None:
    """Reject what is on the card by keys, once the reasons have been read."""
    page.keyboard.press("r")
    page.get_by_role("button", name="Personal attack").wait_for()
    page.keyboard.press(key)


def waiting(page: Page, number: int) -> None:
    """The bar counts so many in the queue."""
    expect(page.get_by_role("link", name="Queue")).to_have_text(re.compile(rf"\b{number}$"))


def holders(desk: Desk) -> dict[str, str]:
    """Who has claimed which comment now, by the database: id to name."""
    claims = _in_thread(
        _query(
            desk.dsn,
            """SELECT q.comment_id, s.name FROM queue q JOIN sites t ON t.id = q.site_id
               JOIN staff s ON q.claimed_by = 'staff:' || s.id
               WHERE t.key = $1 AND q.lane = 'review' AND q.ready_at > now()""",
            desk.service.site,
        )
    )
    return {str(claim["comment_id"]): claim["name"] for claim in claims}


def wait_for_holders(desk: Desk, **wanted: int) -> dict[str, str]:
    """Wait until these people hold so many items each, and nobody else any; gives what `holders` gives."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        held = holders(desk)
        if Counter(held.values()) == Counter(wanted):
            return held
        assert time.monotonic() < deadline, held
        time.sleep(0.05)


def run_out(desk: Desk) -> None:
    """Let every claim run out, as if five minutes had gone by without a renewal."""
    _in_thread(
        _query(
            desk.dsn,
            """UPDATE queue SET ready_at = now() WHERE lane = 'review' AND claimed_by IS NOT NULL
               AND site_id = (SELECT id FROM sites WHERE key = $1)""",
            desk.service.site,
        )
    )


def end_sessions(desk: Desk) -> None:
    """Sign everybody of the site out, as an operator would."""
    _in_thread(
        _query(
            desk.dsn,
            """DELETE FROM staff_sessions WHERE staff_id IN
               (SELECT r.staff_id FROM staff_roles r JOIN sites t ON t.id = r.site_id WHERE t.key = $1)""",
            desk.service.site,
        )
    )


def query(desk: Desk, sql: str, *values: Any) -> list[asyncpg.Record]:
    """Ask the database behind the service."""
    return _in_thread(_query(desk.dsn, sql, *values))


def decisions(desk: Desk, comment: Any) -> list[tuple[str, str]]:
    """What staff decided on a comment, in order: who, and where to."""
    made = _in_thread(
        _query(
            desk.dsn,
            """SELECT s.name, d.to_status FROM decisions d JOIN staff s ON s.id = d.staff_id
               WHERE d.comment_id = $1 ORDER BY d.id""",
            int(comment["id"]),
        )
    )
    return [(one["name"], one["to_status"]) for one in made]


def wait_for_words(desk: Desk, comment: Any) -> None:
    """Wait until the words behind a comment's score have been looked for."""
    query = "SELECT FROM scores WHERE comment_id = $1 AND words IS NOT NULL"
    deadline = time.monotonic() + PATIENCE_S
    while not _in_thread(_query(desk.dsn, query, int(comment["id"]))):
        assert time.monotonic() < deadline, "the words are not looked for"
        time.sleep(0.05)


def fill(desk: Desk, number: int, *, score: str = "0.8") -> None:
    """Let so many comments wait, "waiting 000" and so on, each with a score of toxicity: an SQL expression of `n`, from 0."""
    query(
        desk,
        f"""WITH site AS (SELECT id FROM sites WHERE key = $1),
            a AS (INSERT INTO articles (site_id, key, title) SELECT id, 'full', 'A full house' FROM site RETURNING site_id, id),
            w AS (INSERT INTO readers (site_id, name, name_skeleton) SELECT id, 'Wanda', 'wanda' FROM site RETURNING id),
            c AS (INSERT INTO comments (site_id, article_id, reader_id, body, html, status)
                  SELECT a.site_id, a.id, w.id, 'waiting ' || lpad(n::text, 3, '0'), '<p>waiting ' || lpad(n::text, 3, '0') || '</p>',
                         'held' FROM a, w, generate_series(0, $2::integer - 1) n ORDER BY n RETURNING site_id, id, body, html),
            r AS (INSERT INTO revisions (site_id, comment_id, revision, body, html) SELECT site_id, id, 1, body, html FROM c
                  RETURNING site_id, comment_id, body),
            s AS (INSERT INTO scores (site_id, comment_id, revision, model, labels)
                  SELECT site_id, comment_id, 1, 'm@1', jsonb_build_object('toxicity', ({score})::float8)
                  FROM (SELECT *, substring(body FROM 9)::integer AS n FROM r) r)
            INSERT INTO queue (site_id, comment_id, lane, reasons, priority)
            SELECT site_id, id, 'review', '[{{"code": "likely_toxic", "label": "toxicity", "score": 0.8, "threshold": 0.6}}]', 8
            FROM c ORDER BY id""",
        desk.service.site,
        number,
    )


async def _query(dsn: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    conn = await asyncpg.connect(dsn)
    try:
        return await conn.fetch(sql, *values)
    finally:
        await conn.close()


@cache
def _hashed_password() -> str:
    """Everybody's, since it takes long to work out."""
    hashed: str = _in_thread(hash_password(PASSWORD))
    return hashed


async def _admit(dsn: str, email: str) -> str:
    """Open a session, as signing in does; gives what the cookie holds."""
    token = secrets.token_urlsafe(32)
    conn = await asyncpg.connect(dsn)
    try:
        account = await staff.find_by_email(conn, email)
        assert account
        await staff_sessions.open_session(conn, account.id, token_hash(token), replaces=None)
        await record.note_everywhere(conn, account.id, record.Deed.SIGN_IN)
    finally:
        await conn.close()
    return token


async def _hire(dsn: str, site: str, name: str, email: str, role: str, hashed: str) -> None:
    conn = await asyncpg.connect(dsn)
    try:
        skeleton = email.partition("@")[0]
        id_ = await staff.add(conn, email=email, name=name, skeleton=skeleton, password_hash=hashed)
        site_id = await conn.fetchval("SELECT id FROM sites WHERE key = $1", site)
        await staff.set_role(conn, site_id, id_, role)
    finally:
        await conn.close()


def _in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine where Playwright's own loop does not run."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(work)))
    thread.start()
    thread.join()
    assert results
    return results[0]

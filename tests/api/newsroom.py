"""A newsroom to test in: a site with readers, comments before people, and staff of every role with consoles of their own."""

from typing import Any

import aiohttp
from aiohttp import web

from moderation.database import Pool
from moderation.decisions import Decided, Draft, decide
from moderation.reasons import Reason, ReasonCode
from moderation.statuses import Actor, Status
from service.passwords import hash_password
from service.store import comments, staff
from service.store.comments import NewComment

PASSWORD = "correct horse battery"
# Made once: it takes a while.
_hashes: list[str] = []


class Console:
    """A browser with a cookie jar, on the service's own origin."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base = base
        self.session = session

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, origin: str | None = "own"
    ) -> tuple[int, Any]:
        """Status and body of a staff call, parsed if it is JSON."""
        headers = {"Origin": self.base if origin == "own" else origin} if origin else {}
        if key:
            headers["Idempotency-Key"] = key
        async with self.session.request(
            method, f"{self.base}/api/v1/staff{path}", json=body, headers=headers
        ) as response:
            text = await response.text()
            json = bool(text) and response.content_type.endswith("json")
            return response.status, await response.json(content_type=None) if json else text or None

    async def sign_in(self, email: str, password: str = PASSWORD) -> tuple[int, Any]:
        return await self.call("POST", "/session", {"email": email, "password": password})


class Newsroom:
    """The service on a real socket, and the database behind it."""

    def __init__(self, base: str, pool: Pool, app: web.Application, site_id: int) -> None:
        self.base = base
        self.pool = pool
        self.app = app
        self.site_id = site_id
        self._sessions: list[aiohttp.ClientSession] = []

    def browser(self) -> Console:
        """A fresh browser, signed in nowhere."""
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._sessions.append(session)
        return Console(self.base, session)

    async def close(self) -> None:
        for session in self._sessions:
            await session.close()

    async def hire(self, name: str, role: str | None = "moderator", *, site_id: int | None = None) -> int:
        """Somebody on the staff, with the address {name}@example.org."""
        if not _hashes:
            _hashes.append(await hash_password(PASSWORD))
        id_ = await staff.add(
            self.pool, email=f"{name}@example.org", name=name.title(), skeleton=name, password_hash=_hashes[0]
        )
        if role:
            await staff.set_role(self.pool, site_id or self.site_id, id_, role)
        return id_

    async def console(self, name: str, role: str | None = "moderator") -> Console:
        """Hire somebody and sign them in."""
        await self.hire(name, role)
        console = self.browser()
        status, _ = await console.sign_in(f"{name}@example.org")
        assert status == 200
        return console

    async def reader(self, name: str = "Rita") -> int:
        return await self.pool.fetchval(
            "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, $2, lower($2)) RETURNING id",
            self.site_id,
            name,
        )

    async def post(
        self, body: str = "Some words.", *, reader: int | None = None, parent: int | None = None
    ) -> int:
        """A pending comment."""
        new = NewComment(
            site_id=self.site_id,
            reader_id=reader or await self.reader(),
            article_key="a1",
            body=body,
            html=f"<p>{body}</p>",
            parent_id=parent,
            article_url=None,
            article_title="An article",
            idempotency_key=None,
            refuse_repeats=False,
        )
        async with self.pool.acquire() as conn:
            posted = await comments.post(conn, new)
        assert posted.comment_id is not None
        return posted.comment_id

    async def judge(
        self, comment: int, to: str, *, start: str = "pending", revision: int = 1, priority: float = 0
    ) -> Decided:
        """What the worker would decide."""
        draft = Draft(
            site_id=self.site_id,
            comment_id=comment,
            revision=revision,
            from_status=Status(start),
            to_status=Status(to),
            actor=Actor.MACHINE,
            reasons=(Reason(ReasonCode.LIKELY_TOXIC, label="toxicity", score=0.8, threshold=0.6),),
            priority=priority,
        )
        async with self.pool.acquire() as conn, conn.transaction():
            [outcome] = await decide(conn, [draft])
        assert isinstance(outcome, Decided)
        return outcome

    async def held(self, body: str = "Some words.", *, priority: float = 0, reader: int | None = None) -> int:
        comment = await self.post(body, reader=reader)
        await self.judge(comment, "held", priority=priority)
        return comment

    async def published(self, body: str = "Some words.", *, parent: int | None = None) -> int:
        comment = await self.post(body, parent=parent)
        await self.judge(comment, "published")
        return comment

    async def status(self, comment: int) -> str:
        return await self.pool.fetchval("SELECT status FROM comments WHERE id = $1", comment)

"""Two sites, each with readers and a staff of every role, on the real API over a real database."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from moderation.classifier import ClassifierUnavailable
from moderation.database import Pool
from service.auth import token_hash
from service.keys import SIGNER
from service.store import staff_sessions
from tests.classifiers import Cued
from tests.invariants import Row, Rows

# Written at leisure, in the background.
_LATER = "failed_requests"
# Ben works on both sites, and has another role on each.
STAFF: Mapping[str, Mapping[str, str]] = {
    "anna": {"here": "moderator"},
    "ben": {"here": "moderator", "there": "auditor"},
    "lea": {"here": "lead"},
    "adam": {"here": "admin"},
    "olga": {"here": "auditor"},
    "tom": {"there": "moderator"},
    "tina": {"there": "lead"},
}
_READERS = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the staff, with their role by site."""

    id: int
    name: str
    cookie: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """A guest of one site."""

    id: int
    name: str
    site: str
    token: str


class Model:
    """The classifier of the tests without a process of its own; it can go away."""

    id = Cued.id
    skipped: Sequence[str] = ()

    def __init__(self) -> None:
        self.there = True

    async def start(self) -> None:
        if not self.there:
            raise ClassifierUnavailable("gone")

    async def score(
        self,
        texts: Sequence[str],
        *,
        timeout: float,  # noqa: ARG002, ASYNC109
    ) -> list[Mapping[str, float]]:
        await self.start()
        return Cued().score(texts)

    async def close(self) -> None:
        pass


@dataclass
class World:
    """Everything there is, and who is in it. What actions choose they choose by `chance`."""

    base: str
    pool: Pool
    app: web.Application
    session: aiohttp.ClientSession
    chance: random.Random
    model: Model = field(default_factory=Model)
    sites: dict[str, int] = field(default_factory=dict)
    staff: list[Person] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    # As it was seen last: each site's rows by table.
    rows: dict[str, Rows] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    _tables: Sequence[str] = ()

    async def settle_in(self, mark: str) -> None:
        """Open the sites; `mark` tells them from those of other walks."""
        for site in ("here", "there"):
            self.sites[site] = await self.pool.fetchval(
                "INSERT INTO sites (key, name) VALUES ($1, $1) RETURNING id", self.key(site, mark)
            )
        self._mark = mark
        for name, roles in STAFF.items():
            self.staff.append(await self._hire(name, roles))
        for site in self.sites:
            for _ in range(_READERS):
                await self.arrive(site)
        self._tables = await _tables(self.pool)
        await self.look(*self.sites)

    @staticmethod
    def key(site: str, mark: str) -> str:
        return f"{site}-{mark}"

    async def _hire(self, name: str, roles: Mapping[str, str]) -> Person:
        id_: int = await self.pool.fetchval(
            """INSERT INTO staff (email, name, name_skeleton, password_hash) VALUES ($1, $2, $2, '') RETURNING id""",
            f"{name}@{self._mark}.example",
            name,
        )
        for site, role in roles.items():
            await self.pool.execute(
                "INSERT INTO staff_roles (site_id, staff_id, role) VALUES ($1, $2, $3)",
                self.sites[site],
                id_,
                role,
            )
        cookie = secrets.token_urlsafe(8)
        async with self.pool.acquire() as conn:
            await staff_sessions.open_session(conn, id_, token_hash(cookie), replaces=None)
        return Person(id_, name, cookie, roles)

    async def arrive(self, site: str) -> Reader:
        """A new guest."""
        name = f"guest{len(self.readers) + 1}"
        id_: int = await self.pool.fetchval(
            "INSERT INTO readers (site_id, name, name_skeleton) VALUES ($1, $2, $2) RETURNING id",
            self.sites[site],
            name,
        )
        reader = Reader(id_, name, site, self.app[SIGNER].sign(self.sites[site], id_))
        self.readers.append(reader)
        return reader

    async def look(self, *sites: str) -> None:
        """Read all that there is of these sites."""
        parts = " UNION ALL ".join(
            f"SELECT '{table}', coalesce(json_agg(t ORDER BY t::text), '[]')::text FROM {table} t WHERE site_id = $1"
            for table in self._tables
        )
        for site in sites:
            found = await self.pool.fetch(parts, self.sites[site])
            self.rows[site] = {table: orjson.loads(text) for table, text in found}

    async def staff_call(self, person: Person, method: str, site: str, path: str, body: Any = None) -> int:
        """The status of a call of the console's."""
        headers = {"Origin": self.base, "Cookie": f"parley_staff={person.cookie}"}
        return await self._call(person.name, headers, method, site, path, body, root="/staff")

    async def reader_call(
        self, reader: Reader, method: str, site: str, path: str, body: Any = None, **headers: str
    ) -> int:
        """The status of a call of a page's."""
        with_token = {"Authorization": f"Bearer {reader.token}", **headers}
        return await self._call(reader.name, with_token, method, site, path, body)

    async def _call(
        self,
        who: str,
        headers: dict[str, str],
        method: str,
        site: str,
        path: str,
        body: Any,
        *,
        root: str = "",
    ) -> int:
        url = f"{self.base}/api/v1{root}/sites/{self.key(site, self._mark)}{path}"
        async with self.session.request(method, url, json=body, headers=headers) as response:
            answer = await response.json() if "json" in response.content_type else {}
            code = answer.get("code", "") if response.status >= 400 else ""
            self.say(f"{who}: {method} {site}{path} {body or ''} -> {response.status} {code}")
            assert response.status < 500, answer
            return response.status

    def say(self, line: str) -> None:
        """One line of what is printed of a walk that failed."""
        self.said.append(f"{len(self.said) + 1:4}  {line}")

    def some(self, site: str, table: str, *statuses: str) -> Row | None:
        """A row by chance, the newer ones more often; of comments, in one of these statuses."""
        found = [row for row in self.rows[site][table] if not statuses or row["status"] in statuses]
        found.sort(key=lambda row: row["id"])
        return self.chance.choice(found[-self.chance.randint(1, len(found)) :]) if found else None


async def _tables(pool: Pool) -> list[str]:
    rows = await pool.fetch(
        """SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'site_id'
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> $1 ORDER BY 1""",
        _LATER,
    )
    return [row[0] for row in rows]

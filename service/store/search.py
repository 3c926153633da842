"""Search over all comments of a site, newest first, by index whatever is asked (tests/store/test_plans_console.py).

Measured on a million comments of forty words, 26 results, p95 on two cores: any one or two words, author, article,
status, score range, days 2 to 80 ms; a word in rejected comments of one score range 130 ms; two words in a row that
hardly ever stand so 280 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from moderation.database import Connection
from moderation.statuses import Status

# Of a text in the list of results; the card has it all.
_EXCERPT = 500


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: everything that is not None must hold.

    `words` as in a web search: all of them, "in this order" in quotes, `or`, `-not`; in the newest text. `author` is a
    name's skeleton, so that look-alikes are found too; `low` and `high` bound the toxicity that the
    newest text was scored with; `since` and `until` are days in UTC, both included.
    """

    words: str | None = None
    author: str | None = None
    reader_id: int | None = None
    article_id: int | None = None
    status: Status | None = None
    low: float | None = None
    high: float | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A result's JSON, and where it stands: by `created_at`, falling, then by `id`."""

    id: int
    created_at: datetime
    json: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL that gives the `id` and `created_at` of a page's comments, and its values."""

    text: str
    values: Sequence[object]


# So many comments are looked through for words one by one, newest first, before the words' index is asked: it gives all
# that have them, in no order, which is fast just where they are few. Where so many have been found, more are looked
# through: at a million comments both take some 60 ms for words that one comment in a thousand has.
LOOKED_THROUGH = 3_000
FURTHER = 30_000
PROMISING = 3
_NEWEST_FIRST = "ORDER BY c.created_at DESC, c.id DESC"
_TEXT = "JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision"


class _Conditions:
    """Conditions on a comment c, with their values."""

    def __init__(self, site_id: int) -> None:
        self.values: list[object] = [site_id]
        self._texts = ["c.site_id = $1"]

    def add(self, condition: str, *values: object) -> None:
        self._texts.append(condition.format(*map(self.value, values)))

    def value(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def __str__(self) -> str:
        return " AND ".join(self._texts)


def _conditions(site_id: int, search: Search, after: tuple[datetime, int] | None) -> _Conditions:
    """All that is asked for but the words and the score."""
    asked = _Conditions(site_id)
    if search.status is not None:
        # In the statement itself, since only so does the planner see that the partial index has them.
        asked.add(f"c.status = '{search.status}'")
    if search.reader_id is not None:
        asked.add("c.reader_id = {}", search.reader_id)
    if search.author is not None:
        found = "SELECT id FROM readers WHERE site_id = $1 AND name_skeleton = {}"
        asked.add(f"c.reader_id IN ({found})", search.author)
    if search.article_id is not None:
        asked.add("c.article_id = {}", search.article_id)
    if search.since is not None:
        asked.add("c.created_at >= {}::date", search.since)
    if search.until is not None:
        asked.add("c.created_at < {}::date + 1", search.until)
    if after is not None:
        asked.add("(c.created_at, c.id) < ({}, {})", *after)
    return asked


def _scored(asked: _Conditions, search: Search) -> str:
    """The condition on the score, after what else was asked for."""
    if search.low is None and search.high is None:
        return "true"
    low = asked.value(0.0 if search.low is None else search.low)
    high = asked.value(1.0 if search.high is None else search.high)
    return f"""EXISTS (SELECT FROM scores s WHERE s.site_id = $1 AND s.comment_id = c.id AND s.revision = c.revision
                       AND NOT s.shadow AND s.toxicity BETWEEN {low}::real AND {high}::real)"""


def newest(
    site_id: int,
    search: Search,
    *,
    limit: int,
    after: tuple[datetime, int] | None = None,
    through: int = LOOKED_THROUGH,
) -> Statement:
    """The page, its words looked for in `through` comments at most; `seen` is how many there were."""
    asked = _conditions(site_id, search, after)
    if search.words is None:
        text = f"""SELECT c.id, c.created_at FROM comments c WHERE {asked} AND {_scored(asked, search)}
                   {_NEWEST_FIRST} LIMIT {limit:d}"""
        return Statement(text, asked.values)
    words = asked.value(search.words)
    text = f"""
        WITH c AS MATERIALIZED (SELECT c.id, c.created_at, c.revision FROM comments c WHERE {asked} {_NEWEST_FIRST}
                                LIMIT {through:d})
        SELECT page.*, n.seen FROM (SELECT count(*) AS seen FROM c) n LEFT JOIN (
            SELECT c.id, c.created_at FROM c {_TEXT}
            WHERE r.lexemes @@ websearch_to_tsquery('simple', {words}) AND {_scored(asked, search)}
            {_NEWEST_FIRST} LIMIT {limit:d}) page ON true"""
    return Statement(text, asked.values)


def rare(site_id: int, search: Search, *, limit: int, after: tuple[datetime, int] | None = None) -> Statement:
    """The page by the words' index: for words that few comments have."""
    asked = _conditions(site_id, search, after)
    words = asked.value(search.words)
    text = f"""
        WITH r AS MATERIALIZED (SELECT comment_id, revision FROM revisions
                                WHERE site_id = $1 AND lexemes @@ websearch_to_tsquery('simple', {words}))
        SELECT c.id, c.created_at FROM r JOIN comments c ON c.site_id = $1 AND c.id = r.comment_id
        WHERE c.revision = r.revision AND {asked} AND {_scored(asked, search)} {_NEWEST_FIRST} LIMIT {limit:d}"""
    return Statement(text, asked.values)


_SHOWN = f"""
    SELECT c.id, c.created_at, json_build_object(
        'id', c.id::text, 'status', c.status, 'body', left(r.body, {_EXCERPT}), 'created_at', c.created_at,
        'author', json_build_object('id', w.id::text, 'name', w.name),
        'article', json_build_object('key', a.key, 'title', a.title, 'url', a.url),
        'toxicity', scored.toxicity)::text AS json
    FROM comments c {_TEXT}
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
    LEFT JOIN LATERAL (SELECT toxicity FROM scores WHERE site_id = $1 AND comment_id = c.id
                       AND revision = c.revision AND NOT shadow ORDER BY created_at DESC LIMIT 1) scored ON true
    WHERE c.site_id = $1 AND c.id = ANY($2) {_NEWEST_FIRST}"""


async def search_comments(
    conn: Connection, site_id: int, search: Search, *, limit: int, after: tuple[datetime, int] | None
) -> list[Found]:
    """Up to `limit` comments, newest first, from after the place (created_at, id)."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        # What is rare and what is common take different indexes: the planner has to see what is asked for.
        await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        ids = await _find(conn, site_id, search, limit=limit, after=after)
        rows = await conn.fetch(_SHOWN, site_id, ids)
    return [Found(row["id"], row["created_at"], orjson.loads(row["json"])) for row in rows]


async def _find(
    conn: Connection, site_id: int, search: Search, *, limit: int, after: tuple[datetime, int] | None
) -> list[int]:
    """The ids of a page, by the way that suits how common its words turn out to be."""
    for through in (LOOKED_THROUGH, FURTHER):
        page = newest(site_id, search, limit=limit, after=after, through=through)
        rows = await conn.fetch(page.text, *page.values)
        ids = [row["id"] for row in rows if row["id"] is not None]
        if search.words is None or len(ids) == limit or rows[0]["seen"] < through:
            return ids
        if len(ids) < PROMISING:
            break
    page = rare(site_id, search, limit=limit, after=after)
    return [row["id"] for row in await conn.fetch(page.text, *page.values)]

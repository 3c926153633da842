"""Decisions that are judged a second time, blind: drawn at random, lent to one person at a time, judged once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from moderation.database import Connection

LEASE_S = 600
# How far back decisions are drawn from, and how many at once of each kind.
_DAYS = 7


class Stratum(StrEnum):
    """What a decision is drawn from."""

    MACHINE_PUBLISHED = "machine_published"
    MACHINE_REJECTED = "machine_rejected"
    STAFF = "staff"


_DRAWN = {Stratum.MACHINE_PUBLISHED: 10, Stratum.MACHINE_REJECTED: 5, Stratum.STAFF: 5}

# What the machine did that nobody has touched since. The comments are picked before their decisions are looked up.
_BY_MACHINE = f"""
    SELECT d.id, d.comment_id, d.revision, r.body FROM (
        SELECT c.id FROM comments c WHERE c.site_id = $1 AND c.status = $2
            AND c.created_at > now() - interval '{_DAYS} days' ORDER BY random() LIMIT 300) c
    CROSS JOIN LATERAL (SELECT * FROM decisions d WHERE d.site_id = $1 AND d.comment_id = c.id
                        ORDER BY d.id DESC LIMIT 1) d
    JOIN revisions r ON r.site_id = $1 AND r.comment_id = d.comment_id AND r.revision = d.revision
    WHERE d.actor = 'machine' AND d.to_status = $2
      AND NOT EXISTS (SELECT FROM samples s WHERE s.site_id = $1 AND s.decision_id = d.id) LIMIT $3"""
_BY_STAFF = f"""
    SELECT d.id, d.comment_id, d.revision, r.body FROM decisions d
    JOIN revisions r ON r.site_id = $1 AND r.comment_id = d.comment_id AND r.revision = d.revision
    WHERE d.site_id = $1 AND d.actor = 'staff' AND d.undoes IS NULL AND d.to_status IN ('published', 'rejected')
      AND d.created_at > now() - interval '{_DAYS} days'
      AND NOT EXISTS (SELECT FROM decisions l WHERE l.site_id = $1 AND l.comment_id = d.comment_id AND l.id > d.id)
      AND NOT EXISTS (SELECT FROM samples s WHERE s.site_id = $1 AND s.decision_id = d.id)
    ORDER BY random() LIMIT $2"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decision that was drawn, with the text that it was about."""

    stratum: Stratum
    decision_id: int
    comment_id: int
    revision: int
    body: str


async def draw(conn: Connection, site_id: int) -> list[Candidate]:
    """Some decisions of each kind that nobody has looked at a second time."""
    drawn = []
    for stratum, count in _DRAWN.items():
        if stratum is Stratum.STAFF:
            rows = await conn.fetch(_BY_STAFF, site_id, count)
        else:
            rows = await conn.fetch(_BY_MACHINE, site_id, stratum.removeprefix("machine_"), count)
        drawn += [Candidate(stratum, *row) for row in rows]
    return drawn


async def keep(
    conn: Connection, site_id: int, drawn: Sequence[Candidate], languages: Sequence[str | None]
) -> None:
    """Keep what was drawn, each in its language, to be lent."""
    await conn.execute(
        """INSERT INTO samples (site_id, decision_id, comment_id, revision, stratum, language)
           SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[])
           ON CONFLICT ON CONSTRAINT samples_decision_unique DO NOTHING""",
        site_id,
        [one.decision_id for one in drawn],
        [one.comment_id for one in drawn],
        [one.revision for one in drawn],
        [str(one.stratum) for one in drawn],
        list(languages),
    )


async def claim(conn: Connection, site_id: int, staff_id: int) -> dict[str, Any] | None:
    """Lend one sample to somebody who did not make its decision: the one they have already, or any other.

    Shows nothing of the decision, the scores or the author. None if there is no sample for them.
    """
    found = await conn.fetchval(
        """WITH picked AS (
               SELECT s.id FROM samples s
               JOIN decisions d ON d.site_id = $1 AND d.id = s.decision_id
               JOIN comments c ON c.site_id = $1 AND c.id = s.comment_id
               WHERE s.site_id = $1 AND s.verdict IS NULL AND d.staff_id IS DISTINCT FROM $2
                 AND (s.claimed_by = $2 OR s.claimed_until IS NULL OR s.claimed_until < now())
                 AND c.revision = s.revision AND c.status NOT IN ('deleted', 'erased')
               ORDER BY s.claimed_by = $2 DESC NULLS LAST, random() LIMIT 1 FOR UPDATE OF s SKIP LOCKED),
           claimed AS (
               UPDATE samples s SET claimed_by = $2, claimed_until = now() + make_interval(secs => $3)
               FROM picked WHERE s.site_id = $1 AND s.id = picked.id RETURNING s.*)
           SELECT json_build_object('id', s.id::text, 'html', r.html, 'created_at', c.created_at,
               'article', json_build_object('key', a.key, 'title', a.title, 'url', a.url),
               'parent_html', p.html)::text
           FROM claimed s
           JOIN comments c ON c.site_id = $1 AND c.id = s.comment_id
           JOIN revisions r ON r.site_id = $1 AND r.comment_id = s.comment_id AND r.revision = s.revision
           JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
           LEFT JOIN comments p ON p.site_id = $1 AND p.id = c.parent_id""",
        site_id,
        staff_id,
        LEASE_S,
    )
    return orjson.loads(found) if found else None


async def judge(conn: Connection, site_id: int, id_: int, staff_id: int, verdict: str) -> bool:
    """Keep a verdict, once; False if the sample is not lent to this person or has been judged otherwise."""
    return bool(
        await conn.fetchval(
            """UPDATE samples SET verdict = $4, judged_by = $3, judged_at = coalesce(judged_at, now())
               WHERE site_id = $1 AND id = $2 AND claimed_by = $3 AND (verdict IS NULL OR verdict = $4)
               RETURNING true""",
            site_id,
            id_,
            staff_id,
            verdict,
        )
    )


@dataclass(frozen=True, slots=True)
class Revealed:
    """What the decision was that somebody has now judged a second time."""

    comment_id: int
    actor: str
    status: str
    reasons: list[dict[str, Any]]
    model: str | None


async def reveal(conn: Connection, site_id: int, id_: int) -> Revealed:
    """The decision of a sample that has been judged."""
    row = await conn.fetchrow(
        """SELECT s.comment_id, d.actor, d.to_status AS status, d.reasons, d.model FROM samples s
           JOIN decisions d ON d.site_id = $1 AND d.id = s.decision_id WHERE s.site_id = $1 AND s.id = $2""",
        site_id,
        id_,
    )
    assert row is not None
    return Revealed(**row)


async def forget(conn: Connection, *, older_than_days: int) -> None:
    """Drop what was drawn and never judged."""
    await conn.execute(
        "DELETE FROM samples WHERE verdict IS NULL AND drawn_at < now() - make_interval(days => $1)",
        older_than_days,
    )

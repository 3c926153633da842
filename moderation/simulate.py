"""What-if: a policy replayed over past comments with the scores that are stored, beside the active one.

Both policies are replayed, so that the difference between them is theirs. A comment is judged as if it came now: rules
and limits by the candidate, its author's record by the comments before it as they stand today, nobody under sanction,
no reports.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from moderation import policies
from moderation.database import Connection
from moderation.judging import signals_of
from moderation.policy import Policy, judge
from moderation.policy_parts import Action
from moderation.queue import Claim, ScoreItem
from moderation.statuses import Status

MOST_COMMENTS = 10_000
_PAGE = 500


@dataclass(slots=True)
class Move:
    """Comments that the candidate treats unlike the active policy; `judged` of them were decided by moderators, and
    `otherwise` of these unlike the candidate would: published what it rejects, or rejected what it publishes.
    """

    comments: int = 0
    judged: int = 0
    otherwise: int = 0


@dataclass(slots=True)
class Simulation:
    """How many comments each policy publishes, holds and rejects, and what becomes of those that move."""

    comments: int = 0
    unscored: int = 0
    active: Counter[Action] = field(default_factory=Counter)
    candidate: Counter[Action] = field(default_factory=Counter)
    moves: dict[tuple[Action, Action], Move] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The same with plain names."""
        return {
            "comments": self.comments,
            "unscored": self.unscored,
            "active": {action.value: self.active[action] for action in Action},
            "candidate": {action.value: self.candidate[action] for action in Action},
            "moves": [
                {
                    "from": before.value,
                    "to": after.value,
                    "comments": move.comments,
                    "judged": move.judged,
                    "otherwise": move.otherwise,
                }
                for (before, after), move in sorted(self.moves.items())
            ],
        }


@dataclass(frozen=True, slots=True)
class Past:
    """A comment that the machine once judged, with its scores (None: none are stored) and what moderators made of it."""

    item: ScoreItem
    scores: Mapping[str, float] | None
    model: str | None
    verdict: Status | None


async def simulate(
    conn: Connection, site_id: int, candidate: Policy, *, days: int = 30, limit: int = MOST_COMMENTS
) -> Simulation:
    """Replay both policies over the newest `limit` comments of the last `days` days."""
    _, active = (await policies.active(conn, {site_id}))[site_id]
    found = Simulation()
    async for past in _past(conn, site_id, days, limit):
        before, after = (
            judge(signals_of(past.item, past.scores, past.model, policy), policy).action
            for policy in (active, candidate)
        )
        found.comments += 1
        found.unscored += past.scores is None
        found.active[before] += 1
        found.candidate[after] += 1
        if before is not after:
            _count(found.moves.setdefault((before, after), Move()), after, past.verdict)
    return found


def _count(move: Move, after: Action, verdict: Status | None) -> None:
    move.comments += 1
    if verdict in (Status.PUBLISHED, Status.REJECTED):
        move.judged += 1
        contradicted = {Action.PUBLISH: Status.REJECTED, Action.REJECT: Status.PUBLISHED}.get(after)
        move.otherwise += verdict is contradicted


# $1 the site, $2 how many days, $3 before which comment, $4 how many.
PAST = """
    SELECT c.id, c.revision, c.status, r.body, r.created_at, a.mode, s.labels, s.model,
           record.published, record.rejected, record.repeats, record.recent,
           extract(epoch FROM r.created_at - w.created_at)::float8 AS author_age_s, verdict.to_status AS verdict
    FROM comments c
    JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
    JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    LEFT JOIN LATERAL (SELECT labels, model FROM scores WHERE site_id = $1 AND comment_id = c.id
                       AND revision = c.revision ORDER BY created_at DESC LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT to_status FROM decisions WHERE site_id = $1 AND comment_id = c.id
                       AND revision = c.revision AND actor = 'staff' ORDER BY id DESC LIMIT 1) verdict ON true
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.status = 'published') AS published,
               count(*) FILTER (WHERE o.status = 'rejected') AS rejected,
               count(*) FILTER (WHERE o.body = r.body AND o.created_at > r.created_at - interval '1 day') AS repeats,
               count(*) FILTER (WHERE o.created_at > r.created_at - interval '10 minutes') AS recent
        FROM (SELECT status, body, created_at FROM comments
              WHERE site_id = $1 AND reader_id = c.reader_id AND id < c.id ORDER BY id DESC LIMIT 100) o
    ) record
    WHERE c.site_id = $1 AND c.id < $3 AND c.created_at > now() - make_interval(days => $2)
      AND c.status IN ('published', 'held', 'rejected')
    ORDER BY c.id DESC LIMIT $4"""


async def _past(conn: Connection, site_id: int, days: int, limit: int) -> AsyncIterator[Past]:
    before, left = 2**62, limit
    while left > 0:
        rows = await conn.fetch(PAST, site_id, days, before, min(_PAGE, left))
        for row in rows:
            yield _read(site_id, row)
        if len(rows) < _PAGE:
            return
        before, left = rows[-1]["id"], left - len(rows)


def _read(site_id: int, row: asyncpg.Record) -> Past:
    item = ScoreItem(
        claim=Claim(0, 0),
        tries=1,
        site_id=site_id,
        comment_id=row["id"],
        revision=row["revision"],
        status=Status(row["status"]),
        body=row["body"],
        created_at=row["created_at"],
        article_mode=row["mode"],
        author_published=row["published"],
        author_rejected=row["rejected"],
        author_repeats=row["repeats"],
        author_recent=row["recent"],
        author_age_s=row["author_age_s"],
        author_sanction="none",
        judged_by_staff=False,
        open_reports=0,
    )
    verdict = Status(row["verdict"]) if row["verdict"] else None
    return Past(item, row["labels"], row["model"], verdict)

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
# A limit that is none.
ALL = 2**62
_PAGE = 500


@dataclass(slots=True)
class Move:
    """Comments that the candidate treats unlike the active policy; `judged` of them were decided by moderators, and
    `otherwise` of these unlike the candidate would: published what it rejects, or rejected what it publishes.
    """

    comments: list[int] = field(default_factory=list)
    judged: int = 0
    otherwise: int = 0

    def count(self, comment_id: int, after: Action, verdict: Status | None) -> None:
        """One comment more."""
        self.comments.append(comment_id)
        if verdict in (Status.PUBLISHED, Status.REJECTED):
            self.judged += 1
            contradicted = {Action.PUBLISH: Status.REJECTED, Action.REJECT: Status.PUBLISHED}.get(after)
            self.otherwise += verdict is contradicted


@dataclass(slots=True)
class Simulation:
    """How many comments each policy publishes, holds and rejects, and what becomes of those that move."""

    comments: int = 0
    unscored: int = 0
    active: Counter[Action] = field(default_factory=Counter)
    candidate: Counter[Action] = field(default_factory=Counter)
    moves: dict[tuple[Action, Action], Move] = field(default_factory=dict)

    def count(self, past: "Past", before: Action, after: Action) -> None:
        """One comment more: what becomes of it, and what would."""
        self.comments += 1
        self.unscored += past.scores is None
        self.active[before] += 1
        self.candidate[after] += 1
        if before is not after:
            move = self.moves.setdefault((before, after), Move())
            move.count(past.item.comment_id, after, past.verdict)

    def as_text(self, active: str = "active", candidate: str = "in FILE") -> str:
        """The same for people."""
        lines = [f"{self.comments:,} comments, {self.unscored:,} of them never scored"]
        lines.append(f"{'':<9}{active:>12}{candidate:>12}")
        lines += [
            f"{action.value:<9}{self.active[action]:>12,}{self.candidate[action]:>12,}" for action in Action
        ]
        lines += [
            f"{before.value} -> {after.value}: {len(move.comments):,}; moderators decided {move.judged:,} of them, "
            f"{move.otherwise:,} otherwise"
            for (before, after), move in sorted(self.moves.items())
        ]
        return "\n".join(lines)

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
                    "comments": len(move.comments),
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
    # What the model that is being tried out says of it.
    tried: Mapping[str, float] | None


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
        found.count(past, before, after)
    return found


async def compare(
    conn: Connection, site_id: int, model: str, *, days: int = 30, limit: int = MOST_COMMENTS
) -> Simulation:
    """What the active policy makes of the scores of `model` (as the candidate) where it makes something else of those
    that judged. Comments that `model` has not seen are left out.
    """
    _, active = (await policies.active(conn, {site_id}))[site_id]
    found = Simulation()
    async for past in _past(conn, site_id, days, limit, model):
        if past.tried is not None:
            before = judge(signals_of(past.item, past.scores, past.model, active), active).action
            after = judge(signals_of(past.item, past.tried, model, active), active).action
            found.count(past, before, after)
    return found


# $1 the site, $2 how many days, $3 before which comment, $4 how many, $5 the model that is tried (null: none).
PAST = """
    SELECT c.id, c.revision, c.status, r.body, r.created_at, a.mode, s.labels, s.model, t.labels AS tried,
           record.published, record.rejected, record.repeats, record.recent,
           extract(epoch FROM r.created_at - w.created_at)::float8 AS author_age_s, verdict.to_status AS verdict
    FROM comments c
    JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id AND r.revision = c.revision
    JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
    JOIN readers w ON w.site_id = $1 AND w.id = c.reader_id
    LEFT JOIN LATERAL (SELECT labels, model FROM scores WHERE site_id = $1 AND comment_id = c.id
                       AND revision = c.revision AND NOT shadow ORDER BY created_at DESC LIMIT 1) s ON true
    LEFT JOIN scores t ON t.site_id = $1 AND t.comment_id = c.id AND t.revision = c.revision AND t.model = $5
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


async def _past(
    conn: Connection, site_id: int, days: int, limit: int, model: str | None = None
) -> AsyncIterator[Past]:
    before, left = ALL, limit
    while left > 0:
        rows = await conn.fetch(PAST, site_id, days, before, min(_PAGE, left), model)
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
        held_by_staff=False,
        shown=False,
    )
    verdict = Status(row["verdict"]) if row["verdict"] else None
    return Past(item, row["labels"], row["model"], verdict, row["tried"])

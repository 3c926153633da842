"""The queue: claim with a lease, renew, release, finish. Machines and people take items the same way.

A claim pushes `ready_at` to the end of the lease and adds one attempt; whoever finishes must still own (id, attempts),
so a worker that lost its lease changes nothing. Times are the database's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.database import Connection
from moderation.statuses import Status

SCORE_LEASE_S = 60.0
REVIEW_LEASE_S = 300.0
# After this many tries without a result an item goes to people, who are the dead-letter queue.
MAX_TRIES = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """Proof of owning a queue item: void once the lease ran out and somebody else claimed it."""

    queue_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """A comment's newest text to be scored, with all that the policy wants to know about it."""

    claim: Claim
    # Claims of this item so far, this one included, less those that were given back.
    tries: int
    site_id: int
    comment_id: int
    revision: int
    status: Status
    body: str
    created_at: datetime
    article_mode: str
    author_published: int
    author_rejected: int
    # Earlier comments with the same text within a day, and any within ten minutes.
    author_repeats: int
    author_recent: int
    author_age_s: float
    author_sanction: str
    judged_by_staff: bool
    # The last decision on the comment is a person's, to hold it: only a person lifts that.
    held_by_staff: bool
    # Readers see the newest revision already.
    shown: bool
    # wanted: its author would be asked about its tone; rephrased: they were, and this is their answer.
    nudge: str | None = None


async def enqueue_score(conn: Connection, site_id: int, comment_id: int, *, priority: float = 0) -> None:
    """Ask for the newest revision to be scored; a claim on an older one is taken back by the raised attempts."""
    await conn.execute(
        """INSERT INTO queue (site_id, comment_id, lane, priority) VALUES ($1, $2, 'score', $3)
           ON CONFLICT ON CONSTRAINT queue_item_unique DO UPDATE
           SET attempts = queue.attempts + 1, postponed = queue.postponed + 1, ready_at = now(), claimed_by = NULL,
               priority = greatest(queue.priority, excluded.priority)""",
        site_id,
        comment_id,
        priority,
    )


# $1 how many, $2 who, $3 for how many seconds.
CLAIM_SCORES = """
    WITH picked AS (
        SELECT id FROM queue WHERE lane = 'score' AND ready_at <= now()
        ORDER BY priority DESC, id LIMIT $1 FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE queue q
        SET claimed_by = $2, ready_at = now() + make_interval(secs => $3), attempts = q.attempts + 1
        FROM picked WHERE q.id = picked.id
        RETURNING q.id, q.site_id, q.comment_id, q.attempts, q.attempts - q.postponed AS tries
    )
    SELECT q.id AS queue_id, q.attempts, q.tries, q.site_id, q.comment_id, c.revision, c.status, r.body, r.created_at,
           a.mode AS article_mode, record.published, record.rejected, record.repeats,
           record.recent, extract(epoch FROM now() - w.created_at)::float8 AS author_age_s,
           CASE WHEN w.sanctioned_until <= now() THEN 'none' ELSE w.sanction END AS sanction,
           -- Counted, since EXISTS may be planned as a hash of every decision there is.
           (SELECT count(*) FROM decisions d WHERE d.site_id = q.site_id AND d.comment_id = q.comment_id
            AND d.revision = c.revision AND d.actor = 'staff') > 0 AS judged_by_staff,
           coalesce((SELECT d.actor = 'staff' AND d.to_status = 'held' FROM decisions d
                     WHERE d.site_id = q.site_id AND d.comment_id = q.comment_id ORDER BY d.id DESC LIMIT 1), false)
               AS held_by_staff,
           c.status = 'published' AND c.shown_revision = c.revision AS shown, c.nudge
    FROM claimed q
    JOIN comments c ON c.site_id = q.site_id AND c.id = q.comment_id
    JOIN revisions r ON r.site_id = q.site_id AND r.comment_id = q.comment_id AND r.revision = c.revision
    JOIN articles a ON a.site_id = q.site_id AND a.id = c.article_id
    JOIN readers w ON w.site_id = q.site_id AND w.id = c.reader_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.status = 'published') AS published,
               count(*) FILTER (WHERE o.status = 'rejected') AS rejected,
               count(*) FILTER (WHERE o.body = r.body AND o.created_at > now() - interval '1 day') AS repeats,
               count(*) FILTER (WHERE o.created_at > now() - interval '10 minutes') AS recent
        FROM (SELECT status, body, created_at FROM comments
              WHERE site_id = q.site_id AND reader_id = c.reader_id AND id < c.id
              ORDER BY id DESC LIMIT 100) o
    ) record
    ORDER BY q.id"""


async def claim_scores(
    conn: Connection, worker: str, *, limit: int, lease_s: float = SCORE_LEASE_S
) -> list[ScoreItem]:
    """Claim up to `limit` texts to score, most urgent first, for `lease_s` seconds."""
    rows = await conn.fetch(
        CLAIM_SCORES,
        limit,
        worker,
        lease_s,
    )
    return [
        ScoreItem(
            claim=Claim(row["queue_id"], row["attempts"]),
            tries=row["tries"],
            site_id=row["site_id"],
            comment_id=row["comment_id"],
            revision=row["revision"],
            status=Status(row["status"]),
            body=row["body"],
            created_at=row["created_at"],
            article_mode=row["article_mode"],
            author_published=row["published"],
            author_rejected=row["rejected"],
            author_repeats=row["repeats"],
            author_recent=row["recent"],
            author_age_s=row["author_age_s"],
            author_sanction=row["sanction"],
            judged_by_staff=row["judged_by_staff"],
            held_by_staff=row["held_by_staff"],
            shown=row["shown"],
            nudge=row["nudge"],
        )
        for row in rows
    ]


async def finish(conn: Connection, claims: Sequence[Claim]) -> set[int]:
    """Take finished items off the queue; returns the queue ids that were still owned."""
    rows = await conn.fetch(
        """DELETE FROM queue q USING unnest($1::bigint[], $2::integer[]) AS done(id, attempts)
           WHERE q.id = done.id AND q.attempts = done.attempts RETURNING q.id""",
        [claim.queue_id for claim in claims],
        [claim.attempts for claim in claims],
    )
    return {row["id"] for row in rows}


async def owned(conn: Connection, claims: Sequence[Claim]) -> set[int]:
    """Lock the items that are still owned until the transaction ends; returns their queue ids."""
    rows = await conn.fetch(
        """SELECT q.id FROM queue q JOIN unnest($1::bigint[], $2::integer[]) AS mine(id, attempts)
           ON q.id = mine.id AND q.attempts = mine.attempts ORDER BY q.id FOR UPDATE OF q""",
        [claim.queue_id for claim in claims],
        [claim.attempts for claim in claims],
    )
    return {row["id"] for row in rows}


async def postpone(conn: Connection, claims: Sequence[Claim], delay_s: float) -> None:
    """Give claims back for another try in `delay_s` seconds, the attempt not counted."""
    await conn.execute(
        """UPDATE queue q
           SET ready_at = now() + make_interval(secs => $3), claimed_by = NULL, postponed = q.postponed + 1
           FROM unnest($1::bigint[], $2::integer[]) AS mine(id, attempts)
           WHERE q.id = mine.id AND q.attempts = mine.attempts""",
        [claim.queue_id for claim in claims],
        [claim.attempts for claim in claims],
        delay_s,
    )


async def give_back(conn: Connection, worker: str) -> None:
    """Make claimable what `worker` has claimed and, its database lost, could not finish; the attempt is not counted."""
    await conn.execute(
        """UPDATE queue SET ready_at = now(), claimed_by = NULL, postponed = postponed + 1
           WHERE lane = 'score' AND claimed_by = $1""",
        worker,
    )


async def hasten(conn: Connection) -> int:
    """Make postponed texts claimable now, for a classifier that is back; returns how many."""
    status = await conn.execute(
        "UPDATE queue SET ready_at = now() WHERE lane = 'score' AND claimed_by IS NULL AND ready_at > now()"
    )
    return int(status.split()[-1])

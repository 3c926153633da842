"""The one writer of a comment's status.

Every decision, whoever makes it, is one row of an append-only log, written here together with all that follows from
it: the comment's status and text, the counts, the article's events, the review queue, the outbox.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from moderation import appeals, followers, nudges, outcomes, stages
from moderation.appeals import Appeal, Hindrance
from moderation.database import Connection
from moderation.reasons import Reason, dump_reasons
from moderation.stages import Waiting
from moderation.statuses import Actor, Status, is_legal


class IllegalMove(Exception):
    """A comment's status cannot change that way."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision to be made, with the revision and the status that it is about."""

    site_id: int
    comment_id: int
    revision: int
    from_status: Status
    to_status: Status
    actor: Actor
    reasons: tuple[Reason, ...] = ()
    staff_id: int | None = None
    note: str | None = None
    policy_version: int | None = None
    model: str | None = None
    undoes: int | None = None
    # The appeal that it decides; with `undoes`, whose decision it takes back.
    appeal_id: int | None = None
    # The act on many comments that it is part of.
    batch_id: int | None = None
    # The proposal that it confirms.
    confirms: int | None = None
    idempotency_key: str | None = None
    # Where a decision that holds the comment puts it in the review queue; higher is sooner.
    priority: float = 0
    # Its author is asked to put it differently, before people see what this holds.
    asks: bool = False
    # How its item came to whoever decides; known once it is decided.
    handover_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made."""

    id: int
    draft: Draft
    article_id: int
    # The article's version if readers can see a difference.
    version: int | None


@dataclass(frozen=True, slots=True)
class Stale:
    """A decision that was refused, because the comment was no longer as the draft says, or an appeal stands against it."""

    draft: Draft
    # What the comment is now; None if there is no such comment.
    status: Status | None
    revision: int | None
    hindrance: Hindrance | None = None


async def decide(conn: Connection, drafts: Sequence[Draft]) -> list[Decided | Stale]:
    """Make decisions, in the caller's transaction; the answers are in the order of the drafts.

    A draft whose comment has moved on (compare-and-set on revision and status) is answered by `Stale` and changes
    nothing; so is the second draft about one comment, and one that an appeal stands against. Locks are always taken in
    the same order (articles, comments, then the queue), so that deciders never deadlock.

    Raises IllegalMove for a move that statuses.py does not know; nothing is written then.
    """
    for draft in drafts:
        if not is_legal(draft.from_status, draft.to_status):
            raise IllegalMove(f"{draft.from_status} -> {draft.to_status}")
    rows = await _lock(conn, drafts)
    # Read once the comments are locked, as an appeal is made under the same lock.
    appealed = await appeals.on_comments(conn, drafts)
    waiting = await stages.on_comments(conn, drafts)
    leads = await stages.leads(conn, drafts) if waiting else frozenset()
    outcome: list[Decided | Stale | None] = []
    taken: list[tuple[int, Draft, asyncpg.Record]] = []
    seen: set[tuple[int, int]] = set()
    for draft in drafts:
        key = (draft.site_id, draft.comment_id)
        row = rows.get(key)
        if row is None:
            outcome.append(Stale(draft, None, None))
        elif key in seen or (row["revision"], row["status"]) != (draft.revision, draft.from_status):
            outcome.append(Stale(draft, Status(row["status"]), row["revision"]))
        elif (hindered := _hindrance(draft, appealed.get(key, ()))) is not None:
            outcome.append(Stale(draft, draft.from_status, draft.revision, hindered))
        elif (early := _out_of_turn(draft, waiting.get(key), leads)) is not None:
            outcome.append(Stale(draft, draft.from_status, draft.revision, early))
        else:
            seen.add(key)
            answers = waiting[key].handover_id if key in waiting else None
            taken.append((len(outcome), replace(draft, handover_id=answers), row))
            outcome.append(None)
    if taken:
        for index, decided in await _write(conn, taken, appealed):
            outcome[index] = decided
    return [answer for answer in outcome if answer is not None]


def _hindrance(draft: Draft, known: Sequence[Appeal]) -> Hindrance | None:
    return appeals.hindrance(
        known, draft.actor, staff_id=draft.staff_id, appeal_id=draft.appeal_id, undoes=draft.undoes
    )


def _out_of_turn(
    draft: Draft, waiting: Waiting | None, leads: Collection[tuple[int, int]]
) -> Hindrance | None:
    lead = draft.staff_id is not None and (draft.site_id, draft.staff_id) in leads
    return stages.hindrance(waiting, draft, lead=lead)


async def _lock(conn: Connection, drafts: Sequence[Draft]) -> Mapping[tuple[int, int], asyncpg.Record]:
    """Lock the articles and comments that the drafts are about, in order; returns the comments as they now are."""
    sites = [draft.site_id for draft in drafts]
    comments = [draft.comment_id for draft in drafts]
    await conn.execute(
        """SELECT FROM articles a WHERE (a.site_id, a.id) IN (
               SELECT c.site_id, c.article_id FROM comments c
               JOIN unnest($1::bigint[], $2::bigint[]) AS d(site_id, id) ON c.site_id = d.site_id AND c.id = d.id)
           ORDER BY a.site_id, a.id FOR NO KEY UPDATE""",
        sites,
        comments,
    )
    rows = await conn.fetch(
        """SELECT c.site_id, c.id, c.article_id, c.status, c.revision, c.shown_revision, c.ancestors
           FROM comments c WHERE (c.site_id, c.id) IN (
               SELECT d.site_id, d.id FROM unnest($1::bigint[], $2::bigint[]) AS d(site_id, id))
           ORDER BY c.site_id, c.id FOR NO KEY UPDATE""",
        sites,
        comments,
    )
    return {(row["site_id"], row["id"]): row for row in rows}


async def _write(
    conn: Connection,
    taken: Sequence[tuple[int, Draft, asyncpg.Record]],
    appealed: Mapping[tuple[int, int], Sequence[Appeal]],
) -> list[tuple[int, Decided]]:
    drafts = [draft for _, draft, _ in taken]
    changes = [outcomes.change(draft.from_status, draft.to_status, row) for _, draft, row in taken]
    await _move_comments(conn, drafts)
    ids = await _log(conn, drafts)
    versions = await outcomes.publish_events(conn, changes)
    await outcomes.count_replies(conn, changes)
    await outcomes.update_review_queue(conn, drafts, ids)
    await nudges.follow(conn, drafts)
    await appeals.follow(conn, drafts, ids, appealed)
    await outcomes.fill_outbox(conn, drafts, ids)
    await followers.note(conn, drafts)
    return [
        (index, Decided(id_, draft, row["article_id"], version))
        for (index, draft, row), id_, version in zip(taken, ids, versions, strict=True)
    ]


async def _move_comments(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Set the statuses; publishing shows the newest revision, deleting takes the text away."""
    await conn.execute(
        """UPDATE comments c SET
               status = d.to_status,
               body = CASE WHEN d.to_status IN ('deleted', 'erased') THEN ''
                           WHEN d.to_status = 'published' THEN r.body ELSE c.body END,
               html = CASE WHEN d.to_status IN ('deleted', 'erased') THEN ''
                           WHEN d.to_status = 'published' THEN r.html ELSE c.html END,
               edited_at = CASE WHEN d.to_status = 'published' AND r.revision > 1 THEN r.created_at
                                ELSE c.edited_at END,
               shown_revision = CASE WHEN d.to_status = 'published' THEN c.revision ELSE c.shown_revision END,
               published_at = CASE WHEN d.to_status = 'published' THEN coalesce(c.published_at, now())
                                   ELSE c.published_at END
           FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS d(site_id, id, to_status)
           JOIN revisions r ON r.site_id = d.site_id AND r.comment_id = d.id
           WHERE c.site_id = d.site_id AND c.id = d.id AND r.revision = c.revision""",
        [draft.site_id for draft in drafts],
        [draft.comment_id for draft in drafts],
        [draft.to_status for draft in drafts],
    )


async def _log(conn: Connection, drafts: Sequence[Draft]) -> list[int]:
    """Append the decisions; returns their ids in the order of the drafts."""
    rows = await conn.fetch(
        """INSERT INTO decisions (site_id, comment_id, revision, from_status, to_status, actor, staff_id, reasons, note,
                                  policy_version, model, undoes, appeal_id, batch_id, handover_id,
                                  idempotency_key)
           SELECT d.site_id, d.comment_id, d.revision, d.from_status, d.to_status, d.actor, d.staff_id, d.reasons::jsonb,
                  d.note, d.policy_version, d.model, d.undoes, d.appeal_id, d.batch_id, d.handover_id,
                  d.idempotency_key
           FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                       $8::text[], $9::text[], $10::integer[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
                       $15::bigint[], $16::text[])
                AS d(site_id, comment_id, revision, from_status, to_status, actor, staff_id, reasons, note,
                     policy_version, model, undoes, appeal_id, batch_id, handover_id, idempotency_key)
           RETURNING site_id, comment_id, id""",
        [draft.site_id for draft in drafts],
        [draft.comment_id for draft in drafts],
        [draft.revision for draft in drafts],
        [draft.from_status for draft in drafts],
        [draft.to_status for draft in drafts],
        [draft.actor for draft in drafts],
        [draft.staff_id for draft in drafts],
        [dump_reasons(draft.reasons) for draft in drafts],
        [draft.note for draft in drafts],
        [draft.policy_version for draft in drafts],
        [draft.model for draft in drafts],
        [draft.undoes for draft in drafts],
        [draft.appeal_id for draft in drafts],
        [draft.batch_id for draft in drafts],
        [draft.handover_id for draft in drafts],
        [draft.idempotency_key for draft in drafts],
    )
    ids = {(row["site_id"], row["comment_id"]): row["id"] for row in rows}
    return [ids[draft.site_id, draft.comment_id] for draft in drafts]


@dataclass(frozen=True, slots=True)
class Latest:
    """The last decision on a comment."""

    id: int
    actor: Actor
    staff_id: int | None
    staff_name: str | None
    from_status: Status
    to_status: Status
    revision: int
    created_at: datetime


async def latest(conn: Connection, site_id: int, comment_id: int) -> Latest | None:
    """Who decided last on a comment, to tell whoever came second."""
    row = await conn.fetchrow(
        """SELECT d.id, d.actor, d.staff_id, s.name AS staff_name, d.from_status, d.to_status, d.revision, d.created_at
           FROM decisions d LEFT JOIN staff s ON s.id = d.staff_id
           WHERE d.site_id = $1 AND d.comment_id = $2 ORDER BY d.id DESC LIMIT 1""",
        site_id,
        comment_id,
    )
    if row is None:
        return None
    return Latest(
        id=row["id"],
        actor=Actor(row["actor"]),
        staff_id=row["staff_id"],
        staff_name=row["staff_name"],
        from_status=Status(row["from_status"]),
        to_status=Status(row["to_status"]),
        revision=row["revision"],
        created_at=row["created_at"],
    )


def tally(outcome: Sequence[Decided | Stale]) -> Counter[str]:
    """How many decisions led to each status, and how many were stale: for logs and metrics."""
    return Counter(str(o.draft.to_status) if isinstance(o, Decided) else "stale" for o in outcome)

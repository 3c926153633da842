"""The record of everything that staff did: read from the append-only logs themselves, so that no act can be missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson

from moderation.database import Connection

# Each log as rows of (at, source, id, staff_id, action, subject, detail); policies name their author as "staff:{id}".
_LOGS: Mapping[str, str] = {
    "decision": """
        SELECT d.created_at AS at, 'decision' AS source, d.id, d.staff_id,
               CASE WHEN d.appeal_id IS NOT NULL AND d.undoes IS NOT NULL THEN 'appeal.undo'
                    WHEN d.appeal_id IS NOT NULL AND (d.from_status = 'published') <> (d.to_status = 'published')
                    THEN 'appeal.overturn' WHEN d.appeal_id IS NOT NULL THEN 'appeal.uphold'
                    WHEN d.undoes IS NOT NULL THEN 'comment.undo' WHEN d.to_status = 'published' THEN 'comment.publish'
                    WHEN d.to_status = 'rejected' THEN 'comment.reject' ELSE 'comment.hold' END AS action,
               'comment:' || d.comment_id AS subject,
               jsonb_build_object('from', d.from_status, 'to', d.to_status, 'revision', d.revision,
                                  'reasons', jsonb_path_query_array(d.reasons, '$[*].code'), 'noted', d.note IS NOT NULL)
               || CASE WHEN d.appeal_id IS NULL THEN '{}' ELSE jsonb_build_object('appeal', d.appeal_id::text) END AS detail
        FROM decisions d WHERE d.site_id = $1 AND d.actor = 'staff'""",
    "handover": """
        SELECT h.created_at, 'handover', h.id, h.staff_id, 'comment.' || h.action, 'comment:' || h.comment_id,
               jsonb_strip_nulls(jsonb_build_object('to', h.to_status, 'revision', h.revision,
                                                    'reasons', jsonb_path_query_array(h.reasons, '$[*].code'),
                                                    'noted', h.words IS NOT NULL))
        FROM handovers h WHERE h.site_id = $1""",
    "batch": """
        SELECT b.created_at, 'batch', b.id, b.staff_id, 'comments.decide', 'batch:' || b.id,
               jsonb_strip_nulls(jsonb_build_object('action', b.action, 'reason', b.reason, 'total', b.total,
                                                    'decided', b.decided, 'skipped', b.skipped, 'band', b.band))
        FROM batches b WHERE b.site_id = $1 AND b.reader_id IS NULL""",
    "unbatch": """
        SELECT b.undone_at, 'unbatch', b.id, b.undone_by, 'comments.restore', 'batch:' || b.id,
               jsonb_build_object('decided', b.decided, 'taken_back', b.taken_back)
        FROM batches b WHERE b.site_id = $1 AND b.reader_id IS NULL AND b.undone_at IS NOT NULL""",
    "message": """
        SELECT m.created_at, 'message', m.id, m.staff_id,
               CASE WHEN m.author = 'note' THEN 'ticket.note' ELSE 'ticket.answer' END, 'ticket:' || t.reference, '{}'::jsonb
        FROM ticket_messages m JOIN tickets t ON t.site_id = $1 AND t.id = m.ticket_id
        WHERE m.site_id = $1 AND m.author IN ('staff', 'note')""",
    "step": """
        SELECT e.created_at, 'step', e.id, e.staff_id, 'ticket.move', 'ticket:' || t.reference,
               jsonb_build_object('from', e.from_state, 'to', e.to_state)
        FROM ticket_steps e JOIN tickets t ON t.site_id = $1 AND t.id = e.ticket_id
        WHERE e.site_id = $1 AND e.actor = 'staff'""",
    "note": """
        SELECT n.created_at, 'note', n.id, n.staff_id, 'reader.note', 'reader:' || n.reader_id, '{}'::jsonb
        FROM reader_notes n WHERE n.site_id = $1""",
    "sanction": """
        SELECT x.created_at, 'sanction', x.id, x.staff_id,
               CASE WHEN x.appeal_id IS NOT NULL AND x.undoes IS NOT NULL THEN 'appeal.undo'
                    WHEN x.appeal_id IS NOT NULL AND x.to_sanction = 'none' THEN 'appeal.overturn'
                    WHEN x.appeal_id IS NOT NULL THEN 'appeal.uphold' WHEN x.to_sanction = 'none' THEN 'reader.lift' ELSE 'reader.sanction' END, 'reader:' || x.reader_id,
               jsonb_build_object('from', x.from_sanction, 'to', x.to_sanction, 'until', x.until,
                                  'reasons', CASE WHEN x.reason IS NULL THEN '[]' ELSE jsonb_build_array(x.reason) END,
                                  'noted', x.note IS NOT NULL)
               || CASE WHEN x.appeal_id IS NULL THEN '{}' ELSE jsonb_build_object('appeal', x.appeal_id::text) END
        FROM sanctions x WHERE x.site_id = $1 AND x.actor = 'staff'""",
    # Readers' as well: whoever defends a decision has to know that it was appealed.
    "appeal": """
        SELECT a.created_at, 'appeal', a.id, a.opened_by, 'appeal.file',
               CASE WHEN a.comment_id IS NULL THEN 'reader:' || a.reader_id ELSE 'comment:' || a.comment_id END,
               jsonb_build_object('appeal', a.id::text, 'by', CASE WHEN a.opened_by IS NULL THEN 'reader' ELSE 'staff' END,
                                  'due', a.due_at)
        FROM appeals a WHERE a.site_id = $1""",
    "warning": """
        SELECT u.created_at, 'warning', u.id, u.staff_id, 'reader.warn', 'reader:' || u.reader_id,
               jsonb_build_object('reasons', jsonb_build_array(u.reason), 'noted', u.words IS NOT NULL)
        FROM warnings u WHERE u.site_id = $1""",
    "withdrawal": """
        SELECT u.withdrawn_at, 'withdrawal', u.id, u.withdrawn_by, 'reader.withdraw_warning', 'reader:' || u.reader_id,
               '{}'::jsonb
        FROM warnings u WHERE u.site_id = $1 AND u.withdrawn_at IS NOT NULL""",
    "sample": """
        SELECT l.judged_at, 'sample', l.id, l.judged_by, 'sample.judge', 'comment:' || l.comment_id,
               jsonb_build_object('verdict', l.verdict)
        FROM samples l WHERE l.site_id = $1 AND l.verdict IS NOT NULL""",
    "policy": """
        SELECT p.created_at, 'policy', p.version, substring(p.created_by FROM '^staff:([0-9]{1,18})$')::bigint,
               'policy.save', 'policy:' || p.version, jsonb_build_object('by', p.created_by, 'note', p.note)
        FROM policies p WHERE p.site_id = $1""",
    "distinction": """
        SELECT x.created_at, 'distinction', x.id, x.staff_id,
               CASE WHEN x.action = 'badge' THEN 'reader.badge' ELSE 'comment.' || x.action END,
               coalesce('comment:' || x.comment_id, 'reader:' || x.reader_id),
               CASE WHEN x.action = 'badge' THEN jsonb_build_object('badge', x.badge) ELSE '{}'::jsonb END
        FROM distinctions x WHERE x.site_id = $1""",
    "event": """
        SELECT e.created_at, 'event', e.id, e.staff_id, e.action,
               CASE WHEN e.action = 'article.mode' THEN 'article:' || (e.detail ->> 'id')
                    WHEN e.action LIKE 'reader.%' THEN 'reader:' || (e.detail ->> 'id')
                    ELSE 'staff:' || coalesce(e.detail ->> 'member', e.staff_id::text) END,
               e.detail
        FROM staff_events e WHERE e.site_id = $1""",
}


class Deed(StrEnum):
    """What an act was."""

    PUBLISH = "comment.publish"
    REJECT = "comment.reject"
    HOLD = "comment.hold"
    UNDO = "comment.undo"
    ESCALATE = "comment.escalate"
    DECIDE_MANY = "comments.decide"
    RESTORE_MANY = "comments.restore"
    HAND_BACK = "comment.hand_back"
    PROPOSE = "comment.propose"
    DISAGREE = "comment.disagree"
    HANDOVER_UNDO = "comment.withdraw"
    APPEAL = "appeal.file"
    OVERTURN = "appeal.overturn"
    UPHOLD = "appeal.uphold"
    APPEAL_UNDO = "appeal.undo"
    ANSWER = "ticket.answer"
    TICKET_NOTE = "ticket.note"
    MOVE = "ticket.move"
    READER_NOTE = "reader.note"
    SAMPLE = "sample.judge"
    POLICY = "policy.save"
    ARTICLE_MODE = "article.mode"
    SIGN_IN = "session.sign_in"
    SIGN_OUT = "session.sign_out"
    EXPORT = "record.export"
    SAVE_ANSWER = "answers.save"
    DELETE_ANSWER = "answers.delete"
    MEND = "fault.mend"
    PIN = "comment.pin"
    UNPIN = "comment.unpin"
    FEATURE = "comment.feature"
    UNFEATURE = "comment.unfeature"
    BADGE = "reader.badge"
    RESOLVE = "incident.resolve"
    REMOVE_COMMENTS = "reader.remove_comments"
    RESTORE_COMMENTS = "reader.restore_comments"
    WARN = "reader.warn"
    WITHDRAW = "reader.withdraw_warning"
    SANCTION = "reader.sanction"
    LIFT = "reader.lift"
    REVOKE = "session.revoke"
    PASSWORD = "account.password"  # noqa: S105 -- an act, not a secret
    RESET = "account.reset"
    TOTP_ON = "account.totp_on"
    TOTP_OFF = "account.totp_off"
    RECOVERY = "account.recovery_code"
    PASSKEY_ADD = "account.passkey_add"
    PASSKEY_REMOVE = "account.passkey_remove"
    INVITE = "staff.invite"
    UNINVITE = "staff.uninvite"
    JOIN = "staff.join"
    ROLE = "staff.role"
    DISABLE = "staff.disable"
    ENABLE = "staff.enable"
    REMOVE = "staff.remove"
    SEND_RESET = "staff.reset"
    PEOPLE_RULES = "site.people"


# Which log has it; `policy` and `event` have few rows, so they need no index by time.
_LOG_OF: Mapping[Deed, str] = {
    Deed.PUBLISH: "decision",
    Deed.REJECT: "decision",
    Deed.HOLD: "decision",
    Deed.UNDO: "decision",
    Deed.ESCALATE: "handover",
    Deed.DECIDE_MANY: "batch",
    Deed.RESTORE_MANY: "unbatch",
    Deed.HAND_BACK: "handover",
    Deed.PROPOSE: "handover",
    Deed.DISAGREE: "handover",
    Deed.HANDOVER_UNDO: "handover",
    Deed.APPEAL: "appeal",
    # On comments, and on sanctions.
    Deed.OVERTURN: "decision sanction",
    Deed.UPHOLD: "decision sanction",
    Deed.APPEAL_UNDO: "decision sanction",
    Deed.ANSWER: "message",
    Deed.TICKET_NOTE: "message",
    Deed.MOVE: "step",
    Deed.READER_NOTE: "note",
    Deed.SAMPLE: "sample",
    Deed.POLICY: "policy",
    Deed.ARTICLE_MODE: "event",
    Deed.SIGN_IN: "event",
    Deed.SIGN_OUT: "event",
    Deed.EXPORT: "event",
    Deed.SAVE_ANSWER: "event",
    Deed.DELETE_ANSWER: "event",
    Deed.MEND: "event",
    Deed.PIN: "distinction",
    Deed.UNPIN: "distinction",
    Deed.FEATURE: "distinction",
    Deed.UNFEATURE: "distinction",
    Deed.BADGE: "distinction",
    Deed.RESOLVE: "event",
    Deed.REMOVE_COMMENTS: "event",
    Deed.RESTORE_COMMENTS: "event",
    Deed.WARN: "warning",
    Deed.WITHDRAW: "withdrawal",
    Deed.SANCTION: "sanction",
    Deed.LIFT: "sanction",
    Deed.REVOKE: "event",
    Deed.PASSWORD: "event",
    Deed.RESET: "event",
    Deed.TOTP_ON: "event",
    Deed.TOTP_OFF: "event",
    Deed.RECOVERY: "event",
    Deed.PASSKEY_ADD: "event",
    Deed.PASSKEY_REMOVE: "event",
    Deed.INVITE: "event",
    Deed.UNINVITE: "event",
    Deed.JOIN: "event",
    Deed.ROLE: "event",
    Deed.DISABLE: "event",
    Deed.ENABLE: "event",
    Deed.REMOVE: "event",
    Deed.SEND_RESET: "event",
    Deed.PEOPLE_RULES: "event",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts: everything that is not None must hold. `since` and `until` are days in UTC, both included."""

    staff_id: int | None = None
    deed: Deed | None = None
    # As an act has it: comment:12, ticket:PX-7F3K-9Q2M, reader:3, policy:2, article:4.
    subject: str | None = None
    since: date | None = None
    until: date | None = None


Place = tuple[datetime, str, int]


@dataclass(frozen=True, slots=True)
class Act:
    """One act's JSON, and where it stands in the record: newest first."""

    place: Place
    json: dict[str, Any]


def record_query(wanted: Wanted, *, limit: int, after: Place | None) -> tuple[str, Sequence[object]]:
    """$1 is the site; the other values come with it. Each log gives a page of its own, and the newest of all are one."""
    values: list[object] = []
    conditions = ["true"]

    def add(condition: str, *given: object) -> None:
        numbers = range(len(values) + 2, len(values) + 2 + len(given))
        conditions.append(condition.format(*(f"${number}" for number in numbers)))
        values.extend(given)

    if wanted.staff_id is not None:
        add("staff_id = {}", wanted.staff_id)
    if wanted.deed is not None:
        add("action = {}", wanted.deed)
    if wanted.subject is not None:
        add("subject = {}", wanted.subject)
    if wanted.since is not None:
        add("at >= {}::date", wanted.since)
    if wanted.until is not None:
        add("at < {}::date + 1", wanted.until)
    if after is not None:
        # The first half bounds the walk of each log's index, the second finds the very place.
        add("at <= {} AND (at, source, id) < ({}, {}, {})", after[0], *after)
    logs = _LOG_OF[wanted.deed].split() if wanted.deed is not None else list(_LOGS)
    pages = [
        f"""(SELECT * FROM ({_LOGS[log]}) log (at, source, id, staff_id, action, subject, detail)
             WHERE {" AND ".join(conditions)} ORDER BY at DESC, id DESC LIMIT {limit:d})"""
        for log in logs
    ]
    text = f"""
        SELECT r.at, r.source, r.id, json_build_object(
            'id', r.source || ':' || r.id, 'at', r.at, 'action', r.action, 'subject', r.subject, 'detail', r.detail,
            'staff', CASE WHEN s.id IS NOT NULL THEN json_build_object('id', s.id::text, 'name', s.name) END)::text AS json
        FROM ({" UNION ALL ".join(pages)}) r LEFT JOIN staff s ON s.id = r.staff_id
        ORDER BY r.at DESC, r.source DESC, r.id DESC LIMIT {limit:d}"""
    return text, values


async def read_record(
    conn: Connection, site_id: int, wanted: Wanted, *, limit: int, after: Place | None = None
) -> list[Act]:
    """Up to `limit` acts, newest first, from after the place."""
    text, values = record_query(wanted, limit=limit, after=after)
    rows = await conn.fetch(text, site_id, *values)
    return [Act((row["at"], row["source"], row["id"]), orjson.loads(row["json"])) for row in rows]


async def note_everywhere(conn: Connection, staff_id: int, deed: Deed) -> None:
    """Put an act that belongs to no site into the record of every site that somebody has a role on."""
    await conn.execute(
        """INSERT INTO staff_events (site_id, staff_id, action)
           SELECT site_id, staff_id, $2 FROM staff_roles WHERE staff_id = $1""",
        staff_id,
        deed,
    )


async def note(conn: Connection, site_id: int, staff_id: int, deed: Deed, detail: Mapping[str, Any]) -> None:
    """Put an act that no other log has into a site's record."""
    await conn.execute(
        "INSERT INTO staff_events (site_id, staff_id, action, detail) VALUES ($1, $2, $3, $4)",
        site_id,
        staff_id,
        deed,
        dict(detail),
    )

"""The API's comment, built by Postgres: the one place that knows its JSON. Arguments are table aliases."""

from moderation.filing import last_decision
from service.store.appeals import own_appeal


def _author(w: str) -> str:
    return f"""json_build_object('id', {w}.id::text, 'name', {w}.name, 'avatar_url',
        CASE WHEN {w}.portrait IS NOT NULL THEN '/portraits/' || {w}.site_id || '/' || {w}.portrait END,
        'badges', CASE WHEN {w}.badge IS NULL THEN '[]'::json ELSE json_build_array({w}.badge) END)"""


def _fields(c: str, revision: str) -> str:
    return f"""
        'id', {c}.id::text, 'parent_id', {c}.parent_id::text, 'root_id', coalesce({c}.root_id, {c}.id)::text,
        'depth', {c}.depth, 'created_at', {c}.created_at,
        'votes', json_build_object('up', {c}.up, 'down', {c}.down),
        'reply_count', {c}.reply_count, 'revision', {c}.{revision},
        'pinned', {c}.pinned_at IS NOT NULL AND {c}.status = 'published',
        'featured', {c}.featured_at IS NOT NULL AND {c}.status = 'published'"""


def public_fields(c: str = "c", w: str = "w") -> str:
    """What everybody sees of a listed comment; one that is gone shows nothing of itself or its author."""
    return f"""
        'author', CASE WHEN {c}.status = 'published' THEN {_author(w)} END,
        'html', CASE WHEN {c}.status = 'published' THEN {c}.html END,
        'edited_at', CASE WHEN {c}.status = 'published' THEN {c}.edited_at END,
        'status', CASE WHEN {c}.status = 'published' THEN 'published'
                       WHEN {c}.status IN ('deleted', 'erased') THEN 'deleted' ELSE 'removed' END,
        {_fields(c, "shown_revision")}"""


def public_comment(c: str = "c", w: str = "w") -> str:
    """As `public_fields`, as an object."""
    return f"json_build_object({public_fields(c, w)})"


def own_comment(c: str = "c", w: str = "w", r: str = "r") -> str:
    """What its author sees: the newest text (revision `r`), the true status, the last decision's reasons and note, the
    appeal against it, or until when there may be one.

    The reasons come as stored, to be put into words by the caller.
    """
    last = (
        f"FROM decisions d WHERE d.site_id = {c}.site_id AND d.comment_id = {c}.id ORDER BY d.id DESC LIMIT 1"
    )
    return f"""json_build_object(
        'author', {_author(w)}, 'html', {r}.html, 'body', {r}.body, 'edited_at', {c}.edited_at,
        'status', {c}.status, {_fields(c, "revision")},
        'rephrase', {c}.nudge = 'asked' AND {c}.status = 'held' AND EXISTS (
            SELECT FROM queue q WHERE q.site_id = {c}.site_id AND q.comment_id = {c}.id AND q.lane = 'review'
            AND q.claimed_by IS NULL AND q.ready_at > now()),
        'reasons', coalesce((SELECT d.reasons {last}), '[]'), 'note', (SELECT d.note {last}),
        'appeal', CASE WHEN {c}.status <> 'pending' THEN {own_appeal(c)} END,
        'appeal_until', CASE WHEN {c}.status IN ('held', 'rejected')
                        THEN (SELECT d.until FROM (SELECT) one {last_decision(c)}) END)"""

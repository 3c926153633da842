"""All that is held about a reader: to be given to them, or taken away."""

from typing import Any

import orjson

from moderation.database import Connection

# What a reader is called when they were erased; no page shows it, since nothing of theirs is up.
ERASED_NAME = "(erased)"

# The lists of an export: what each is called, and the query that gives it ($1 the site, $2 the reader).
_LISTS = {
    "comments": """SELECT c.id::text, a.key AS article, c.parent_id::text, c.status, r.revision, r.body, c.created_at,
                          r.created_at AS written_at, c.published_at, c.up, c.down
                   FROM comments c JOIN articles a ON a.site_id = $1 AND a.id = c.article_id
                   JOIN revisions r ON r.site_id = $1 AND r.comment_id = c.id
                   WHERE c.site_id = $1 AND c.reader_id = $2 ORDER BY c.id, r.revision""",
    "decisions": """SELECT d.comment_id::text, d.revision, d.from_status, d.to_status, d.actor, d.reasons, d.note, d.created_at
                    FROM decisions d JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id
                    WHERE d.site_id = $1 AND c.reader_id = $2 ORDER BY d.id""",
    "scores": """SELECT s.comment_id::text, s.revision, s.model, s.labels, s.created_at
                 FROM scores s JOIN comments c ON c.site_id = $1 AND c.id = s.comment_id
                 WHERE s.site_id = $1 AND c.reader_id = $2 ORDER BY s.comment_id, s.revision""",
    "votes": "SELECT comment_id::text, value, created_at FROM votes WHERE site_id = $1 AND reader_id = $2 ORDER BY comment_id",
    "reports": """SELECT comment_id::text, reason, detail, created_at FROM reports
                  WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "sanctions": """SELECT from_sanction, to_sanction, until, reason, note, created_at FROM sanctions
                    WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "warnings": """SELECT reason, words, created_at, acknowledged_at, withdrawn_at FROM warnings
                   WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "appeals": """SELECT comment_id::text, body, state, created_at, decided_at FROM appeals
                  WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "notes_by_staff": """SELECT body, created_at FROM reader_notes WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "sessions": """SELECT created_at, rotated_at AS last_used_at, expires_at FROM sessions
                   WHERE site_id = $1 AND reader_id = $2 ORDER BY id""",
    "marks": """SELECT kind, mark, seen_at FROM reader_marks WHERE site_id = $1 AND reader_id = $2 ORDER BY kind, mark""",
    "mutes": "SELECT muted_id::text, created_at FROM mutes WHERE site_id = $1 AND reader_id = $2 ORDER BY created_at",
    "mailboxes": """SELECT email, replies, asked_at, confirmed_at FROM mailboxes
                    WHERE site_id = $1 AND reader_id = $2""",
    "follows": """SELECT a.key AS article, f.created_at FROM follows f
                  JOIN articles a ON a.site_id = $1 AND a.id = f.article_id
                  WHERE f.site_id = $1 AND f.reader_id = $2 ORDER BY f.created_at""",
    "tickets": """SELECT t.reference, t.category, t.state, t.message, t.email, t.diagnostics, t.created_at FROM tickets t
                  WHERE t.site_id = $1 AND t.reader_id = $2 ORDER BY t.id""",
    "ticket_messages": """SELECT t.reference, m.author, m.body, m.created_at FROM ticket_messages m
                          JOIN tickets t ON t.site_id = $1 AND t.id = m.ticket_id
                          WHERE m.site_id = $1 AND t.reader_id = $2 AND m.author <> 'note' ORDER BY m.id""",
}


async def export(conn: Connection, site_id: int, reader_id: int) -> dict[str, Any]:
    """Everything held about a reader: `reader`, and a list of each kind."""
    account = await conn.fetchval(
        """SELECT to_json(w)::text FROM (SELECT id::text, external_id, name, email, avatar_url, portrait, badge, sanction,
               sanctioned_until, created_at, erased_at FROM readers WHERE site_id = $1 AND id = $2) w""",
        site_id,
        reader_id,
    )
    document: dict[str, Any] = {"reader": orjson.loads(account)}
    for name, query in _LISTS.items():
        rows = await conn.fetchval(
            f"SELECT coalesce(json_agg(l), '[]')::text FROM ({query}) l", site_id, reader_id
        )
        document[name] = orjson.loads(rows)
    return document


async def standing(
    conn: Connection, site_id: int, reader_id: int, *, limit: int
) -> list[tuple[int, int, str]]:
    """Up to `limit` comments that are still to be erased: id, revision, status."""
    rows = await conn.fetch(
        """SELECT id, revision, status FROM comments WHERE site_id = $1 AND reader_id = $2 AND status <> 'erased'
           ORDER BY id LIMIT $3""",
        site_id,
        reader_id,
        limit,
    )
    return [(row["id"], row["revision"], row["status"]) for row in rows]


# What is taken away, in this order. What is left says nothing of anybody: decisions, votes and reports keep a number that
# leads to an account without a name.
_TAKEN = (
    """UPDATE revisions r SET body = '', html = '' FROM comments c
       WHERE r.site_id = $1 AND c.site_id = $1 AND c.id = r.comment_id AND c.reader_id = $2 AND r.body <> ''""",
    """UPDATE scores s SET words = NULL FROM comments c
       WHERE s.site_id = $1 AND c.site_id = $1 AND c.id = s.comment_id AND c.reader_id = $2 AND s.words IS NOT NULL""",
    """DELETE FROM outbox WHERE site_id = $1 AND webhook_id IS NULL AND payload ->> 'email' IN (
           SELECT email FROM readers WHERE site_id = $1 AND id = $2
           UNION SELECT email FROM mailboxes WHERE site_id = $1 AND reader_id = $2)""",
    "UPDATE reports SET detail = NULL WHERE site_id = $1 AND reader_id = $2",
    "UPDATE appeals SET body = '' WHERE site_id = $1 AND reader_id = $2 AND body IS NOT NULL",
    """UPDATE ticket_messages m SET body = '' FROM tickets t
       WHERE m.site_id = $1 AND t.site_id = $1 AND t.id = m.ticket_id AND t.reader_id = $2""",
    """UPDATE tickets SET message = '', email = NULL, client_hash = NULL, diagnostics = '{}', reader_id = NULL
       WHERE site_id = $1 AND reader_id = $2""",
    "DELETE FROM reader_notes WHERE site_id = $1 AND reader_id = $2",
    "DELETE FROM reader_marks WHERE site_id = $1 AND reader_id = $2 AND kind <> 'account'",
    "DELETE FROM mutes WHERE site_id = $1 AND (reader_id = $2 OR muted_id = $2)",
    "DELETE FROM mailboxes WHERE site_id = $1 AND reader_id = $2",
    "DELETE FROM follows WHERE site_id = $1 AND reader_id = $2",
    "DELETE FROM portraits WHERE site_id = $1 AND reader_id = $2",
    "DELETE FROM sign_ins WHERE site_id = $1 AND (reader_id = $2 OR guest_id = $2)",
    "DELETE FROM account_links WHERE site_id = $1 AND reader_id = $2",
    "DELETE FROM sessions WHERE site_id = $1 AND reader_id = $2",
)


async def take_away(conn: Connection, site_id: int, reader_id: int) -> None:
    """Take away all that says who a reader was, or that they wrote; in the caller's transaction."""
    for statement in _TAKEN:
        await conn.execute(statement, site_id, reader_id)
    await conn.execute(
        """UPDATE readers SET name = $3, name_skeleton = '', external_id = NULL, email = NULL, avatar_url = NULL,
               portrait = NULL, badge = NULL, idempotency_key = NULL, erased_at = now()
           WHERE site_id = $1 AND id = $2""",
        site_id,
        reader_id,
        ERASED_NAME,
    )


async def add_link(conn: Connection, site_id: int, reader_id: int, token_hash: bytes) -> None:
    """A link to the account's page, good once within five minutes."""
    await conn.execute(
        """INSERT INTO account_links (site_id, token_hash, reader_id, expires_at)
           VALUES ($1, $2, $3, now() + interval '5 minutes')""",
        site_id,
        token_hash,
        reader_id,
    )


async def use_link(conn: Connection, site_id: int, token_hash: bytes) -> int | None:
    """Use a link up: whose it is, or None if it is not good."""
    reader_id: int | None = await conn.fetchval(
        """UPDATE account_links SET used_at = now() WHERE site_id = $1 AND token_hash = $2 AND used_at IS NULL
           AND expires_at > now() RETURNING reader_id""",
        site_id,
        token_hash,
    )
    return reader_id

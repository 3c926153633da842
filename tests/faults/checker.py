"""Holds a history against the database: what was acknowledged is there, once, and the books balance."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from moderation.database import Connection
from tests.faults.history import History, Outcome


async def violations(conn: Connection, history: History) -> list[str]:
    """Everything that must hold and does not, each as "rule: what"; empty when all is well."""
    return [
        *await _writes(conn, history),
        *await _statuses(conn),
        *await _events(conn),
        *await _counters(conn),
        *await _waiting(conn),
    ]


async def _writes(conn: Connection, history: History) -> list[str]:
    # Taken before looking: writers may be at work, and what they are told meanwhile may not be seen.
    acknowledged, refused = list(history.of(Outcome.OK)), list(history.of(Outcome.FAIL))
    rows = await conn.fetch(
        """SELECT c.id, c.reader_id, c.idempotency_key AS key, r.body FROM comments c
           LEFT JOIN revisions r ON r.site_id = c.site_id AND r.comment_id = c.id AND r.revision = 1
           WHERE c.idempotency_key IS NOT NULL"""
    )
    stored = {row["key"]: (row["id"], row["reader_id"], row["body"]) for row in rows}
    times = Counter(row["key"] for row in rows)
    found = [f"twice: key {key} made {count} comments" for key, count in times.items() if count > 1]
    invoked = {write.key for write in history.writes}
    found += [f"nobody's: key {key} was never sent" for key in stored if key not in invoked]
    for write in acknowledged:
        if len(set(write.ids)) > 1:
            found.append(f"twice: key {write.key} was answered by {sorted(set(write.ids))}")
        if stored.get(write.key) != (write.ids[-1], write.reader_id, write.body):
            found.append(f"lost: comment {write.ids[-1]} was acknowledged, key {write.key}")
    found += [f"refused but stored: key {write.key}" for write in refused if write.key in stored]
    return found


async def _statuses(conn: Connection) -> list[str]:
    """Every change of status has its decision row: the log, followed from `pending`, leads to what stands."""
    rows = await conn.fetch("SELECT site_id, comment_id, from_status, to_status FROM decisions ORDER BY id")
    standing: dict[tuple[int, int], str] = defaultdict(lambda: "pending")
    found = []
    for row in rows:
        comment = (row["site_id"], row["comment_id"])
        if standing[comment] != row["from_status"]:
            found.append(f"log: comment {comment} went from {row['from_status']} while {standing[comment]}")
        standing[comment] = row["to_status"]
    for row in await conn.fetch("SELECT site_id, id, status FROM comments"):
        logged = standing[row["site_id"], row["id"]]
        if logged != row["status"]:
            found.append(f"log: comment {row['id']} is {row['status']}, its decisions say {logged}")
    return found


async def _events(conn: Connection) -> list[str]:
    """An article's events are numbered 1 to its version, and comments appear in the order of the decisions."""
    rows = await conn.fetch(
        """SELECT a.id, a.version,
                  ARRAY(SELECT e.seq FROM events e WHERE e.site_id = a.site_id AND e.article_id = a.id
                        ORDER BY e.seq) AS seqs,
                  ARRAY(SELECT e.comment_id FROM events e WHERE e.site_id = a.site_id AND e.article_id = a.id
                        AND e.type = 'published' ORDER BY e.seq) AS told,
                  ARRAY(SELECT d.comment_id FROM decisions d
                        JOIN comments c ON c.site_id = d.site_id AND c.id = d.comment_id
                        WHERE c.site_id = a.site_id AND c.article_id = a.id
                        AND d.to_status = 'published' AND d.from_status <> 'published' ORDER BY d.id) AS decided
           FROM articles a"""
    )
    return [complaint for row in rows for complaint in _of_article(row["id"], row)]


def _of_article(article: int, row: dict[str, list[int]]) -> Iterator[str]:
    if row["seqs"] != list(range(1, row["version"] + 1)):
        yield f"events: article {article} at version {row['version']} has {len(row['seqs'])} with a gap"
    if row["told"] != row["decided"]:
        yield f"events: article {article} tells of comments in another order than they were published"


# Each gives the rows that differ from a recount.
_RECOUNTS = {
    "comment_count": """
        SELECT a.id FROM articles a WHERE a.comment_count <> (
            SELECT count(*) FROM comments c
            WHERE c.site_id = a.site_id AND c.article_id = a.id AND c.status = 'published')""",
    "reply_count": """
        WITH counted AS (
            SELECT site_id, ancestor, count(*) AS below
            FROM comments CROSS JOIN LATERAL unnest(ancestors) AS ancestor
            WHERE status = 'published' GROUP BY site_id, ancestor)
        SELECT c.id FROM comments c LEFT JOIN counted n ON n.site_id = c.site_id AND n.ancestor = c.id
        WHERE c.reply_count <> coalesce(n.below, 0)""",
    "votes": """
        SELECT c.id FROM comments c LEFT JOIN (
            SELECT site_id, comment_id, count(*) FILTER (WHERE value = 1) AS up,
                   count(*) FILTER (WHERE value = -1) AS down
            FROM votes GROUP BY site_id, comment_id) v ON v.site_id = c.site_id AND v.comment_id = c.id
        WHERE (c.up, c.down) <> (coalesce(v.up, 0), coalesce(v.down, 0))""",
}


async def _counters(conn: Connection) -> list[str]:
    return [
        f"counter: {name} of {row['id']} differs from a recount"
        for name, query in _RECOUNTS.items()
        for row in await conn.fetch(query)
    ]


async def _waiting(conn: Connection) -> list[str]:
    """Nothing is forgotten: what is pending waits for a classifier, what is held waits for people."""
    rows = await conn.fetch(
        """SELECT c.id, c.status FROM comments c WHERE c.status IN ('pending', 'held') AND NOT EXISTS (
               SELECT FROM queue q WHERE q.site_id = c.site_id AND q.comment_id = c.id
               AND q.lane = CASE c.status WHEN 'pending' THEN 'score' ELSE 'review' END)"""
    )
    return [f"forgotten: comment {row['id']} is {row['status']} and nobody's to judge" for row in rows]

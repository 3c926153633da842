"""What makes one item more urgent than another: severity x reach x reporters x age.

- severity: the queue's `priority`, ten times the worst score; 5 where nothing is known;
- reach: 1, and 1 more for every tenfold of published comments, votes and replies around it; twice that while it is up;
- reporters: 1, and up to 2 more for each open report, by how often that reader's last hundred reports were upheld
  (half of them, as long as nothing is known); 10 at most;
- age: doubles the product every DOUBLES_EVERY_H hours, so that nothing waits for ever.

The database keeps the product as one number that does not change with time (`queue.urgency`, see schema.sql).
"""

from collections.abc import Iterable

from moderation.database import Connection

DOUBLES_EVERY_H = 6
# What is known of a reporter, and the reports that count: bounds on what one more report may cost.
RECORD = 100
_REPORTS = 20

# A lateral join that counts the last settled reports of the reader of report p, and those that were right.
REPORTER = f"""CROSS JOIN LATERAL (
    SELECT count(*) AS settled, count(*) FILTER (WHERE d.to_status = 'rejected') AS upheld
    FROM (SELECT settled_by FROM reports WHERE site_id = p.site_id AND reader_id = p.reader_id AND settled_by IS NOT NULL
          ORDER BY id DESC LIMIT {RECORD}) s
    JOIN decisions d ON d.site_id = p.site_id AND d.id = s.settled_by) reporter"""

_RANK = f"""
    UPDATE queue q SET
        reach = (1 + log(1 + a.comment_count + c.reply_count + c.up + c.down))
                * CASE WHEN c.status = 'published' THEN 2 ELSE 1 END,
        reporters = least(10, 1 + coalesce(heard.weight, 0))
    FROM unnest($1::bigint[], $2::bigint[]) AS asked(site_id, id)
    JOIN comments c ON c.site_id = asked.site_id AND c.id = asked.id
    JOIN articles a ON a.site_id = c.site_id AND a.id = c.article_id
    CROSS JOIN LATERAL (
        SELECT sum(2.0 * (reporter.upheld + 1) / (reporter.settled + 2)) AS weight
        FROM (SELECT site_id, reader_id FROM reports WHERE site_id = c.site_id AND comment_id = c.id
              AND settled_by IS NULL ORDER BY id DESC LIMIT {_REPORTS}) p {REPORTER}) heard
    WHERE q.site_id = c.site_id AND q.comment_id = c.id AND q.lane = 'review'"""


async def rank(conn: Connection, comments: Iterable[tuple[int, int]]) -> None:
    """Weigh the items of these comments (site id, comment id) anew, in the caller's transaction."""
    sites, ids = zip(*comments, strict=True)
    await conn.execute(_RANK, sites, ids)

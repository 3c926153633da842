"""Articles as staff deal with them."""

from typing import Any

import orjson

from moderation.database import Connection

_ARTICLE = """json_build_object('key', key, 'title', title, 'url', url, 'mode', mode,
                                'comment_count', comment_count)::text"""


async def read_article(conn: Connection, site_id: int, key: str) -> dict[str, Any] | None:
    """An article's `key`, `title`, `url`, `mode` and `comment_count`; None if nobody has come to it yet."""
    text = await conn.fetchval(
        f"SELECT {_ARTICLE} FROM articles WHERE site_id = $1 AND key = $2", site_id, key
    )
    return orjson.loads(text) if text else None


async def set_mode(conn: Connection, site_id: int, key: str, mode: str) -> tuple[int, str] | None:
    """Set an article's mode, in the caller's transaction; gives its id and the mode before, None if there is no such."""
    row = await conn.fetchrow(
        """UPDATE articles a SET mode = $3 FROM (
               SELECT id, mode FROM articles WHERE site_id = $1 AND key = $2 FOR NO KEY UPDATE) was
           WHERE a.site_id = $1 AND a.id = was.id RETURNING a.id, was.mode AS before""",
        site_id,
        key,
        mode,
    )
    return (row["id"], row["before"]) if row else None

"""What classifiers said, as it is kept: by revision and model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from moderation.database import Connection


@dataclass(frozen=True, slots=True)
class Scored:
    """One revision's probabilities by label."""

    site_id: int
    comment_id: int
    revision: int
    labels: Mapping[str, float]


async def save(conn: Connection, model: str, scored: Sequence[Scored]) -> None:
    """Keep scores that judged; what a shadow had said of the same text before counts from now on."""
    await conn.execute(
        f"{_INSERT} ON CONFLICT ON CONSTRAINT scores_pkey DO UPDATE SET labels = excluded.labels, shadow = false",
        *_columns(model, scored, shadow=False),
    )


async def save_shadow(conn: Connection, model: str, scored: Sequence[Scored]) -> None:
    """Keep scores that judge nothing; a score that does is left alone, and what was erased meanwhile has none."""
    await conn.execute(
        f"{_INSERT} ON CONFLICT ON CONSTRAINT scores_pkey DO NOTHING", *_columns(model, scored, shadow=True)
    )


_INSERT = """
    INSERT INTO scores (site_id, comment_id, revision, model, labels, shadow)
    SELECT d.site_id, d.comment_id, d.revision, $1, d.labels::jsonb, $2
    FROM unnest($3::bigint[], $4::bigint[], $5::integer[], $6::text[]) AS d(site_id, comment_id, revision, labels)
    JOIN revisions r ON r.site_id = d.site_id AND r.comment_id = d.comment_id AND r.revision = d.revision"""


def _columns(model: str, scored: Sequence[Scored], *, shadow: bool) -> tuple[object, ...]:
    return (
        model,
        shadow,
        [one.site_id for one in scored],
        [one.comment_id for one in scored],
        [one.revision for one in scored],
        [
            orjson.dumps({label: round(value, 4) for label, value in one.labels.items()}).decode()
            for one in scored
        ],
    )

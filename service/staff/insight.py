"""How the work goes, to be looked at and taken away."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from moderation.statuses import Status
from service import exporting
from service.endpoint import answer
from service.keys import POOL
from service.parsing import In, Out
from service.sites import Site
from service.staff.overview import read_counts
from service.staff.queue_shapes import CountsOut
from service.staff.shapes import ArticleOut
from service.store import insight as store

_ARTICLES = 20
_COLUMNS = ("at", "inbound", "held", "rejected", "decided", "median_s", "p95_s")


class InsightQuery(In):
    """How many days back."""

    days: Annotated[int, Field(ge=1, le=31)] = 1


class HourOut(Out):
    """An hour (UTC): comments that came in, those that the machine held and rejected, what people decided and how soon."""

    at: datetime
    inbound: int
    held: int
    rejected: int
    decided: int
    median_s: float | None
    p95_s: float | None


class BusyArticleOut(ArticleOut):
    """An article in that time."""

    inbound: int
    held: int
    decided: int


class NudgedOut(Out):
    """Comments whose authors were asked about their tone, by what they did and what became of the comment; no text is kept
    of what was put differently.
    """

    answer: Literal["asked", "rephrased", "sent"]
    status: Status
    comments: int


class InsightOut(Out):
    """How the work goes: `automatic` is the share of what came in that no person had to look at."""

    counts: CountsOut
    inbound: int
    automatic: float | None
    decided: int
    median_s: float | None
    p95_s: float | None
    hours: list[HourOut]
    articles: list[BusyArticleOut]
    nudges: list[NudgedOut]


async def get_insight(request: web.Request, site: Site, query: InsightQuery) -> web.Response:
    """What came in, what was decided and how soon, by hour and by article."""
    async with request.app[POOL].acquire() as conn:
        found = await store.read_insight(conn, site.id, _since(query), articles=_ARTICLES)
        counts = await read_counts(conn, site.id)
    inbound = sum(hour["inbound"] for hour in found.hours)
    held = sum(hour["held"] for hour in found.hours)
    return answer(
        InsightOut(
            counts=counts,
            inbound=inbound,
            automatic=max(0.0, 1 - held / inbound) if inbound else None,
            decided=found.decided,
            median_s=found.median_s,
            p95_s=found.p95_s,
            hours=[HourOut.model_validate(hour) for hour in found.hours],
            articles=[BusyArticleOut.model_validate(article) for article in found.articles],
            nudges=[NudgedOut.model_validate(row) for row in found.nudges],
        )
    )


async def export_insight(request: web.Request, site: Site, query: InsightQuery) -> web.StreamResponse:
    """The hours as a file."""

    async def pages() -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        async with request.app[POOL].acquire() as conn:
            found = await store.read_insight(conn, site.id, _since(query), articles=0)
        yield [{**hour, "at": hour["at"].isoformat()} for hour in found.hours]

    return await exporting.send(request, f"{site.key}-insight", "csv", _COLUMNS, pages())


def _since(query: InsightQuery) -> datetime:
    return datetime.now(UTC) - timedelta(days=query.days)

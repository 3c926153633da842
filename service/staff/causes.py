"""Tickets by cause over time, to be looked at and taken away."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from service import exporting
from service.endpoint import answer
from service.keys import POOL
from service.parsing import In, Out
from service.sites import Site
from service.store import causes as store

# Up to so many days are told hour by hour.
_HOURLY_DAYS = 3
_COLUMNS = ("at", "cause", "tickets")


class CausesQuery(In):
    """How many days back."""

    days: Annotated[int, Field(ge=1, le=90)] = 7


class StepOut(Out):
    """An hour or a day (UTC): how many tickets came, by cause."""

    at: datetime
    tickets: dict[str, int]


class CausesOut(Out):
    """Tickets by cause: `causes` with most first, over all; none is for those whose cause is not known."""

    step: Literal["hour", "day"]
    causes: dict[str, int]
    steps: list[StepOut]


async def get_causes(request: web.Request, site: Site, query: CausesQuery) -> web.Response:
    """Tickets by cause, hour by hour or day by day."""
    rows = await _read(request, site, query)
    steps: dict[datetime, dict[str, int]] = {}
    sums: Counter[str] = Counter()
    for row in rows:
        counts = steps.setdefault(row["at"], {})
        if row["cause"] is not None:
            counts[row["cause"]] = row["tickets"]
            sums[row["cause"]] += row["tickets"]
    return answer(
        CausesOut(
            step=_step(query),
            causes=dict(sums.most_common()),
            steps=[StepOut(at=at, tickets=counts) for at, counts in steps.items()],
        )
    )


async def export_causes(request: web.Request, site: Site, query: CausesQuery) -> web.StreamResponse:
    """The same as a file: a row for each hour or day and cause."""

    async def pages() -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        rows = await _read(request, site, query)
        yield [{**row, "at": row["at"].isoformat()} for row in rows if row["cause"] is not None]

    return await exporting.send(request, f"{site.key}-causes", "csv", _COLUMNS, pages())


async def _read(request: web.Request, site: Site, query: CausesQuery) -> Sequence[dict[str, Any]]:
    since = datetime.now(UTC) - timedelta(days=query.days)
    async with request.app[POOL].acquire() as conn:
        return await store.by_cause(conn, site.id, since, _step(query))


def _step(query: CausesQuery) -> Literal["hour", "day"]:
    return "hour" if query.days <= _HOURLY_DAYS else "day"

"""The record: everything that staff did, searched or taken away as a file, and the statements of reasons."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from service import exporting
from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.problems import Problem
from service.sites import Site
from service.staff.record_shapes import (
    ActOut,
    ActsWanted,
    RecordExportQuery,
    RecordOut,
    RecordQuery,
    StatementsQuery,
)
from service.statement import statement
from service.store import record as store
from service.store.record import Act, Deed, Place, Wanted
from service.store.statements import read_restrictions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ACT_COLUMNS = ("id", "at", "staff_id", "staff", "action", "subject", "detail")
_STATEMENT_COLUMNS = (
    "puid",
    "decision_visibility",
    "decision_ground",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "incompatible_content_illegal",
    "content_type",
    "category",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
)


async def list_acts(request: web.Request, site: Site, query: RecordQuery) -> web.Response:
    """What staff did, newest first."""
    after = _place(query.cursor)
    async with request.app[POOL].acquire() as conn:
        acts = await store.read_record(conn, site.id, _wanted(query), limit=query.limit + 1, after=after)
    shown = acts[: query.limit]
    cursor = _cursor(shown[-1]) if len(acts) > query.limit else None
    link = {"Link": f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'} if cursor else {}
    items = [ActOut.model_validate(act.json) for act in shown]
    return answer(RecordOut(items=items, next=cursor), headers=link)


async def export_acts(
    request: web.Request, site: Site, staff: Staff, query: RecordExportQuery
) -> web.StreamResponse:
    """The record as a file, newest first. Taking it away is an act of its own."""
    asked = query.model_dump(mode="json", exclude_none=True)
    await store.note(request.app[POOL], site.id, staff.id, Deed.EXPORT, {"of": "record", **asked})
    pages = _acts(request, site, _wanted(query))
    return await exporting.send(request, f"{site.key}-record", query.format, _ACT_COLUMNS, pages)


async def _acts(
    request: web.Request, site: Site, wanted: Wanted
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    after: Place | None = None
    while True:
        async with request.app[POOL].acquire() as conn:
            acts = await store.read_record(conn, site.id, wanted, limit=exporting.PAGE, after=after)
        if acts:
            yield [_flat(act.json) for act in acts]
        if len(acts) < exporting.PAGE:
            return
        after = acts[-1].place


def _flat(act: Mapping[str, Any]) -> dict[str, Any]:
    who = act["staff"] or {"id": None, "name": None}
    return {**act, "staff_id": who["id"], "staff": who["name"]}


async def export_statements(
    request: web.Request, site: Site, staff: Staff, query: StatementsQuery
) -> web.StreamResponse:
    """A statement of reasons for each restriction, oldest first, in the shape of the EU's database."""
    asked = query.model_dump(mode="json")
    await store.note(request.app[POOL], site.id, staff.id, Deed.EXPORT, {"of": "statements", **asked})
    pages = _statements(request, site, query)
    return await exporting.send(request, f"{site.key}-statements", query.format, _STATEMENT_COLUMNS, pages)


async def _statements(
    request: web.Request, site: Site, query: StatementsQuery
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    after = (_EPOCH, 0)
    while True:
        async with request.app[POOL].acquire() as conn:
            found = await read_restrictions(
                conn, site.id, since=query.since, until=query.until, after=after, limit=exporting.PAGE
            )
        if found:
            yield [statement(one) for one in found]
        if len(found) < exporting.PAGE:
            return
        after = (found[-1].at, found[-1].id)


def _wanted(query: ActsWanted) -> Wanted:
    return Wanted(
        staff_id=int(query.staff) if query.staff else None,
        deed=query.action,
        subject=query.subject,
        since=query.since,
        until=query.until,
    )


def _cursor(act: Act) -> str:
    at, source, id_ = act.place
    return f"{(at - _EPOCH) // _MICROSECOND}.{source}.{id_}"


def _place(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    try:
        at, source, id_ = cursor.split(".")
        return _EPOCH + int(at) * _MICROSECOND, source, int(id_)
    except (ValueError, OverflowError):
        raise Problem("malformed", "The cursor is not one that this list gave.") from None

"""Incidents: what is broken for many readers at once, and telling all of them when it is over."""

from aiohttp import web

from service import cursors
from service.auth import Staff
from service.endpoint import answer
from service.help import mail
from service.keys import NOTIFIER, POOL
from service.problems import Problem
from service.sites import Site
from service.staff.incident_shapes import IncidentOut, IncidentsOut, IncidentsQuery, ResolutionIn
from service.store import incidents, record
from service.store.record import Deed


async def list_incidents(request: web.Request, site: Site, query: IncidentsQuery) -> web.Response:
    """Incidents, newest first: those that are open, or all of them."""
    place = cursors.decode(query.cursor, 1)
    async with request.app[POOL].acquire() as conn:
        rows = await incidents.list_incidents(
            conn,
            site.id,
            only_open=query.state == "open",
            before=place[0] if place else None,
            limit=query.limit + 1,
        )
    shown = rows[: query.limit]
    cursor = cursors.encode(int(shown[-1]["id"])) if len(rows) > query.limit else None
    return answer(IncidentsOut(items=[IncidentOut.model_validate(row) for row in shown], next=cursor))


async def resolve(
    request: web.Request, site: Site, staff: Staff, id: int, body: ResolutionIn
) -> web.Response:
    """End an incident, once; whoever is linked to it is answered, or their tickets go back to the inbox."""
    app = request.app
    async with app[POOL].acquire() as conn:
        async with conn.transaction():
            answered = await incidents.resolve(conn, site.id, id, staff_id=staff.id, answer=body.answer)
            if answered is not None:
                await record.note(conn, site.id, staff.id, Deed.RESOLVE, {"id": str(id)})
            for ticket in answered or ():
                if ticket.message_id is not None:
                    await mail.owe(
                        app, conn, site.id, ticket.ticket_id, ticket.email, "answer", ticket.message_id
                    )
        document = await incidents.read(conn, site.id, id)
    if document is None:
        raise Problem("not_found", "There is no such incident.")
    if answered is None and document["answer"] != body.answer:
        raise Problem("stale", "The incident was ended before, in another way.")
    app[NOTIFIER].staff(site.id, "incident.changed", by=str(staff.id))
    app[NOTIFIER].staff(site.id, "ticket.changed", by=str(staff.id))
    return answer(IncidentOut.model_validate(document))

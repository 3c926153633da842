"""Votes, reports, muting."""

from aiohttp import web

from service.auth import Reader
from service.endpoint import answer, empty
from service.keys import NOTIFIER, POOL
from service.problems import Problem
from service.reader.shapes import OwnVoteOut, ReportedOut, ReportIn, VoteIn, VotesOut
from service.sites import Site
from service.store import participation


async def put_vote(request: web.Request, site: Site, reader: Reader, id: int, body: VoteIn) -> web.Response:
    """Vote on a comment, or change one's vote."""
    if site.voting == "off" or (site.voting == "up" and body.value < 0):
        raise Problem("forbidden", "This site does not take such votes.")
    return await _vote(request, site, reader, id, body.value)


async def delete_vote(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Withdraw one's vote."""
    return await _vote(request, site, reader, id, None)


async def _vote(
    request: web.Request, site: Site, reader: Reader, comment_id: int, value: int | None
) -> web.Response:
    async with request.app[POOL].acquire() as conn, conn.transaction():
        votes = await participation.vote(conn, site.id, comment_id, reader.id, value)
    if votes is None:
        raise Problem("not_found", "There is no such comment to vote on.")
    return answer(OwnVoteOut(votes=VotesOut(up=votes.up, down=votes.down), own=votes.own))


async def report(request: web.Request, site: Site, reader: Reader, id: int, body: ReportIn) -> web.Response:
    """Flag a comment for the moderators."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        report_id = await participation.report(
            conn, site.id, id, reader.id, reason=body.reason, detail=body.detail
        )
    if report_id is None:
        raise Problem("not_found", "There is no such comment to report.")
    request.app[NOTIFIER].staff(site.id, "item.added", id)
    return answer(ReportedOut(id=str(report_id)), status=201)


async def list_mutes(request: web.Request, site: Site, reader: Reader) -> web.Response:
    """Whose comments the caller does not want to read, the newest first."""
    return answer({"muted": await participation.mutes(request.app[POOL], site.id, reader.id)})


async def put_mute(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Mute another reader, for the caller alone."""
    if id == reader.id:
        raise Problem("forbidden", "Nobody mutes themselves.")
    if not await participation.mute(request.app[POOL], site.id, reader.id, id):
        raise Problem("not_found", "There is no such reader.")
    return empty()


async def delete_mute(request: web.Request, site: Site, reader: Reader, id: int) -> web.Response:
    """Unmute a reader."""
    await participation.unmute(request.app[POOL], site.id, reader.id, id)
    return empty()

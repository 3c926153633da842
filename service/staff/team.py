"""Who is on the staff of a site: for its administrators."""

from aiohttp import web

from moderation.database import Connection
from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import POOL, SETTINGS
from service.problems import Problem, invalid
from service.sites import Site
from service.staff import links
from service.staff.team_shapes import InvitationIn, LinkOut, MemberIn, RulesIn, RulesOut, TeamOut
from service.store import links as store
from service.store import record, staff_sessions, team
from service.store.record import Deed
from service.store.team import LastAdminError, Member, Rules


async def get_team(request: web.Request, site: Site) -> web.Response:
    """Everybody on the staff of the site, and who is invited."""
    async with request.app[POOL].acquire() as conn:
        return answer(await _document(request, conn, site))


async def change_member(
    request: web.Request, site: Site, staff: Staff, id: int, body: MemberIn
) -> web.Response:
    """Give somebody another role, or let it count no more, or again: their sessions end with what they were good for."""
    async with request.app[POOL].acquire() as conn:
        async with conn.transaction():
            member = await _member(conn, site, id)
            try:
                await team.change(conn, site.id, id, role=body.role, disabled=body.disabled)
            except LastAdminError:
                raise Problem("last_admin") from None
            for deed in _deeds(member, body):
                detail = {"member": str(id), "from": member.role, "to": body.role}
                await record.note(conn, site.id, staff.id, deed, detail)
            await _end(conn, site, id)
        return answer(await _document(request, conn, site))


def _deeds(before: Member, after: MemberIn) -> list[Deed]:
    deeds = [Deed.ROLE] if before.role != after.role else []
    if before.disabled != after.disabled:
        deeds.append(Deed.DISABLE if after.disabled else Deed.ENABLE)
    return deeds


async def remove_member(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Take somebody off the site's staff; what they did stays on record."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        member = await _member(conn, site, id)
        try:
            await team.remove(conn, site.id, id)
        except LastAdminError:
            raise Problem("last_admin") from None
        await record.note(
            conn, site.id, staff.id, Deed.REMOVE, {"member": str(id), "from": member.role, "to": "none"}
        )
        await _end(conn, site, id)
    return empty()


async def invite(request: web.Request, site: Site, staff: Staff, body: InvitationIn) -> web.Response:
    """Invite somebody: by mail, or by a link to hand on where no mail can be sent."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await team.lock(conn, site.id)
        if any(member["email"] == body.email.lower() for member in await team.list_members(conn, site.id)):
            message = "This address is on the staff of the site already."
            raise invalid([{"pointer": "/email", "message": message, "code": "known"}])
        link = await links.invite(request, conn, site.id, body.email, body.role, staff.id)
        await record.note(conn, site.id, staff.id, Deed.INVITE, {"to": body.role})
    return answer(LinkOut(email=body.email, link=link), status=201)


async def uninvite(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Withdraw an invitation."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        if await store.withdraw(conn, site.id, id) is None:
            raise Problem("not_found", "There is no such invitation.")
        await record.note(conn, site.id, staff.id, Deed.UNINVITE, {})
    return empty()


async def send_reset(request: web.Request, site: Site, staff: Staff, id: int) -> web.Response:
    """Give somebody a link to a new password: by mail, or to hand on, if no other site is theirs beside one's own."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        member = await _member(conn, site, id)
        mails = request.app[SETTINGS].smtp_url is not None
        # Whoever is shown the link could take the account over, with all that it may do elsewhere.
        if not mails and not await team.rules_over(conn, staff.id, id):
            raise Problem("forbidden", "They work on other sites, too: they reset their password themselves.")
        link = await links.reset(request, conn, site.id, id, member.email, staff.id)
        await record.note(conn, site.id, staff.id, Deed.SEND_RESET, {"member": str(id)})
    return answer(LinkOut(email=member.email, link=link), status=201)


async def set_rules(request: web.Request, site: Site, staff: Staff, body: RulesIn) -> web.Response:
    """Change how the site deals with people. A second factor is asked of others by who has one."""
    if body.second_factor and not staff.strong:
        message = "Sign in with a second factor of your own first: else you would lock yourself out."
        raise invalid([{"pointer": "/second_factor", "message": message, "code": "weak_session"}])
    async with request.app[POOL].acquire() as conn, conn.transaction():
        await team.set_rules(conn, site.id, Rules(**body.model_dump()))
        await record.note(conn, site.id, staff.id, Deed.PEOPLE_RULES, body.model_dump())
    return answer(RulesOut(**body.model_dump()))


async def _member(conn: Connection, site: Site, staff_id: int) -> Member:
    await team.lock(conn, site.id)
    member = await team.find(conn, site.id, staff_id)
    if member is None:
        raise Problem("not_found", "Nobody with this id is on the staff of the site.")
    return member


async def _end(conn: Connection, site: Site, staff_id: int) -> None:
    await staff_sessions.close_sessions(conn, staff_id)
    await team.give_back_claims(conn, site.id, staff_id)


async def _document(request: web.Request, conn: Connection, site: Site) -> TeamOut:
    rules = await team.read_rules(conn, site.id)
    return TeamOut.model_validate(
        {
            "members": await team.list_members(conn, site.id),
            "invitations": await store.open_invitations(conn, site.id),
            "rules": {
                "strikes": rules.strikes,
                "strike_days": rules.strike_days,
                "second_factor": rules.second_factor,
            },
            "mails": request.app[SETTINGS].smtp_url is not None,
        }
    )

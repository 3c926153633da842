"""The call that says what stands between one reader and a comment, as far as the service knows: of the caller's own only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from moderation.database import Connection
from service.assets import build_id
from service.auth import Caller, Reader, is_own_origin
from service.endpoint import answer
from service.help.causes import BY_CODE, CAUSES, Fault
from service.help.tickets import comment_number
from service.keys import LIMITS, RESERVE, SIGNER
from service.parsing import In, Out
from service.reader.own import in_words
from service.reader.shapes import ReasonOut
from service.sites import Site
from service.store import diagnosis as store
from service.store import faults

# What a reader who wants to comment may be short of.
_WATCHED = ("comment", "guest", "edit")
# How surely each finding explains why somebody cannot comment, of 100. What a call was refused for (the widget knows
# that) counts 100; a comment that the reader asks about comes next.
_ASKED = 96
_WEIGHTS = {
    "origin": 95,
    "token_wrong": 90,
    "sanctioned": 88,
    "session_over": 85,
    "closed": 80,
    "rate_limited": 75,
    "not_entitled": 70,
    "rejected": 60,
    "rephrase": 58,
    "held": 55,
    # Nothing keeps such a reader from commenting: it explains why they do not see others.
    "muted": 30,
}


_OF_STATUS = {"pending": "held", "held": "held", "rejected": "rejected"}


class DiagnosisIn(In):
    """Where the reader is, and which of their comments they ask about."""

    article: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    comment_id: Annotated[str, StringConstraints(max_length=32)] | None = None


class TokenOut(Out):
    """The access token that came with the call; `code` is what any other call would be refused with."""

    state: Literal["none", "good", "expired", "wrong"]
    code: str | None


class OriginOut(Out):
    """The page that asks (null: no browser said), and whether it may send comments."""

    origin: str | None
    listed: bool


class SanctionOut(Out):
    """The restriction on the caller's account; `until` null: until it is lifted."""

    kind: Literal["premoderated", "suspended", "banned"]
    until: datetime | None


class OwnCommentOut(Out):
    """One of the caller's own comments."""

    id: str
    status: str
    created_at: datetime
    rephrase: bool = Field(description="its author is asked to put it in other words before people see it")
    reasons: list[ReasonOut]
    note: str | None


class LimitOut(Out):
    """Something that the caller must wait for, in seconds."""

    name: str
    retry_after_s: int


class ServiceOut(Out):
    """How the service does; `judging` false: no classifier is there, so comments wait for people."""

    build: str
    judging: bool


class FindingOut(Out):
    """A cause, how surely it explains the trouble (0 to 100), and the comment that it is about."""

    code: str
    fault: Fault
    weight: Annotated[int, Field(ge=0, le=100)]
    comment_id: str | None = None


class DiagnosisOut(Out):
    """What the service sees of the caller, and what follows from it, the likeliest first."""

    now: datetime
    token: TokenOut
    page: OriginOut
    guests_allowed: bool
    sanction: SanctionOut | None
    article_closed: bool | None
    comments: list[OwnCommentOut]
    muted: Annotated[int, Field(description="how many who wrote here the caller has muted")]
    limits: list[LimitOut]
    service: ServiceOut
    findings: list[FindingOut]


async def diagnose(request: web.Request, site: Site, caller: Caller, body: DiagnosisIn) -> web.Response:
    """Tell what stands between the caller and a comment. Nothing about anybody else can be asked or learnt."""
    async with request.app[RESERVE].acquire() as conn:
        seen = await _look(request, conn, site, caller, body)
        findings = sorted(_findings(seen, body), key=lambda finding: -finding.weight)
        for finding in findings:
            if finding.fault is Fault.SITE:
                await _tell_the_site(conn, site, finding, seen)
    return answer(seen.model_copy(update={"findings": findings}))


async def _tell_the_site(conn: Connection, site: Site, finding: FindingOut, seen: DiagnosisOut) -> None:
    """What the reader is told is the site's fault, the site is told too."""
    origin = seen.page.origin or ""
    detail = origin if finding.code == "origin" else seen.token.code or ""
    await faults.note(conn, site.id, finding.code, detail[:300], {"origin": origin[:300]})


async def _look(
    request: web.Request, conn: Connection, site: Site, caller: Caller, body: DiagnosisIn
) -> DiagnosisOut:
    reader = caller.reader
    token = _token(caller)
    account = await store.read_account(conn, site.id, reader.id) if reader else None
    if reader is not None and account is None:
        token = TokenOut(state="expired", code="unauthenticated")
    return DiagnosisOut(
        now=datetime.fromtimestamp(request.app[SIGNER].clock.now(), UTC),
        token=token,
        page=_page(request, site),
        guests_allowed=site.guests_allowed,
        sanction=_sanction(account),
        article_closed=await store.article_is_closed(conn, site.id, body.article) if body.article else None,
        comments=await _comments(conn, site, reader, body) if reader else [],
        muted=await _muted(conn, site, reader, body),
        limits=await _limits(request, reader),
        service=ServiceOut(build=build_id(), judging=await store.is_judged(conn)),
        findings=[],
    )


def _token(caller: Caller) -> TokenOut:
    if caller.refused is None:
        return TokenOut(state="good" if caller.reader else "none", code=None)
    return TokenOut(
        state="expired" if caller.refused == "token_expired" else "wrong",
        code=caller.refused,
    )


def _page(request: web.Request, site: Site) -> OriginOut:
    origin = request.headers.get("Origin")
    listed = origin is None or origin in site.origins or is_own_origin(request, origin)
    return OriginOut(origin=origin, listed=listed)


def _sanction(account: store.Account | None) -> SanctionOut | None:
    if account is None or account.sanction == "none":
        return None
    return SanctionOut.model_validate({"kind": account.sanction, "until": account.until})


async def _comments(conn: Connection, site: Site, reader: Reader, body: DiagnosisIn) -> list[OwnCommentOut]:
    rows = await store.own_comments(
        conn,
        site.id,
        reader.id,
        article_key=body.article,
        comment_id=comment_number(body.comment_id),
    )
    return [OwnCommentOut.model_validate(_shown(row)) for row in rows]


async def _muted(conn: Connection, site: Site, reader: Reader | None, body: DiagnosisIn) -> int:
    if reader is None or body.article is None:
        return 0
    return await store.muted_on(conn, site.id, reader.id, body.article)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    worded = in_words(row)
    return {name: worded[name] for name in OwnCommentOut.model_fields}


async def _limits(request: web.Request, reader: Reader | None) -> list[LimitOut]:
    who = f"{reader.site_id}:{reader.id}" if reader else None
    waits = await request.app[LIMITS].waits(_WATCHED, request, who)
    return [LimitOut(name=name, retry_after_s=wait) for name, wait in waits.items()]


def _findings(seen: DiagnosisOut, asked: DiagnosisIn) -> Iterator[FindingOut]:
    """What follows from what is seen."""
    if not seen.page.listed:
        yield _finding("origin")
    if seen.token.code is not None:
        yield _finding(BY_CODE[seen.token.code])
    if seen.sanction is not None and seen.sanction.kind != "premoderated":
        yield _finding("sanctioned")
    if seen.article_closed:
        yield _finding("closed")
    if seen.limits:
        yield _finding("rate_limited")
    if seen.token.state == "none" and not seen.guests_allowed:
        yield _finding("not_entitled")
    told: set[str] = set()
    for comment in seen.comments:
        code = "rephrase" if comment.rephrase else _OF_STATUS.get(comment.status)
        if code is not None and (comment.id == asked.comment_id or code not in told):
            told.add(code)
            yield _finding(code, comment.id, asked=comment.id == asked.comment_id)
    if seen.muted:
        yield _finding("muted")


def _finding(code: str, comment_id: str | None = None, *, asked: bool = False) -> FindingOut:
    return FindingOut(
        code=code,
        fault=CAUSES[code].fault,
        weight=_ASKED if asked else _WEIGHTS[code],
        comment_id=comment_id,
    )

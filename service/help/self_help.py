"""The table of causes on the help page: first what the service can tell without scripts, then everything to look through."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from moderation.database import DATABASE_DOWN
from service.help.causes import BY_CODE, CAUSES, Cause
from service.keys import RESERVE, SETTINGS
from service.store import diagnosis, incidents

_WAIT_S = 1.0


class Answer(NamedTuple):
    """A cause in words, filled in as far as a page without scripts can."""

    code: str
    what: str
    todo: str


@dataclass(frozen=True, slots=True)
class SelfHelp:
    """What is found, the likeliest first, and all causes by what the reader sees of them."""

    found: Sequence[Answer]
    # Something is broken for many, and the staff know.
    trouble: bool
    groups: Mapping[str, Sequence[Answer]]


# Every cause but "unknown", by what the reader sees.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "The comments do not show": (
        "no_scripts",
        "blocked",
        "csp",
        "old_browser",
        "stale",
        "crash",
        "offline",
        "network",
        "outage",
        "muted",
    ),
    "I cannot post": (
        "rate_limited",
        "closed",
        "text_refused",
        "rephrase",
        "duplicate",
        "parent_gone",
        "edit_over",
        "sanctioned",
        "origin",
        "challenge",
    ),
    "My comment does not appear": ("held", "rejected"),
    "My name, or signing in": (
        "session_over",
        "not_entitled",
        "name",
        "email_unverified",
        "storage",
        "token_wrong",
        "clock",
    ),
}


async def look(request: web.Request, site_id: int | None, *, error: str, article: str) -> SelfHelp:
    """What the address tells (the error that the reader saw, the article), and what the service knows of itself."""
    host = request.app[SETTINGS].base_url.split("://", 1)[1]
    known = await _known(request, site_id, article)
    codes = dict.fromkeys([*_told(error), *known.codes])
    return SelfHelp(
        trouble=known.trouble,
        found=[_answer(code, CAUSES[code], host) for code in codes],
        groups={
            title: [_answer(code, CAUSES[code], host) for code in group] for title, group in _GROUPS.items()
        },
    )


def _told(error: str) -> Iterator[str]:
    """The cause that an error's code stands for: one of the API's, or a cause that the loader found."""
    code = BY_CODE.get(error, error)
    if code in CAUSES and code != "unknown":
        yield code


class _Known(NamedTuple):
    codes: Sequence[str]
    trouble: bool = False


async def _known(request: web.Request, site_id: int | None, article: str) -> _Known:
    """Causes that lie with the service or the article."""
    if site_id is None:
        return _Known(["outage"])
    try:
        async with asyncio.timeout(_WAIT_S), request.app[RESERVE].acquire() as conn:
            closed = await diagnosis.article_is_closed(conn, site_id, article)
            since = await incidents.open_since(conn, site_id)
    except DATABASE_DOWN:
        return _Known(["outage"])
    return _Known(["closed"] if closed else [], trouble=since is not None)


def _answer(code: str, cause: Cause, host: str) -> Answer:
    values = {"host": host, "time": "some time" if code == "clock" else "a minute"}
    return Answer(code, cause.what.format_map(values), cause.todo.format_map(values))

"""What a ticket has in common with others about the same failure, read from what the browser told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from service.help.causes import BY_CODE, CAUSES, Fault
from service.keys import SETTINGS, SIGNER
from service.limits import client_address

# Causes that many readers meet at once when something breaks; the others are each reader's own.
SHARED = tuple(
    code
    for code, cause in CAUSES.items()
    if cause.fault is not Fault.RULE
    and code not in ("offline", "clock", "storage", "no_scripts", "old_browser")
)
_BROWSER = re.compile(r"(Firefox|Edg|OPR|SamsungBrowser|Chrome|Version)/(\d+)")
_MAX_PART = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A ticket's marks; `cause` is None where nothing is known of it."""

    cause: str | None
    code: str
    build: str
    browser: str
    route: str

    @property
    def fingerprint(self) -> str | None:
        """All of it in one line; None without a cause."""
        if self.cause is None:
            return None
        parts = (self.cause, self.code, self.build, self.browser, self.route)
        return "|".join(part.replace("|", "/")[:_MAX_PART] for part in parts)


def mark(diagnostics: Mapping[str, Any]) -> Mark:
    """Read the marks from diagnostics that have been cleaned."""
    error = diagnostics.get("error") or {}
    code = str(error.get("code", ""))
    # The plain page is told a cause itself, by the loader; elsewhere "network" and the like are mere error codes.
    told = code if diagnostics.get("scripts") is False else None
    named = next(iter(diagnostics.get("causes") or []), None) or BY_CODE.get(code, told)
    return Mark(
        cause=named if named in CAUSES else None,
        code=code,
        build=str(diagnostics.get("build", "")),
        browser=_browser(str(diagnostics.get("browser", ""))),
        route=str(diagnostics.get("phase", "")),
    )


def _browser(agent: str) -> str:
    """The browser's family and major version. A brand of Chromium names itself after it, so the last match counts."""
    found = _BROWSER.findall(agent)
    return " ".join(found[-1]) if found else ""


def client_hash(request: web.Request) -> str:
    """Tells one client from another for a few days, without keeping who it is."""
    told = f"{client_address(request, request.app[SETTINGS])}\n{request.headers.get('User-Agent', '')}"
    return request.app[SIGNER].macs("client", told)[0].hex()

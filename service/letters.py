"""Mails to staff: the words around a link that works once."""

from aiohttp import web

from service import onetime
from service.store.mail import Mail

_WORDS = {
    "invitation": (
        "You are invited to moderate",
        "You are invited to the staff that looks after the comments. The link works once, within seven days:",
    ),
    "reset": (
        "A new password",
        "Somebody, we hope you, asked for a new password to the console. The link works once, within two hours:",
    ),
}
KINDS = frozenset(_WORDS)


def title(one: Mail) -> str:
    """The subject."""
    return f"{_WORDS[one.kind][0]} · {one.site_name}"


def parts(app: web.Application, one: Mail) -> tuple[str, str]:
    """What it says, and the link."""
    token = onetime.token_of(app, str(one.payload["seed"]))
    return _WORDS[one.kind][1], onetime.address_of(app, one.kind, token)

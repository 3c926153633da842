"""Mails to staff, and to readers who sign in: the words around a link that works once."""

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
    "sign_in": (
        "Sign in to comment",
        "Somebody, we hope you, signs in to comment. The link works once, and asks for a number that stands where it was begun:",
    ),
}
KINDS = frozenset(_WORDS)


def title(one: Mail) -> str:
    """The subject."""
    return f"{_WORDS[one.kind][0]} · {one.site_name}"


def parts(app: web.Application, one: Mail) -> tuple[str, str]:
    """What it says, and the link."""
    seed = str(one.payload["seed"])
    if one.kind == "sign_in":
        return _WORDS[one.kind][1], onetime.sign_in_address(app, one.site_key, seed)
    return _WORDS[one.kind][1], onetime.address_of(app, one.kind, onetime.token_of(app, seed))

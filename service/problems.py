"""Errors as RFC 9457 problem+json: one shape, one table of codes."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

# code -> (status, title). docs/api.md explains each; a test holds the two together.
CODES: Mapping[str, tuple[int, str]] = {
    "invalid": (422, "The request is not valid"),
    "malformed": (400, "The request cannot be read"),
    "unauthenticated": (401, "A token is needed"),
    "token_expired": (401, "The access token has expired"),
    "token_refused": (401, "The access token is not one of ours"),
    "refresh_refused": (401, "The session is over"),
    "sso_expired": (401, "The site's token has run out"),
    "sso_issuer": (401, "The site's token has the wrong issuer"),
    "sso_audience": (401, "The site's token is for somebody else"),
    "sso_key": (401, "The site's token is signed with a key that we do not know"),
    "sso_clock": (401, "The site's token is from the future"),
    "sso_refused": (401, "The site's token is not as it must be"),
    "bad_credentials": (401, "The e-mail address or the password is wrong"),
    "code_needed": (401, "A one-time code is needed"),
    "bad_code": (401, "The code is wrong, or was used before"),
    "passkey_needed": (401, "This account is opened by its passkey"),
    "bad_passkey": (401, "The passkey was not accepted"),
    "forbidden": (403, "Not allowed"),
    "guests_refused": (403, "This site asks readers to sign in"),
    "origin_refused": (403, "This page's origin is not on the site's list"),
    "sanctioned": (403, "This account may not comment"),
    "warned": (403, "A warning has to be read first"),
    "not_impartial": (403, "Somebody else has to decide"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "request_timeout": (408, "The request did not arrive in time"),
    "article_closed": (409, "Commenting on this article is closed"),
    "parent_gone": (409, "The comment replied to is gone"),
    "duplicate": (409, "This has just been posted"),
    "edit_window_over": (409, "The comment can no longer be edited"),
    "stale": (409, "Somebody decided first"),
    "under_appeal": (409, "It is under appeal"),
    "not_appealable": (409, "There is nothing to appeal"),
    "appealed": (409, "There has been an appeal"),
    "appeal_too_late": (409, "It is too late for an appeal"),
    "last_admin": (409, "A site needs an administrator"),
    "illegal_move": (409, "The ticket cannot go there from where it stands"),
    "too_many_pinned": (409, "The article has enough pinned comments"),
    "not_to_be_pinned": (409, "Only comments that are not replies are pinned"),
    "claim_lost": (409, "Somebody else has this item"),
    "escalated": (409, "It waits for a lead"),
    "needs_second": (409, "It waits for a second person"),
    "not_waiting": (409, "The item does not stand where that could be done"),
    "link_over": (410, "This link is no longer good"),
    "precondition_failed": (412, "The comment has changed"),
    "too_large": (413, "The request is too large"),
    "unsupported_media_type": (415, "The body is of the wrong kind"),
    "key_reused": (422, "The Idempotency-Key was used for something else"),
    "precondition_required": (428, "If-Match is needed"),
    "rate_limited": (429, "Too many requests"),
    "internal": (500, "Something went wrong on our side"),
    "unavailable": (503, "The service is not available right now"),
}


class Problem(Exception):
    """An answer other than success. `extra` holds members of its own, such as `errors` or `until`."""

    def __init__(
        self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    @property
    def status(self) -> int:
        """The HTTP status."""
        return CODES[self.code][0]

    def response(self, request_id: str) -> web.Response:
        """Render; `request_id` ties the answer to the log."""
        status, title = CODES[self.code]
        document = {
            "type": f"/problems/{self.code}",
            "title": title,
            "status": status,
            "detail": self.detail or title,
            "code": self.code,
            "request_id": request_id,
            **self.extra,
        }
        return web.Response(
            status=status,
            body=orjson.dumps(document),
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **self.headers},
        )


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """A 422 that names every refused field: `pointer`, `message`, `code`, and where in the text (`start`, `end`)."""
    return Problem("invalid", str(errors[0]["message"]) if errors else "", errors=list(errors))


def unavailable(retry_after_s: int = 2) -> Problem:
    """The database does not answer."""
    return Problem(
        "unavailable",
        "The database does not answer. Try again shortly.",
        headers={"Retry-After": str(retry_after_s)},
    )

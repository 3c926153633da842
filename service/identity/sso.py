"""Publishers' own sign-in: a token that their server signed says who a reader is (docs/sso.md)."""

from typing import Annotated, Any

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from service.identity import door
from service.identity.door import Newcomer
from service.identity.jws import TokenRefused, payload_of
from service.identity.key_sets import Trusted, trusted
from service.keys import SIGNER
from service.parsing import In
from service.problems import Problem
from service.reader.shapes import SessionOut
from service.sites import Site

__all__ = ["SessionOut", "SsoIn", "sign_in"]

LEEWAY_S = 60
MAX_LIFETIME_S = 3600


class SsoIn(In):
    """The publisher's token."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class Claims(BaseModel):
    """What we read of a token; everything else in it is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    iss: str
    aud: str | list[str]
    sub: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    iat: Annotated[float, Field(ge=0, le=2**40)]
    exp: Annotated[float, Field(ge=0, le=2**40)]
    nbf: Annotated[float, Field(ge=0, le=2**40)] | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    email_verified: bool = False
    avatar: Annotated[str, StringConstraints(max_length=2000)] | None = None


async def sign_in(request: web.Request, site: Site, body: SsoIn) -> web.Response:
    """Trade a publisher's token for a session. Whoever is under a sanction may come in, and read why."""
    try:
        known = await trusted(request.app, site.id, body.token)
        if known is None:
            raise Problem("sso_refused", "This site has no sign-in of its own: see `parley site sso`.")
        claims = _claims(payload_of(body.token, known.keys))
    except TokenRefused as error:
        raise Problem("sso_key" if error.why == "key" else "sso_refused", str(error)) from None
    check(claims, known, request.app[SIGNER].clock.now())
    newcomer = Newcomer(
        f"sso:{claims.sub}",
        claims.name,
        claims.email if claims.email_verified else None,
        claims.avatar,
    )
    return await door.let_in(request, site, newcomer)


def _claims(payload: bytes) -> Claims:
    try:
        document: Any = orjson.loads(payload)
        return Claims.model_validate(document)
    except ValidationError as error:
        names = sorted({str(item["loc"][0]) if item["loc"] else "all" for item in error.errors()})
        raise Problem(
            "sso_refused", f"Claims that are missing or not as they must be: {', '.join(names)}."
        ) from None
    except ValueError:
        raise Problem("sso_refused", "The token's content is not JSON.") from None


def check(claims: Claims, known: Trusted, now: float) -> None:
    """Raise the Problem that says in what a token is not for us, or not now."""
    if claims.iss != known.issuer:
        raise Problem("sso_issuer", f"iss must be {known.issuer}.")
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if known.audience not in audiences:
        raise Problem("sso_audience", f"aud must be {known.audience}.")
    if max(claims.iat, claims.nbf or 0) > now + LEEWAY_S:
        raise Problem("sso_clock", "The token is from the future: a clock is wrong.")
    if claims.exp - claims.iat > MAX_LIFETIME_S:
        raise Problem("sso_refused", f"A token may live {MAX_LIFETIME_S // 60} minutes; see exp and iat.")
    if claims.exp <= now - LEEWAY_S:
        raise Problem("sso_expired", "The token has run out.")

"""The keys of a site: those that it gave us, and those at its own address, kept in the database so that all processes share them.

Keys are asked for again when they are an hour old, or when a token names one that is not there, but at most every thirty
seconds. While the address does not answer, the keys that it gave last stay good for three days.
"""

import asyncio
from dataclasses import dataclass

import orjson
import structlog
from aiohttp import web

from moderation.database import Pool
from service.fetching import Fetcher, FetchFailed
from service.identity.jws import KeyRefused, VerifyingKey, candidates, header_of, key_set, verifying_key
from service.keys import FETCHER, POOL
from service.store import sso
from service.store.sso import Issuer

# Within what a call may take; an address that is slower is tried again by the next one.
_WAIT_S = 1.5
_MAX_BYTES = 64 * 1024
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whose tokens are believed, for whom, and by which keys."""

    issuer: str
    audience: str
    keys: tuple[VerifyingKey, ...]


async def trusted(app: web.Application, site_id: int, token: str) -> Trusted | None:
    """What a token of a site is to be verified with; None where the site has no sign-in of its own. Raises TokenRefused."""
    pool = app[POOL]
    async with pool.acquire() as conn:
        known = await sso.read(conn, site_id)
    if known is None:
        return None
    keys = _keys(known)
    header = header_of(token)
    if (
        known.jwks_url
        and (known.stale or not candidates(header, keys))
        and await renew(pool, app[FETCHER], site_id)
    ):
        async with pool.acquire() as conn:
            known = await sso.read(conn, site_id) or known
        keys = _keys(known)
    return Trusted(known.issuer, known.audience, keys)


def _keys(known: Issuer) -> tuple[VerifyingKey, ...]:
    given = [_ready(key.jwk, key.algorithm, key.kid) for key in known.keys]
    return (*(key for key in given if key), *key_set(known.jwks))


def _ready(jwk: dict[str, object], algorithm: str, kid: str) -> VerifyingKey | None:
    try:
        return verifying_key(jwk, algorithm, kid)
    except KeyRefused:
        return None


async def renew(pool: Pool, fetcher: Fetcher, site_id: int) -> bool:
    """Ask the site's address for its keys, unless that was done a moment ago. True if there are new ones."""
    async with pool.acquire() as conn:
        url = await sso.begin_fetch(conn, site_id)
    if url is None:
        return False
    # No connection is held while others take their time.
    try:
        async with asyncio.timeout(_WAIT_S):
            fetched = await fetcher.request("GET", url, max_bytes=_MAX_BYTES)
        document = orjson.loads(fetched.body) if fetched.status == 200 else None
        error = "" if key_set(document) else f"no usable key came back (status {fetched.status})"
    except TimeoutError:
        document, error = None, "it did not answer in time"
    except (FetchFailed, ValueError) as problem:
        document, error = None, str(problem) or "it is not JSON"
    async with pool.acquire() as conn:
        if document is None or error:
            _log.warning("key_set_not_fetched", site=site_id, error=error)
            await sso.not_fetched(conn, site_id, error)
        else:
            await sso.fetched(conn, site_id, url, document)
    return not error

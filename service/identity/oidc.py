"""Signing in at an OpenID provider: discovery, the code flow with PKCE, state and nonce (OpenID Connect Core 1.0).

Authlib makes the requests and checks what comes back; they go out by our own Fetcher, as to any address that somebody set.
"""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from aiohttp import web
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from yarl import URL

from service.fetching import Fetcher, FetchFailed
from service.identity import window
from service.identity.jws import TokenRefused, header_of, key_set, payload_of
from service.keys import FETCHER, POOL, SETTINGS, SITES
from service.sites import Site
from service.store import oidc as clients
from service.store import sign_ins
from service.store.oidc import Client
from service.store.sign_ins import Attempt

_LEEWAY_S = 60
_WAIT_S = 8.0
_MAX_BYTES = 128 * 1024
_log = structlog.get_logger()


class ProviderFailed(Exception):
    """The provider did not do its part; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What discovery says of a provider."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str


async def _fetch_json(fetcher: Fetcher, method: str, url: str, **options: Any) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_WAIT_S):
            fetched = await fetcher.request(method, url, max_bytes=_MAX_BYTES, **options)
        document = orjson.loads(fetched.body) if fetched.status == 200 else None
    except TimeoutError as error:
        raise ProviderFailed(f"{URL(url).host} did not answer in time") from error
    except (FetchFailed, ValueError) as error:
        raise ProviderFailed(f"{URL(url).host}: {error}") from error
    if fetched.status != 200:
        raise ProviderFailed(f"{URL(url).host} answered with status {fetched.status}")
    if not isinstance(document, dict):
        raise ProviderFailed(f"{URL(url).host} did not answer with a JSON object")
    return document


async def discover(fetcher: Fetcher, issuer: str) -> Provider:
    """Ask a provider where its parts are; raises ProviderFailed."""
    metadata = OpenIDProviderMetadata(
        await _fetch_json(fetcher, "GET", get_well_known_url(issuer, external=True))
    )
    if metadata.get("issuer") != issuer:
        raise ProviderFailed(f"the provider calls itself {metadata.get('issuer')!r}")
    ends = [metadata.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(end, str) and end for end in ends):
        raise ProviderFailed("the provider does not say where its parts are")
    methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    authorization, token, jwks = map(str, ends)
    return Provider(authorization, token, jwks, method)


def _redirect_uri(request: web.Request, site: Site) -> str:
    return f"{request.app[SETTINGS].base_url}/sign-in/{site.key}/callback"


async def go(request: web.Request) -> web.Response:
    """Send the window to the provider."""
    site = await request.app[SITES].get(request.match_info["site"])
    ticket, browser = window.hash_of(request.match_info["ticket"]), window.hash_of(window.browser_of(request))
    async with request.app[POOL].acquire() as conn:
        attempt = await sign_ins.enter(conn, site.id, ticket, browser)
        client = await clients.read(conn, site.id)
    if attempt is None or client is None or attempt.external_id is not None:
        return window.over(site)
    try:
        provider = await discover(request.app[FETCHER], client.issuer)
    except ProviderFailed as failure:
        return _failed(site, failure)
    verifier, nonce, rest = (secrets.token_urlsafe(32) for _ in range(3))
    # Says which window it was, which is of use to nobody in another browser.
    state = f"{request.match_info['ticket']}.{rest}"
    async with request.app[POOL].acquire() as conn:
        await sign_ins.go_to_provider(
            conn, site.id, attempt.id, state_hash=window.hash_of(state), nonce=nonce, verifier=verifier
        )
    asking = OAuth2Client(
        None,
        client_id=client.client_id,
        scope="openid profile email",
        redirect_uri=_redirect_uri(request, site),
        code_challenge_method="S256",
    )
    url, _ = asking.create_authorization_url(
        provider.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce
    )
    raise web.HTTPSeeOther(url)


async def come_back(request: web.Request) -> web.Response:
    """Take the provider's answer: only in the browser that went there, only once."""
    site = await request.app[SITES].get(request.match_info["site"])
    state = request.query.get("state", "")
    browser = window.hash_of(window.browser_of(request))
    async with request.app[POOL].acquire() as conn:
        attempt = await sign_ins.back_from_provider(conn, site.id, window.hash_of(state), browser)
        client = await clients.read(conn, site.id)
    if attempt is None or client is None:
        return window.over(site)
    try:
        claims = await _redeem(request, site, client, attempt)
    except ProviderFailed as failure:
        return _failed(site, failure)
    email = claims.get("email") if claims.get("email_verified") is True else None
    name = str(claims.get("name") or claims.get("preferred_username") or "")
    external_id = f"oidc:{client.issuer} {claims['sub']}"
    async with request.app[POOL].acquire() as conn:
        await sign_ins.found(
            conn,
            site.id,
            attempt.id,
            external_id=external_id,
            name=name or None,
            email=email if isinstance(email, str) else None,
        )
    raise web.HTTPSeeOther(f"/sign-in/{site.key}/{state.partition('.')[0]}")


async def _redeem(request: web.Request, site: Site, client: Client, attempt: Attempt) -> dict[str, Any]:
    """Trade the code for an ID token, and check all of it; raises ProviderFailed."""
    code = request.query.get("code")
    if not code or not attempt.verifier:
        raise ProviderFailed(f"no code came back: {request.query.get('error', '')[:100]}")
    fetcher = request.app[FETCHER]
    provider = await discover(fetcher, client.issuer)
    answered_by = request.query.get("iss")
    if answered_by is not None and answered_by != client.issuer:
        raise ProviderFailed("the answer came from another provider")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect_uri(request, site),
        "code_verifier": attempt.verifier,
    }
    tokens = await _token_request(fetcher, provider, client, form)
    keys = key_set(await _fetch_json(fetcher, "GET", provider.jwks_uri))
    return _checked(tokens, keys, client, attempt)


async def _token_request(
    fetcher: Fetcher, provider: Provider, client: Client, form: dict[str, str]
) -> dict[str, Any]:
    method = provider.auth_method if client.client_secret else "none"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    body = str(URL.build(query=form).raw_query_string)
    auth = ClientAuth(client.client_id, client.client_secret, method)
    uri, headers, body = auth.prepare("POST", provider.token_endpoint, headers, body)
    return await _fetch_json(fetcher, "POST", uri, headers=headers, body=body.encode())


def _checked(tokens: dict[str, Any], keys: list[Any], client: Client, attempt: Attempt) -> dict[str, Any]:
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise ProviderFailed("no ID token came back")
    try:
        document = orjson.loads(payload_of(token, keys))
        claims = CodeIDToken(
            document,
            header_of(token),
            options={
                "iss": {"value": client.issuer},
                "aud": {"value": client.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": client.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_S)
    except TokenRefused as error:
        raise ProviderFailed(f"the ID token: {error}") from error
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise ProviderFailed(f"the ID token is not as it must be: {error}") from error
    if not 1 <= len(str(claims["sub"])) <= 255:
        raise ProviderFailed("the ID token's sub is empty or too long")
    return dict(claims)


def _failed(site: Site, failure: ProviderFailed) -> web.Response:
    _log.warning("oidc_failed", site=site.id, error=str(failure))
    return window.over(site, status=502)

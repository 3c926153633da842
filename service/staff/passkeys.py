"""Passkeys (WebAuthn): adding one to an account, and signing in with one, which stands for both factors."""

import json
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from moderation.database import Connection
from service import factors
from service.auth import Staff
from service.endpoint import answer, empty
from service.keys import LIMITS, POOL
from service.problems import Problem
from service.staff import doors
from service.staff.account_shapes import CredentialIn, OptionsOut, PasskeyIn, ProofIn
from service.store import factors as kept
from service.store import record
from service.store.factors import PasskeyKnownError

_VERIFIED = UserVerificationRequirement.REQUIRED


async def offer_adding(request: web.Request, staff: Staff, body: ProofIn) -> web.Response:
    """What a browser needs to make a passkey."""
    _, host = _place(request)
    async with request.app[POOL].acquire() as conn:
        await doors.prove(request, conn, staff, body.password)
        known = await kept.list_passkeys(conn, staff.id)
        if len(known) >= kept.MOST_PASSKEYS:
            raise Problem("stale", f"There are {kept.MOST_PASSKEYS} passkeys: remove one first.")
        options = generate_registration_options(
            rp_id=host,
            rp_name=factors.ISSUER,
            user_id=str(staff.id).encode(),
            user_name=staff.email,
            user_display_name=staff.name,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
        )
        await kept.keep_challenge(conn, options.challenge, staff.id)
    return answer(OptionsOut(options=orjson.loads(options_to_json(options))))


async def add(request: web.Request, staff: Staff, body: PasskeyIn) -> web.Response:
    """Keep a passkey that was made; this session counts as opened by it."""
    origin, host = _place(request)
    async with request.app[POOL].acquire() as conn, conn.transaction():
        challenge = await _spent(conn, body.credential, staff.id)
        try:
            made = verify_registration_response(
                credential=body.credential,
                expected_challenge=challenge,
                expected_rp_id=host,
                expected_origin=origin,
                require_user_verification=True,
            )
            await kept.add_passkey(
                conn,
                staff.id,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=body.name,
            )
        except (WebAuthnException, ValueError, PasskeyKnownError):
            raise Problem("bad_passkey") from None
        await record.note_everywhere(conn, staff.id, record.Deed.PASSKEY_ADD)
        return await doors.enter(request, conn, staff.id, strong=True, status=201)


async def remove(request: web.Request, staff: Staff, id: int) -> web.Response:
    """Forget a passkey; it opens nothing any more."""
    async with request.app[POOL].acquire() as conn, conn.transaction():
        if not await kept.drop_passkey(conn, staff.id, id):
            raise Problem("not_found", "There is no such passkey.")
        await record.note_everywhere(conn, staff.id, record.Deed.PASSKEY_REMOVE)
    return empty()


async def offer_signing_in(request: web.Request) -> web.Response:
    """What a browser needs to sign in by a passkey; it says nothing of whose."""
    _, host = _place(request)
    await request.app[LIMITS].spend("sign_in", request, None)
    options = generate_authentication_options(rp_id=host, user_verification=_VERIFIED)
    async with request.app[POOL].acquire() as conn:
        await kept.keep_challenge(conn, options.challenge, None)
    return answer(OptionsOut(options=orjson.loads(options_to_json(options))))


async def sign_in(request: web.Request, body: CredentialIn) -> web.Response:
    """Sign in by a passkey."""
    origin, host = _place(request)
    await request.app[LIMITS].spend("sign_in", request, None)
    async with request.app[POOL].acquire() as conn:
        challenge = await _spent(conn, body.credential, None)
        async with conn.transaction():
            passkey = await kept.find_passkey(conn, _id_of(body.credential))
            if passkey is None:
                raise Problem("bad_passkey")
            try:
                signed = verify_authentication_response(
                    credential=body.credential,
                    expected_challenge=challenge,
                    expected_rp_id=host,
                    expected_origin=origin,
                    credential_public_key=passkey.public_key,
                    credential_current_sign_count=passkey.sign_count,
                    require_user_verification=True,
                )
            except (WebAuthnException, ValueError):
                raise Problem("bad_passkey") from None
            await kept.used_passkey(conn, passkey.id, signed.new_sign_count)
            response = await doors.enter(request, conn, passkey.staff_id, strong=True)
            await record.note_everywhere(conn, passkey.staff_id, record.Deed.SIGN_IN)
            return response


def _place(request: web.Request) -> tuple[str, str]:
    """The console's origin, which has been checked, and its host: what passkeys are bound to."""
    origin = request.headers["Origin"]
    return origin, urlsplit(origin).hostname or ""


async def _spent(conn: Connection, credential: dict[str, Any], staff_id: int | None) -> bytes:
    """The challenge that a credential answers, used up whatever it is worth; raises Problem `bad_passkey`."""
    try:
        told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(told["challenge"])
    except (KeyError, TypeError, ValueError):
        raise Problem("bad_passkey") from None
    if not await kept.spend_challenge(conn, challenge, staff_id):
        raise Problem("bad_passkey", "That took too long. Try again.")
    return challenge


def _id_of(credential: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(credential["id"])
    except (KeyError, TypeError, ValueError):
        raise Problem("bad_passkey") from None

"""Telling a publisher's own systems what happened: signed as Standard Webhooks says, sent until it is taken.

A message keeps its id and its body at every try, so a receiver that remembers ids sees each once; messages about one
subject arrive in order. Each webhook is served by a task of its own: one that hangs holds up nobody else.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import orjson
import structlog
from aiohttp import web

from moderation.database import DATABASE_DOWN, Connection
from moderation.forever import forever
from service.fetching import Fetcher, FetchFailed
from service.keys import FETCHER, POOL, SIGNER
from service.store import webhooks as store
from service.store.webhooks import Message, Webhook

EVERY_S = 1.0
# Messages to one receiver under way at once, and receivers served at once.
_AT_ONCE = 5
_RECEIVERS = 20
_PREFIX = "whsec_"
_GONE = 410
_MAX_ANSWER = 64 * 1024
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a receiver did not take a message; `gone`: it never wants another; `wait_s`: it said when to come back."""

    why: str
    gone: bool = False
    wait_s: float = 0


def new_secret() -> str:
    """A secret for a new webhook, as receivers' libraries read it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, "v1,…": HMAC-SHA256 over id, time and body (https://www.standardwebhooks.com, "Signature scheme")."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _body(webhook: Webhook, message: Message) -> bytes:
    return orjson.dumps(
        {
            "type": message.type,
            "timestamp": message.created_at.isoformat(),
            "data": {"site": webhook.site, **message.payload},
        }
    )


async def send(
    fetcher: Fetcher, webhook: Webhook, message: Message, *, now: float, name: str | None = None
) -> Refused | None:
    """Send one message at the time `now`, by its own id or `name`; None once the receiver has taken it (any 2xx)."""
    name, sent_at, body = name or f"msg_{message.id}", int(now), _body(webhook, message)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Parley-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": " ".join(sign(secret, name, sent_at, body) for secret in webhook.secrets),
    }
    try:
        answer = await fetcher.request("POST", webhook.url, headers=headers, body=body, max_bytes=_MAX_ANSWER)
    except FetchFailed as error:
        return Refused(str(error))
    if 200 <= answer.status < 300:
        return None
    asked = answer.headers.get("Retry-After", "")
    wait_s = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0
    return Refused(f"it answered {answer.status}", gone=answer.status == _GONE, wait_s=wait_s)


async def deliver(app: web.Application, webhook: Webhook) -> int:
    """Send what is due to one webhook, in order per subject; returns how many messages were tried."""
    tried = 0
    while True:
        async with app[POOL].acquire() as conn, conn.transaction():
            due = await store.take(conn, webhook, limit=_AT_ONCE)
        if not due:
            return tried
        tried += len(due)
        now = app[SIGNER].clock.now()
        outcomes = await asyncio.gather(*(send(app[FETCHER], webhook, one, now=now) for one in due))
        async with app[POOL].acquire() as conn, conn.transaction():
            for message, refused in zip(due, outcomes, strict=True):
                await _settle(conn, webhook, message, refused)
        if any(refused and refused.gone for refused in outcomes):
            return tried


async def _settle(conn: Connection, webhook: Webhook, message: Message, refused: Refused | None) -> None:
    if refused is None:
        await store.delivered(conn, webhook, message.id)
        return
    _log.warning(
        "webhook_refused", webhook=webhook.id, message=message.id, attempts=message.attempts, why=refused.why
    )
    if refused.gone:
        await store.disable(conn, webhook, "it answered 410: it is gone")
    else:
        await store.failed(conn, message, refused.why, at_least_s=refused.wait_s)


async def send_due(app: web.Application) -> int:
    """Send everything that is due now, to all; returns how many messages were tried."""
    async with app[POOL].acquire() as conn:
        receivers = await store.with_work(conn)
    return sum(await asyncio.gather(*(deliver(app, one) for one in receivers)))


async def run(app: web.Application) -> None:
    """Until cancelled: serve each webhook that has something due, those that are being served already aside."""
    serving: dict[int, asyncio.Task[None]] = {}

    async def serve(webhook: Webhook) -> None:
        try:
            await deliver(app, webhook)
        except DATABASE_DOWN as error:
            _log.warning("webhooks_postponed", error=type(error).__name__)
        finally:
            del serving[webhook.id]

    async def step() -> None:
        try:
            async with app[POOL].acquire() as conn:
                receivers = await store.with_work(conn)
        except DATABASE_DOWN:
            return
        for webhook in receivers:
            if webhook.id not in serving and len(serving) < _RECEIVERS:
                serving[webhook.id] = asyncio.create_task(serve(webhook))

    try:
        await forever("webhooks", step, EVERY_S)
    finally:
        for task in tuple(serving.values()):
            task.cancel()
        await asyncio.gather(*serving.values(), return_exceptions=True)

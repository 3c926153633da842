"""What must be forgotten after a while. Every process tries; an advisory lock lets one of them do it."""

from moderation.database import Connection, Pool
from moderation.forever import forever
from service.store import (
    events,
    factors,
    failures,
    faults,
    links,
    marks,
    samples,
    sign_ins,
    ticket_clocks,
    webhooks,
)

EVERY_S = 600.0
EVENT_DAYS = 2
SAMPLE_DAYS = 30
_LOCK = 7220518


async def run(pool: Pool) -> None:
    """Until cancelled."""

    async def step() -> None:
        async with pool.acquire() as conn, conn.transaction():
            if await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
                await sweep(conn)

    await forever("housekeeping", step, EVERY_S)


async def sweep(conn: Connection) -> None:
    """Forget old events, lines of the log, sessions that are over, full buckets, and what tickets told of their readers."""
    await events.forget(conn, older_than_days=EVENT_DAYS)
    await ticket_clocks.close_resolved(conn)
    await ticket_clocks.forget(conn)
    await faults.forget(conn)
    await samples.forget(conn, older_than_days=SAMPLE_DAYS)
    await failures.forget(conn)
    await marks.forget(conn)
    await links.forget(conn)
    await factors.forget_challenges(conn)
    await webhooks.forget(conn)
    await sign_ins.forget(conn)
    await conn.execute("DELETE FROM sessions WHERE expires_at < now()")
    await conn.execute("DELETE FROM staff_sessions WHERE expires_at < now()")
    await conn.execute("DELETE FROM rate_buckets WHERE updated_at < now() - interval '1 day'")

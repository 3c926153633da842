"""The clocks of tickets, with the time faked: what is closed, and what is forgotten, neither sooner nor later."""

from typing import Any

import asyncpg
import pytest

from moderation.database import Pool
from service.housekeeping import sweep
from service.store.ticket_states import Actor, State, may_move
from tests.conftest import row


async def ticket(pool: Pool, site: int, state: str = "open") -> int:
    return await pool.fetchval(
        """INSERT INTO tickets (site_id, reference, secret_hash, category, message, state, email, diagnostics, cause,
                                fingerprint, client_hash, idempotency_key, resolved_at)
           VALUES ($1, 'PX-2222-2222', '', 'other', 'Words.', $2, 'otto@example.org', '{"browser": "Firefox"}', 'csp',
                   'csp||b1|Firefox 130|ready', 'abc', '0123456789abcdef',
                   CASE WHEN $2 IN ('resolved', 'self_solved') THEN now() END)
           RETURNING id""",
        site,
        state,
    )


async def after(pool: Pool, age: str) -> asyncpg.Record:
    """Let so much time pass for all tickets, then keep house."""
    await pool.execute(
        """UPDATE tickets SET created_at = created_at - $1::text::interval, updated_at = updated_at - $1::text::interval,
               resolved_at = resolved_at - $1::text::interval""",
        age,
    )
    async with pool.acquire() as conn, conn.transaction():
        await sweep(conn)
    return await row(pool, "SELECT * FROM tickets")


@pytest.mark.parametrize("state", ["resolved", "self_solved"])
async def test_what_nobody_opened_again_is_closed_after_fourteen_days(
    pool: Pool, site: int, state: str
) -> None:
    await ticket(pool, site, state)
    assert (await after(pool, "13 days 23 hours"))["state"] == state
    assert (await after(pool, "2 hours"))["state"] == "closed"
    steps = await pool.fetch("SELECT from_state, to_state, actor FROM ticket_steps")
    assert [tuple(step) for step in steps] == [(state, "closed", "system")]
    assert may_move(State(state), State.CLOSED, Actor.SYSTEM)


@pytest.mark.parametrize("state", ["open", "waiting_reader", "linked", "handed_over", "received"])
async def test_what_is_not_done_is_never_closed_by_time(pool: Pool, site: int, state: str) -> None:
    await ticket(pool, site, state)
    assert (await after(pool, "400 days"))["state"] == state


@pytest.mark.parametrize(
    ("field", "kept", "gone", "nothing"),
    [
        ("client_hash", "6 days 23 hours", "2 hours", None),
        ("diagnostics", "89 days 23 hours", "2 hours", {}),
        ("fingerprint", "89 days 23 hours", "2 hours", None),
    ],
)
async def test_what_was_told_is_forgotten_in_time(
    pool: Pool, site: int, field: str, kept: str, gone: str, nothing: Any
) -> None:
    await ticket(pool, site)
    assert (await after(pool, kept))[field] not in (None, {})
    now = await after(pool, gone)
    assert now[field] == nothing
    # What the staff answer to stays.
    assert (now["message"], now["cause"]) == ("Words.", "csp")


async def test_an_address_is_kept_while_it_may_be_needed(pool: Pool, site: int) -> None:
    await ticket(pool, site, "resolved")
    assert (await after(pool, "15 days"))["email"] == "otto@example.org"
    assert (await after(pool, "6 days 23 hours"))["email"] == "otto@example.org"
    assert (await after(pool, "2 hours"))["email"] is None


async def test_the_address_of_an_open_ticket_stays(pool: Pool, site: int) -> None:
    await ticket(pool, site, "waiting_reader")
    assert (await after(pool, "100 days"))["email"] == "otto@example.org"

"""A ticket's life is one table: its properties, and random walks through the database that keep to it."""

import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.database import Connection, Pool
from service.store import tickets
from service.store.ticket_states import (
    ACTIVE,
    MOVES,
    WAITING,
    Actor,
    State,
    after_solving,
    after_writing_back,
    may_move,
)
from service.store.tickets import IllegalMoveError, NewTicket

# The specification's line, read aloud: each arrow with whoever makes it there.
SPECIFIED = [
    ("received", "diagnosed", "system"),
    ("diagnosed", "self_solved", "reader"),
    ("diagnosed", "open", "staff"),
    ("open", "waiting_reader", "staff"),
    ("waiting_reader", "in_progress", "reader"),
    ("in_progress", "waiting_reader", "staff"),
    ("in_progress", "resolved", "staff"),
    ("resolved", "open", "reader"),
    ("resolved", "closed", "system"),
    ("open", "merged", "staff"),
    ("open", "linked", "system"),
    ("linked", "resolved", "system"),
    ("open", "handed_over", "reader"),
    ("handed_over", "resolved", "system"),
    ("open", "spam", "staff"),
    ("spam", "open", "staff"),
]


@pytest.mark.parametrize(("before", "after", "actor"), SPECIFIED)
def test_every_specified_move_is_legal(before: str, after: str, actor: str) -> None:
    assert may_move(State(before), State(after), Actor(actor))


def test_every_state_can_be_reached_and_none_is_a_trap() -> None:
    reached = {State.RECEIVED}
    while more := {after for state in reached for after in MOVES[state]} - reached:
        reached |= more
    assert reached == set(State)
    for state in State:
        assert may_move(state, State.OPEN, Actor.STAFF) or state is State.OPEN
        assert state not in MOVES[state]


def test_nothing_becomes_new_again() -> None:
    for state in State:
        assert State.RECEIVED not in MOVES[state]
        assert (State.DIAGNOSED in MOVES[state]) == (state is State.RECEIVED)


def test_only_people_undo_what_people_did() -> None:
    for state in (State.CLOSED, State.MERGED, State.SPAM):
        assert {who for moves in MOVES[state].values() for who in moves} == {Actor.STAFF}


@given(st.sampled_from(State))
def test_what_a_reader_writes_or_says_is_a_legal_move(state: State) -> None:
    for target in (after_writing_back(state), after_solving(state)):
        assert target in (None, state) or may_move(state, target, Actor.READER)
    # Writing back puts no ticket out of the staff's sight.
    written = after_writing_back(state)
    assert written is None or written in ACTIVE or written is State.SPAM
    assert set(WAITING) < set(ACTIVE)


async def _ticket(conn: Connection, site: int, *, state: State = State.RECEIVED) -> str:
    new = NewTicket(
        site_id=site,
        reference="PX-2222-2222",
        secret_hash=b"x",
        category="other",
        message="A message.",
        email=None,
        article_key=None,
        comment_id=None,
        reader_id=None,
        diagnostics={},
        overflow=False,
        state=state,
        idempotency_key="0123456789abcdef",
    )
    return (await tickets.add(conn, new)).reference


def _walk(seed: int, steps: int) -> Iterator[tuple[State, Actor]]:
    chance = random.Random(seed)
    for _ in range(steps):
        yield chance.choice(list(State)), chance.choice(list(Actor))


@pytest.mark.parametrize("seed", range(4))
async def test_random_walks_keep_to_the_table_and_each_step_is_a_row(
    pool: Pool, site: int, seed: int
) -> None:
    async with pool.acquire() as conn:
        reference = await _ticket(conn, site)
        path = [State.RECEIVED]
        for target, actor in _walk(seed, 120):
            legal = may_move(path[-1], target, actor)
            try:
                async with conn.transaction():
                    ticket = await tickets.find(conn, site, reference, lock=True)
                    assert ticket is not None
                    moved = await tickets.move(conn, site, ticket, target, actor=actor)
            except IllegalMoveError:
                assert not legal
                assert target is not path[-1]
                continue
            assert moved == (target is not path[-1])
            assert legal == moved
            if moved:
                path.append(target)
        rows = await conn.fetch("SELECT from_state, to_state FROM ticket_steps ORDER BY id")
        resolved_at = await conn.fetchval("SELECT resolved_at FROM tickets")
    assert len(path) > 5
    assert [(row["from_state"], row["to_state"]) for row in rows] == list(itertools.pairwise(path))
    if path[-1] is not State.CLOSED:
        assert (resolved_at is not None) == (path[-1] in (State.RESOLVED, State.SELF_SOLVED))


async def test_a_ticket_that_comes_with_a_cause_is_diagnosed_at_once(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        await _ticket(conn, site, state=State.DIAGNOSED)
        [step] = await conn.fetch("SELECT from_state, to_state, actor FROM ticket_steps")
    assert tuple(step) == ("received", "diagnosed", "system")


async def test_a_reader_may_open_it_again_for_fourteen_days(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        reference = await _ticket(conn, site)
        for age, may in (("13 days 23 hours", True), ("14 days 1 hour", False)):
            ticket = await tickets.find(conn, site, reference)
            assert ticket is not None
            await tickets.move(conn, site, ticket, State.RESOLVED, actor=Actor.STAFF)
            await conn.execute("UPDATE tickets SET resolved_at = now() - $1::text::interval", age)
            ticket = await tickets.find(conn, site, reference)
            assert ticket is not None
            assert ticket.lapsed is not may
            if may:
                assert await tickets.move(conn, site, ticket, State.OPEN, actor=Actor.READER)
            else:
                with pytest.raises(IllegalMoveError):
                    await tickets.move(conn, site, ticket, State.OPEN, actor=Actor.READER)

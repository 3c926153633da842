"""The steps arrive at schema.sql, names included."""

import asyncio
from pathlib import Path

import asyncpg

from service.migrations import migrate, pending, steps
from tests.postgres import Server

ROOT = Path(__file__).parents[2]

# Everything that a schema is made of, one line a thing.
_DESCRIBE = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
           || coalesce(column_default, '') || ' ' || is_identity || ' ' || coalesce(identity_generation, '') || ' '
           || coalesce(generation_expression, '') AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'table ' || relname || ' ' || relpersistence::text || ' ' || coalesce(array_to_string(reloptions, ','), '')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY line"""


async def describe(dsn: str) -> list[str]:
    conn = await asyncpg.connect(dsn)
    try:
        return [row["line"] for row in await conn.fetch(_DESCRIBE)]
    finally:
        await conn.close()


async def test_the_migrations_reach_the_schema(postgres: Server) -> None:
    by_hand, by_steps = postgres.create_empty(), postgres.create_empty()
    conn = await asyncpg.connect(postgres.dsn_of(by_hand))
    await conn.execute((ROOT / "schema.sql").read_text())
    await conn.close()

    await migrate(postgres.dsn_of(by_steps))

    assert await describe(postgres.dsn_of(by_steps)) == await describe(postgres.dsn_of(by_hand))
    postgres.drop(by_hand)
    postgres.drop(by_steps)


async def test_migrating_at_once_and_again_is_harmless(postgres: Server) -> None:
    name = postgres.create_empty()
    dsn = postgres.dsn_of(name)

    taken = await asyncio.gather(*(migrate(dsn) for _ in range(4)))

    assert sorted(len(one) for one in taken) == [0, 0, 0, len(steps())]
    conn = await asyncpg.connect(dsn)
    assert await pending(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM signing_keys") == 1
    await conn.close()
    postgres.drop(name)


def test_steps_are_numbered_without_gaps() -> None:
    assert [step.version for step in steps()] == list(range(1, len(steps()) + 1))

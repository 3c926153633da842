"""Fault 6: half a second of delay and one reset in a hundred, before the service and behind it. Retries suffer, readers do not."""

from typing import Any

from tests.faults.checker import violations
from tests.faults.conftest import Start
from tests.faults.history import History, Outcome
from tests.faults.proxy import Proxy, proxied, socket_of, through
from tests.faults.writers import Writers
from tests.processes import until, until_ready

DELAY_S, RESETS = 0.5, 0.01


def assert_nearly_all_acknowledged(history: History) -> None:
    failed = [write for write in history.writes if write.outcome is not Outcome.OK]
    assert len(failed) <= len(history.writes) / 1000, failed


async def cut(proxy: Proxy, count: int) -> bool:
    return proxy.cut >= count


async def test_between_clients_and_the_service(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    await until_ready(start("serve", database_url=database, port=port), url)
    async with (
        proxied(port, delay_s=DELAY_S, resets=RESETS) as proxy,
        Writers(f"http://127.0.0.1:{proxy.port}", history, count=100) as writers,
    ):
        while len(history.writes) < 1000:
            await writers.progress()
        await until(lambda: cut(proxy, 5), what="five connections reset")

    assert_nearly_all_acknowledged(history)
    assert any(write.attempts > 1 for write in history.writes), "no reset was felt by any writer"
    assert await violations(onlooker, history) == []


async def test_between_the_service_and_its_database(
    start: Start, database: str, onlooker: Any, port: int, url: str
) -> None:
    history = History()
    async with proxied(socket_of(database)) as proxy:
        behind = through(proxy, database)
        await until_ready(start("serve", database_url=behind, port=port), url)
        start("moderate", database_url=database)
        async with Writers(url, history) as writers:
            await writers.progress()
            # Thrice as many resets: a slow database exchanges few pieces, and some must be the last.
            proxy.delay_s, proxy.resets = DELAY_S, 3 * RESETS
            await until(lambda: cut(proxy, 2), what="two connections reset")
            await writers.progress()

        async def all_judged() -> bool:
            return not await onlooker.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")

        await until(all_judged, what="all judged")

    assert_nearly_all_acknowledged(history)
    assert await violations(onlooker, history) == []

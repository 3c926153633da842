"""Work that a process does again and again, whatever happens to it once."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger()


async def forever(name: str, step: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Do `step`, wait `every_s` seconds, and so on until cancelled. A step that fails is logged, and is not the last."""
    while True:
        try:
            await step()
        except Exception:  # noqa: BLE001 -- a task that ended in silence would be missed by nobody until it is needed
            _log.exception("step_failed", task=name)
        await asyncio.sleep(every_s)

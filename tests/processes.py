"""The real parts as processes: `parley up`, `serve` or `moderate`, started, killed, and waited for."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import aiohttp
import psutil

ROOT = Path(__file__).parents[1]
# Generous: a busy machine is slow, and a wait that succeeds ends at once.
PATIENCE_S = 60.0
_POLL_S = 0.02

T = TypeVar("T")


class Part:
    """A running `parley …`. Its logs and words are in the file `log`."""

    def __init__(self, command: str, directory: Path, settings: dict[str, str]) -> None:
        """Start it; `settings` are environment variables, over a classifier on cue and no rate limits."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name != "DATABASE_URL" and not name.startswith("PARLEY_")
        }
        environment = {
            "PARLEY_DATA_DIR": str(directory),
            "PARLEY_RATE_LIMITS": "off",
            "PARLEY_CLASSIFIER": "python:tests.classifiers:Cued",
            "PYTHONPATH": str(ROOT),
        }
        self.log = directory / f"{command.split(maxsplit=1)[0]}.log"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", *command.split()],
                env=inherited | environment | settings,
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def family(self) -> list[psutil.Process]:
        """All processes below this one."""
        return psutil.Process(self.pid).children(recursive=True)

    def kill(self) -> None:
        """SIGKILL, to this process alone."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """SIGTERM; does not wait."""
        self._process.terminate()

    async def ended(self, seconds: float = PATIENCE_S) -> int:
        """Its exit status, awaited."""
        return await asyncio.to_thread(self._process.wait, seconds)

    def stop(self) -> None:
        """End it whatever it does, and whatever it started."""
        if self._process.poll() is None:
            family = self.family()
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                for process in family:
                    process.kill()
                self.kill()

    def assert_runs(self) -> None:
        assert self._process.poll() is None, self.words()

    def words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def until(
    condition: Callable[[], Awaitable[T]], *, what: str = "condition", seconds: float = PATIENCE_S
) -> T:
    """Ask again and again until the answer is true, and return it; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        await asyncio.sleep(_POLL_S)
    return answer


async def until_ready(part: Part, url: str) -> None:
    """Wait until the service answers at `url` and reaches its database."""

    async def ready() -> bool:
        part.assert_runs()
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{url}/readyz", timeout=aiohttp.ClientTimeout(5)) as answer,
            ):
                return answer.status == 200
        except (OSError, aiohttp.ClientError, TimeoutError):
            return False

    await until(ready, what=f"{url} ready")

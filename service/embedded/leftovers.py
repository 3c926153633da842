"""What an earlier run left in a cluster directory: live orphans, stale pid files, other people's pids."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

from service.embedded.binaries import EmbeddedPostgresError

_FAST_SHUTDOWN_SECONDS = 30.0
_KILL_SECONDS = 10.0


def clear_leftovers(cluster: Path) -> None:
    """Make `cluster` ready for a new postmaster; the caller holds its lock.

    A live postmaster of ours is stopped rather than adopted: only a direct child can be waited for, so an
    adopted one could die unnoticed. Backends that outlived theirs are killed, as Postgres would refuse to
    start beside them. A pid that belongs to somebody else by now is never signalled; then the pid file that
    names it is removed, since Postgres itself would take that process for a postmaster. So is a torn one.
    """
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = recorded_pid(pid_file)
    if pid is not None and is_ours(pid, cluster):
        _signal(pid, signal.SIGINT)
        _wait_gone([pid], cluster, _FAST_SHUTDOWN_SECONDS)
    kill_processes(cluster)
    if pid is None or psutil.pid_exists(pid):
        pid_file.unlink(missing_ok=True)
        for socket_lock in cluster.glob(".s.PGSQL.*.lock"):
            socket_lock.unlink(missing_ok=True)


def is_ours(pid: int, cluster: Path) -> bool:
    """Whether `pid` is a live Postgres process working in `cluster`: by pid, name and working directory."""
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == cluster.resolve()
    except (psutil.Error, OSError):
        return False


def kill_processes(cluster: Path) -> None:
    """SIGKILL every Postgres process that works in `cluster` and wait until they are gone."""
    ours = [pid for pid in psutil.pids() if is_ours(pid, cluster)]
    for pid in ours:
        _signal(pid, signal.SIGKILL)
    alive = _wait_gone(ours, cluster, _KILL_SECONDS)
    if alive:
        raise EmbeddedPostgresError(f"Postgres processes of an earlier run do not die: {alive}")


def recorded_pid(pid_file: Path) -> int | None:
    """The postmaster's pid as its pid file has it; None where there is no such file, or a torn one."""
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_gone(pids: list[int], cluster: Path, seconds: float) -> list[int]:
    """Those of `pids` that are still ours after `seconds`.

    A zombie counts as gone: in a container without an init nobody reaps the orphans of a killed parent.
    """
    deadline = time.monotonic() + seconds
    while alive := [pid for pid in pids if is_ours(pid, cluster)]:
        if time.monotonic() > deadline:
            return alive
        time.sleep(0.01)
    return []

"""What an earlier run left in a cluster directory: live orphans, stale pid files, other people's pids."""

import signal
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
    names it is removed, since Postgres itself would take that process for a postmaster.
    """
    pid_file = cluster / "postmaster.pid"
    pid = _recorded_pid(pid_file)
    if pid is None:
        return
    if is_ours(pid, cluster):
        _stop_postmaster(psutil.Process(pid), cluster)
    kill_processes(cluster)
    if psutil.pid_exists(pid):
        pid_file.unlink(missing_ok=True)
        for socket_lock in cluster.glob(".s.PGSQL.*.lock"):
            socket_lock.unlink(missing_ok=True)


def is_ours(pid: int, cluster: Path) -> bool:
    """Whether `pid` is a Postgres process working in `cluster`: by pid, by name and by working directory."""
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == cluster.resolve()
    except (psutil.Error, OSError):
        return False


def kill_processes(cluster: Path) -> None:
    """SIGKILL every Postgres process that works in `cluster` and wait until they are gone."""
    ours = [process for process in psutil.process_iter() if is_ours(process.pid, cluster)]
    for process in ours:
        _signal(process, signal.SIGKILL)
    _, alive = psutil.wait_procs(ours, timeout=_KILL_SECONDS)
    if alive:
        pids = ", ".join(str(process.pid) for process in alive)
        raise EmbeddedPostgresError(f"Postgres processes of an earlier run do not die: {pids}")


def _recorded_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _stop_postmaster(process: psutil.Process, cluster: Path) -> None:
    _signal(process, signal.SIGINT)
    try:
        process.wait(timeout=_FAST_SHUTDOWN_SECONDS)
    except psutil.TimeoutExpired:
        kill_processes(cluster)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return

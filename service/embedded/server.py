"""A Postgres of our own: initialised, started, watched and stopped as a direct child."""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from service.embedded.address import DATABASE, USER, dsn_of, forget
from service.embedded.binaries import EmbeddedPostgresError, find_binaries, reachable_binaries
from service.embedded.child import ServerUser, open_private, spawn
from service.embedded.configuration import SETTINGS
from service.embedded.leftovers import clear_leftovers, is_ours, kill_processes, recorded_pid

_START_SECONDS = 300.0
_STOP_SECONDS = 20.0
_LOG_BYTES = 10_000_000


class EmbeddedPostgres:
    """One Postgres cluster under `data_dir`, reached over a unix socket that only its owner can open.

    `data_dir` holds `lock`, `log` and `cluster/`. Run as root, the server drops to the cluster's owner, or
    to `nobody` where the cluster is new; the directories above are never changed.
    """

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are server settings by name, over the ones that Parley chooses."""
        self._directory = data_dir.absolute()
        self._cluster = self._directory / "cluster"
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it was started by this object."""
        return self._process.pid if self._process else None

    def start(self) -> str:
        """Initialise the cluster if it is new, start the server, and return its DSN once it answers.

        Blocks for about 0.05 s (0.8 s when new). Call it from the main thread: Linux ends the server with
        the thread that started it. Raises EmbeddedPostgresError.
        """
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedPostgresError("embedded Postgres must be started from the main thread")
        self._take_lock()
        try:
            user = self._server_user()
            binaries = find_binaries()
            if user.is_other:
                binaries = reachable_binaries(binaries, user.uid)
            if not self._cluster.exists():
                self._initialise(binaries, user)
            clear_leftovers(self._cluster)
            self._process = self._launch(binaries, user)
            self._wait_until_ready(self._process)
            return dsn_of(self._cluster)
        except OSError as error:
            self.stop()
            raise EmbeddedPostgresError(f"cannot run Postgres in {self._directory}: {error}") from error
        except BaseException:
            self.stop()
            raise

    @property
    def running(self) -> bool:
        """Whether it was started, not stopped since, and has not died."""
        return self._process is not None and self._process.poll() is None

    def poll(self) -> int | None:
        """The server's exit status once it has died, else None."""
        return self._process.poll() if self._process else None

    def wait(self, timeout: float | None = None) -> int:
        """Block until the server is dead and return its exit status; subprocess.TimeoutExpired after `timeout` s."""
        if self._process is None:
            raise EmbeddedPostgresError("embedded Postgres is not running")
        return self._process.wait(timeout)

    def stop(self) -> None:
        """Stop the server (SIGINT, a fast shutdown; SIGKILL after 20 s) and let go of the data directory."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kill_processes(self._cluster)
        if self._lock is not None:
            forget(self._cluster)
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            lock = open_private(self._directory / "lock", "a+")
        except OSError as error:
            raise EmbeddedPostgresError(
                f"cannot keep data in {self._directory} ({error.strerror}): set PARLEY_DATA_DIR"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise EmbeddedPostgresError(
                f"{self._directory} is in use by process {holder}: stop it, or set PARLEY_DATA_DIR"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _server_user(self) -> ServerUser:
        owner = self._cluster.stat() if self._cluster.exists() else None
        if os.geteuid() == 0:
            if owner is not None and owner.st_uid != 0:
                return ServerUser(owner.st_uid, owner.st_gid)
            nobody = pwd.getpwnam("nobody")
            return ServerUser(nobody.pw_uid, nobody.pw_gid)
        if owner is not None and owner.st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{self._cluster} belongs to another user (uid {owner.st_uid}): set PARLEY_DATA_DIR"
            )
        return ServerUser(os.geteuid(), os.getegid())

    def _initialise(self, binaries: Path, user: ServerUser) -> None:
        """Build the cluster beside its place and rename it, so that a killed initdb leaves nothing half made."""
        fresh = self._cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, user.uid, user.gid)
        initdb = [
            str(binaries / "initdb"),
            f"--pgdata={user.path_of(fresh)}",
            f"--username={USER}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        ]
        self._run(initdb, fresh, user, "")
        single = [str(binaries / "postgres"), "--single", "-D", user.path_of(fresh), "-c", "exit_on_error=on"]
        self._run([*single, "template1"], fresh, user, f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self._cluster)
        directory = os.open(self._directory, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def _run(self, command: list[str], cwd: Path, user: ServerUser, text: str) -> None:
        with self._open_log() as log:
            process = spawn(command, cwd, user, log=log, stdin=subprocess.PIPE)
            try:
                process.communicate(text.encode())
            except BaseException:
                process.kill()
                process.wait()
                raise
        if process.returncode != 0:
            raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {self._last_words()}")

    def _launch(self, binaries: Path, user: ServerUser) -> subprocess.Popen[bytes]:
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", user.path_of(self._cluster), *settings]
        with self._open_log() as log:
            return spawn(command, self._cluster, user, log=log, stdin=subprocess.DEVNULL)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _says_ready(self._cluster / "postmaster.pid", process.pid):
            if process.poll() is not None:
                raise EmbeddedPostgresError(f"Postgres did not start: {self._last_words()}")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"Postgres is not ready after {_START_SECONDS:.0f} s: see {self._log}"
                )
            time.sleep(0.005)

    @property
    def _log(self) -> Path:
        return self._directory / "log"

    def _open_log(self) -> IO[bytes]:
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.rename(self._log.with_name("log.1"))
        return open_private(self._log, "ab")

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-30:]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        return f"{(telling or lines or ['no output'])[-1].strip()} (see {self._log})"


def running_dsn(data_dir: Path) -> str | None:
    """The DSN of the server that another process keeps running on `data_dir`, if there is one that answers."""
    cluster = data_dir.absolute() / "cluster"
    pid = recorded_pid(cluster / "postmaster.pid")
    if pid is None or not is_ours(pid, cluster) or not _says_ready(cluster / "postmaster.pid", pid):
        return None
    return dsn_of(cluster)


def _says_ready(pid_file: Path, pid: int) -> bool:
    """Whether the pid file is of `pid` and its eighth line is `ready` (PostgreSQL, miscadmin.h)."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]

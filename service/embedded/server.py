"""A Postgres of our own: initialised, started, watched and stopped as a direct child."""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

from service.embedded.binaries import EmbeddedPostgresError, find_binaries, reachable_binaries
from service.embedded.leftovers import clear_leftovers, kill_processes

_USER = "parley"
_DATABASE = "parley"
_PORT = 5432
_LONGEST_SOCKET_DIRECTORY = 103 - len(f"/.s.PGSQL.{_PORT}")
_START_SECONDS = 300.0
_STOP_SECONDS = 20.0
_LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "min_wal_size": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    # Statements, their parameters and the details of errors carry what readers wrote: none of it is logged.
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres:
    """One Postgres cluster under `data_dir`, reached over a unix socket that only its owner can open.

    `data_dir` holds `lock`, `log` and `cluster/`. Run as root, the server drops to the cluster's owner, or
    to `nobody` where the cluster is new; the directories above are never changed.
    """

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are server settings by name, over the ones that Parley chooses."""
        self._directory = data_dir.absolute()
        self._cluster = self._directory / "cluster"
        self._settings = {**_SETTINGS, **(settings or {})}
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
            uid, gid = self._server_user()
            binaries = find_binaries()
            if uid != os.geteuid():
                binaries = reachable_binaries(binaries, uid)
            if not self._cluster.exists():
                self._initialise(binaries, uid, gid)
            clear_leftovers(self._cluster)
            self._process = self._launch(binaries, uid, gid)
            self._wait_until_ready(self._process)
            return self._dsn()
        except BaseException:
            self.stop()
            raise

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
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            lock = (self._directory / "lock").open("a+")
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

    def _server_user(self) -> tuple[int, int]:
        owner = self._cluster.stat() if self._cluster.exists() else None
        if os.geteuid() == 0:
            if owner is not None and owner.st_uid != 0:
                return owner.st_uid, owner.st_gid
            nobody = pwd.getpwnam("nobody")
            return nobody.pw_uid, nobody.pw_gid
        if owner is not None and owner.st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{self._cluster} belongs to another user (uid {owner.st_uid}): set PARLEY_DATA_DIR"
            )
        return os.geteuid(), os.getegid()

    def _initialise(self, binaries: Path, uid: int, gid: int) -> None:
        """Build the cluster beside its place and rename it, so that a killed initdb leaves nothing half made."""
        fresh = self._cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, uid, gid)
        self._run(
            [
                str(binaries / "initdb"),
                f"--pgdata={_path_for_server(fresh, uid)}",
                f"--username={_USER}",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth-local=trust",
                "--auth-host=reject",
                "--no-instructions",
            ],
            fresh,
            uid,
            gid,
        )
        single = [str(binaries / "postgres"), "--single", "-D", _path_for_server(fresh, uid), "template1"]
        self._run(single, fresh, uid, gid, f"CREATE DATABASE {_DATABASE}\n".encode())
        fresh.rename(self._cluster)

    def _run(self, command: list[str], cwd: Path, uid: int, gid: int, text: bytes = b"") -> None:
        with self._open_log() as log:
            process = self._spawn(command, cwd, uid, gid, log=log, stdin=subprocess.PIPE)
            try:
                process.communicate(text)
            except BaseException:
                process.kill()
                process.wait()
                raise
        if process.returncode != 0:
            raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {self._last_words()}")

    def _launch(self, binaries: Path, uid: int, gid: int) -> subprocess.Popen[bytes]:
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", _path_for_server(self._cluster, uid), *settings]
        with self._open_log() as log:
            return self._spawn(command, self._cluster, uid, gid, log=log, stdin=subprocess.DEVNULL)

    def _spawn(
        self, command: list[str], cwd: Path, uid: int, gid: int, *, log: IO[bytes], stdin: int
    ) -> subprocess.Popen[bytes]:
        root = os.geteuid() == 0
        try:
            # A session of its own: the terminal's Ctrl-C is for the service, which stops the server last.
            return subprocess.Popen(  # noqa: S603
                command,
                cwd=cwd,
                env={"LC_ALL": "C", "PATH": os.defpath},
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
                user=uid if root else None,
                group=gid if root else None,
                extra_groups=[] if root else None,
                preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedPostgresError(f"cannot run {command[0]} as uid {uid}: {error}") from error

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
        return self._log.open("ab")

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-30:]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        return f"{(telling or lines or ['no output'])[-1].strip()} (see {self._log})"

    def _dsn(self) -> str:
        host = str(self._cluster)
        if len(os.fsencode(host)) > _LONGEST_SOCKET_DIRECTORY or "," in host:
            host = str(_short_name(self._cluster))
        return f"postgresql://{_USER}@/{_DATABASE}?host={quote(host, safe='/')}&port={_PORT}"


def _path_for_server(directory: Path, uid: int) -> str:
    """How the server names the directory it is started in: not by path where the path is closed to its user."""
    return str(directory) if uid == os.geteuid() else "/proc/self/cwd"


def _says_ready(pid_file: Path, pid: int) -> bool:
    """Whether the pid file is of `pid` and its eighth line is `ready` (PostgreSQL, miscadmin.h)."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return lines[:1] == [str(pid)] and [line.strip() for line in lines[7:8]] == ["ready"]


def _short_name(cluster: Path) -> Path:
    """A symbolic link to `cluster` in a private directory, for paths that a socket address cannot hold."""
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"parley-{os.geteuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    status = private.lstat()
    if private.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise EmbeddedPostgresError(
            f"{private} is not ours alone: remove it, or set a shorter PARLEY_DATA_DIR"
        )
    link = private / "pg"
    link.unlink(missing_ok=True)
    link.symlink_to(cluster)
    return link


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """What the child does before exec, on Linux: ask for SIGINT should its parent die without stopping it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return ask

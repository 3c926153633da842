"""Starting a PostgreSQL program as a child of ours: unprivileged, in its own session, gone when we are gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from service.embedded.binaries import EmbeddedPostgresError

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class ServerUser:
    """The user that Postgres runs as: ourselves, or another when we are root."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether we must drop privileges to become this user."""
        return self.uid != os.geteuid()

    def path_of(self, directory: Path) -> str:
        """How a program started in `directory` names it: not by its path where that is closed to its user."""
        return "/proc/self/cwd" if self.is_other else str(directory)


def spawn(
    command: list[str], cwd: Path, user: ServerUser, *, log: IO[bytes], stdin: int
) -> subprocess.Popen[bytes]:
    """Start `command` in `cwd` as `user`; nothing of our environment reaches it (locale, PG* variables).

    It has a session of its own: the terminal's Ctrl-C is for the service, which stops its database last.
    """
    try:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=cwd,
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=stdin,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            user=user.uid if user.is_other else None,
            group=user.gid if user.is_other else None,
            extra_groups=[] if user.is_other else None,
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(f"cannot run {command[0]} as uid {user.uid}: {error}") from error


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file that only we can read, refusing a symbolic link in its place."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600))


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

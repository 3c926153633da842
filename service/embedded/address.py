"""How clients name the server's unix socket, whose address holds about 100 bytes."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from service.embedded.binaries import EmbeddedPostgresError
from service.embedded.configuration import PORT

USER = "parley"
DATABASE = "parley"
_LONGEST_DIRECTORY = 103 - len(f"/.s.PGSQL.{PORT}")


def dsn_of(cluster: Path) -> str:
    """The DSN of the server in `cluster`, whose socket lies in the cluster's own directory."""
    host = str(cluster)
    if len(os.fsencode(host)) > _LONGEST_DIRECTORY or "," in host:
        host = str(_short_name(cluster))
    return f"postgresql://{USER}@/{DATABASE}?host={quote(host, safe='/')}&port={PORT}"


def forget(cluster: Path) -> None:
    """Remove what `dsn_of` left outside the cluster."""
    private = _private_directory(cluster)
    with contextlib.suppress(OSError):
        (private / "pg").unlink()
        private.rmdir()


def _private_directory(cluster: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"parley-{os.geteuid()}-{digest}"


def _short_name(cluster: Path) -> Path:
    """A symbolic link to `cluster` in a private directory, for paths that a socket address cannot hold."""
    private = _private_directory(cluster)
    private.mkdir(mode=0o700, exist_ok=True)
    status = private.lstat()
    if private.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise EmbeddedPostgresError(
            f"{private} is not ours alone: remove it, or set a shorter PARLEY_DATA_DIR"
        )
    link = private / "pg"
    with contextlib.suppress(FileExistsError):
        link.symlink_to(cluster)
    return link

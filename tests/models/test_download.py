"""Fetching weights from a server that breaks off, lies, or is silent."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from moderation.download import DownloadError, fetch

CONTENT = bytes(range(256)) * 4_000
NAME = f"model-{hashlib.sha256(CONTENT).hexdigest()[:8]}.ckpt"


class Files(BaseHTTPRequestHandler):
    """Serves CONTENT under every name, in the way that the name's folder says; notes the ranges that were asked for."""

    asked: list[str | None]

    def do_GET(self) -> None:
        _, how, _ = self.path.split("/", 2)
        self.asked.append(self.headers["Range"])
        if how == "missing":
            self.send_error(404)
            return
        start = int((self.headers["Range"] or "bytes=0-")[6:-1]) if how != "whole" else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        content = CONTENT[start:] if how != "damaged" else b"x" * len(CONTENT)
        self.send_response(206 if self.headers["Range"] and how != "whole" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        breaks = how == "breaking" and len(self.asked) < 3
        self.wfile.write(content[: len(content) // 2] if breaks else content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Files, "asked", [], raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def quiet(_what: str, _done: int, _of: int) -> None:
    pass


def test_a_file_is_fetched_with_progress(server: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    fetch(f"{server}/plain/{NAME}", tmp_path / "deep" / "file", lambda _, done, of: told.append((done, of)))
    assert (tmp_path / "deep" / "file").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_connection_that_breaks_off_is_taken_up_where_it_broke(server: str, tmp_path: Path) -> None:
    fetch(f"{server}/breaking/{NAME}", tmp_path / "file", quiet)
    assert (tmp_path / "file").read_bytes() == CONTENT
    half = len(CONTENT) // 2
    assert Files.asked == [None, f"bytes={half}-", f"bytes={half + half // 2}-"]


def test_what_an_earlier_run_left_is_gone_on_with(server: str, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    fetch(f"{server}/plain/{NAME}", tmp_path / "file", quiet)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert Files.asked == ["bytes=1000-"]
    assert not (tmp_path / "file.part").exists()


def test_a_part_that_was_whole_already_is_kept(server: str, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)
    fetch(f"{server}/plain/{NAME}", tmp_path / "file", quiet)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_without_ranges_is_read_from_the_beginning(server: str, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    fetch(f"{server}/whole/{NAME}", tmp_path / "file", quiet)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_damaged_file_is_thrown_away(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="damaged: its checksum is"):
        fetch(f"{server}/damaged/{NAME}", tmp_path / "file", quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_an_error_at_once(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="answers 404"):
        fetch(f"{server}/missing/{NAME}", tmp_path / "file", quiet)
    assert len(Files.asked) == 1


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/{NAME}"
        with pytest.raises(DownloadError, match="cannot be fetched: timed out"):
            fetch(url, tmp_path / "file", quiet, timeout_s=0.05)


def test_no_server_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(DownloadError, match="refused"):
        fetch(f"http://127.0.0.1:{port}/{NAME}", tmp_path / "file", quiet)

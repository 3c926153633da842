"""The classifier on an inference server: against KServe's own server, and against one that misbehaves on cue."""

import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from moderation import remote
from moderation.classifier import ClassifierUnavailable, load
from moderation.database import Pool
from moderation.remote import Address, RemoteError, columns_of
from tests.conftest import Api, MakeWorker
from tests.processes import PATIENCE_S, free_port

ROOT = Path(__file__).parents[2]
_MODEL = Path(__file__).with_name("kserve_model.py")


class KServe:
    """KServe's server with the cued model, which can be taken away and brought back."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v2/models/cued"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [ROOT / ".venv-kserve/bin/python", _MODEL, "--http_port", str(self.port)],
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/ready", timeout=5):
                    return
            except OSError:
                assert self._process.poll() is None, self._log.read_text()[-2000:]
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def kserve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KServe]:
    server = KServe(tmp_path_factory.mktemp("kserve") / "log")
    server.start()
    yield server
    server.kill()


TEXTS = ["you idiot", "a fine day", 'ünïcode 😀 "quoted"', ""]


@pytest.mark.parametrize("path", ["cued", "cued-matrix?label=toxicity&label=insult"])
def test_a_real_server_scores_texts_in_order(kserve: KServe, path: str) -> None:
    classifier = load(kserve.url.removesuffix("cued") + path)
    try:
        assert classifier.id == f"remote:{path.partition('?')[0]}@7"
        assert classifier.labels == ("toxicity", "insult")
        scores = classifier.score(TEXTS)
        assert [score["toxicity"] for score in scores] == [0.95, 0.02, 0.02, 0.02]
        assert [score["insult"] for score in scores] == [0.475, 0.01, 0.01, 0.01]
        assert classifier.score([]) == []
    finally:
        classifier.close()


def test_a_text_that_breaks_the_server_is_an_error_and_the_next_call_is_fine(kserve: KServe) -> None:
    classifier = load(kserve.url)
    try:
        with pytest.raises(RemoteError, match="status 500"):
            classifier.score(["break-the-server"])
        assert classifier.score(["you idiot"])[0]["toxicity"] == 0.95
    finally:
        classifier.close()


async def test_a_lost_server_holds_comments_until_it_is_back(
    kserve: KServe, api: Api, make_worker: MakeWorker, pool: Pool
) -> None:
    worker = await make_worker(kserve.url, score_timeout_s=PATIENCE_S)
    ann = await api.guest()

    async def statuses() -> list[str]:
        while await worker.run_once():
            pass
        return [row["status"] for row in await pool.fetch("SELECT status FROM comments ORDER BY id")]

    await ann.post("a fine day")
    await ann.post("you idiot")
    await ann.post("break-the-server")
    assert await statuses() == ["published", "held", "held"]
    assert await pool.fetchval("SELECT count(*) FROM scores WHERE model = 'remote:cued@7'") == 2

    kserve.kill()
    await ann.post("a fine evening")
    assert (await statuses())[-1] == "held"
    reasons = await pool.fetchval("SELECT reasons FROM decisions ORDER BY id DESC LIMIT 1")
    assert [reason["code"] for reason in reasons] == ["unscored"]

    kserve.start()
    await worker.prepare()
    assert (await statuses())[-1] == "published"


Respond = Callable[[int, str], tuple[int, Any]]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[Respond]]]:
    """A server whose answers a test sets: called with the number of the request and its path; gives status and body."""
    monkeypatch.setattr(remote, "_PAUSE_S", 0.001)
    monkeypatch.setattr(remote, "TRY_S", 0.3)
    script: list[Respond] = []
    asked: list[str] = []
    hung = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(self.path)
            status, body = script[0](len(asked), self.path)
            if status == 0:
                hung.wait(PATIENCE_S)
                return
            raw = body if isinstance(body, bytes) else orjson.dumps(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = answer  # noqa: N815 -- the names that the library calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v2/models/m", script
    hung.set()
    server.shutdown()
    server.server_close()


def good(_number: int, path: str, *, version: str = "1") -> tuple[int, Any]:
    tensor = {"name": "toxicity", "shape": [1], "datatype": "FP32", "data": [0.5]}
    return (
        (200, {"model_version": version, "outputs": [tensor]})
        if path.endswith("/infer")
        else (200, {"name": "m"})
    )


@pytest.mark.parametrize("status", [429, 502, 503, 504, 0], ids=["busy", "gateway", "away", "late", "hangs"])
def test_what_may_pass_is_tried_again(scripted: tuple[str, list[Respond]], status: int) -> None:
    url, script = scripted
    script.append(lambda number, path: (status, {}) if number in (1, 3) else good(number, path))
    classifier = load(url)
    assert classifier.score(["x"]) == [{"toxicity": 0.5}]
    classifier.close()


@pytest.mark.parametrize(
    ("respond", "said"),
    [
        (lambda *_: (503, {}), "does not answer: status 503"),
        (lambda *_: (0, {}), "does not answer: .*Timeout"),
        (lambda *_: (404, {}), "knows no such model"),
        (lambda n, path: (200, b"<html>") if "infer" in path else good(n, path), "not JSON"),
        (lambda n, path: (200, []) if "infer" in path else good(n, path), "not an object"),
        (lambda n, path: (200, {"outputs": []}) if "infer" in path else good(n, path), "no outputs"),
        (
            lambda n, path: (
                (200, {"outputs": [{"name": "calm", "data": [1.0]}]}) if "infer" in path else good(n, path)
            ),
            "no label toxicity, but calm",
        ),
    ],
)
def test_a_server_that_is_no_use_is_unavailable_and_says_why(
    scripted: tuple[str, list[Respond]], respond: Respond, said: str
) -> None:
    url, script = scripted
    script.append(respond)
    with pytest.raises(ClassifierUnavailable, match=said):
        load(url)


def test_another_version_behind_the_same_address_is_not_taken_for_the_old_one(
    scripted: tuple[str, list[Respond]],
) -> None:
    url, script = scripted
    script.append(good)
    classifier = load(url)
    script[0] = lambda number, path: good(number, path, version="2")
    with pytest.raises(ClassifierUnavailable, match="version 2 now"):
        classifier.score(["x"])
    classifier.close()


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(ClassifierUnavailable, match="does not answer"):
        load(f"http://127.0.0.1:{free_port()}/v2/models/m")


def test_a_password_in_the_address_is_sent_and_never_told() -> None:
    address = Address.parse("http://ann:s3cret@host:81/v2/models/m?label=toxicity")
    assert (address.url, address.headers) == (
        "http://host:81/v2/models/m",
        {"Authorization": "Basic YW5uOnMzY3JldA=="},
    )
    with pytest.raises(ClassifierUnavailable) as caught:
        load(f"http://ann:s3cret@127.0.0.1:{free_port()}/v2/models/m")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "spec", ["http://host/models/m", "http:///v2/models/m", "https://host/v2/models/", "http://host"]
)
def test_what_is_no_address_is_told_how_to_write_one(spec: str) -> None:
    with pytest.raises(ClassifierUnavailable, match="write http"):
        Address.parse(spec)


@pytest.mark.parametrize(
    "outputs",
    [
        [{"name": "toxicity", "data": [0.1, 0.2, 0.3]}],
        [{"name": "toxicity", "data": "0.1"}],
        [{"name": "toxicity", "data": [0.1, "0.2"]}],
        [{"name": "toxicity"}],
        ["toxicity"],
        None,
    ],
)
def test_numbers_that_do_not_fit_the_texts_are_refused(outputs: Any) -> None:
    with pytest.raises(RemoteError):
        columns_of(outputs, 2, ())


def test_nested_and_flat_data_are_the_same() -> None:
    flat = [{"name": "scores", "data": [0.1, 0.2, 0.3, 0.4]}]
    nested = [{"name": "scores", "data": [[0.1, 0.2], [0.3, 0.4]]}]
    labels = ("toxicity", "insult")
    assert (
        columns_of(flat, 2, labels)
        == columns_of(nested, 2, labels)
        == {"toxicity": [0.1, 0.3], "insult": [0.2, 0.4]}
    )

"""Browser tests: the real service and worker in a process of their own, a real Chromium, one page a test."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.consoles import Desk, open_desk
from tests.browser.patience import PATIENCE_S, SLOWNESS
from tests.browser.slowness import SlowLine, slow_down

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_S = 60.0
expect.set_options(timeout=1000 * PATIENCE_S)


@dataclass
class LiveService:
    """A running Parley with its demo, and a reader's API to one site, to act behind the browser's back."""

    url: str
    email: str
    password: str
    log: Path
    process: "subprocess.Popen[bytes]"
    guests: int = field(default=0)
    site: str = "demo"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the site's API; gives the decoded answer. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/sites/{self.site}{path}",
            method=method,
            data=None if body is None else orjson.dumps(body),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            raw = answer.read()
        return orjson.loads(raw) if raw else None

    def guest(self, name: str | None = None) -> str:
        """A new reader's access token."""
        self.guests += 1
        return str(self.call("POST", "/guests", {"name": name or f"Reader {self.guests}"})["access_token"])

    def post(self, body: str, *, token: str | None = None, article: str = "demo-article", **more: Any) -> Any:
        """Post a comment; gives it as its author sees it, pending."""
        token = token or self.guest()
        answer = self.call(
            "POST", f"/articles/{article}/comments", {"body": body, **more}, Authorization=f"Bearer {token}"
        )
        answer["token"] = token
        return answer

    def wait_for(self, comment: Any, *statuses: str) -> Any:
        """Wait until a comment that `post` gave has one of these statuses."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            now = self.call("GET", f"/comments/{comment['id']}", Authorization=f"Bearer {comment['token']}")
            if now["status"] in statuses:
                return now
            assert time.monotonic() < deadline, f"still {now['status']}"
            time.sleep(0.02)


@pytest.fixture(scope="session")
def live_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    """`parley up --demo` with the tests' cued classifier: what says "idiot" is held, the rest is published."""
    directory = tmp_path_factory.mktemp("live")
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "PARLEY_PORT": str(port),
        "PARLEY_DATA_DIR": str(directory),
        "PARLEY_RATE_LIMITS": "off",
        "PARLEY_CLASSIFIER": "python:tests.classifiers:Cued",
        "PARLEY_OUTGOING_NETWORKS": "127.0.0.0/8,::1/128",
        "PYTHONPATH": str(ROOT),
    }
    log = directory / "service.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "up", "--demo"],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    service = LiveService(f"http://localhost:{port}", "moderator@demo.example", "", log, process)
    try:
        _wait_until_ready(service)
        service.password = (directory / "demo-password").read_text().strip()
        yield service
    finally:
        process.terminate()
        assert process.wait(20) == 0, log.read_text()[-4000:]


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_until_ready(service: LiveService) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        assert service.process.poll() is None, service.log.read_text()[-4000:]
        try:
            with urllib.request.urlopen(f"{service.url}/readyz", timeout=2) as answer:
                if any(worker["state"] == "ready" for worker in orjson.loads(answer.read())["workers"]):
                    return
        except OSError:
            pass
        assert time.monotonic() < deadline, service.log.read_text()[-4000:]
        time.sleep(0.05)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    line = SlowLine().flags if SLOWNESS > 1 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *line])
        if line:
            slow_down(browser)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with storage of its own; an uncaught error on it fails the test."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture
def article_key() -> str:
    """An article of the test's own."""
    return f"article-{secrets.token_hex(4)}"


@pytest.fixture
def desk(live_service: LiveService, browser: Browser) -> Iterator[Desk]:
    """A site of the test's own with an empty queue; its staff sign in on pages of their own."""
    desk = open_desk(live_service, browser)
    yield desk
    desk.close()

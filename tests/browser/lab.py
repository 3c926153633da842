"""A laboratory for trouble: a service with its limits on, whose database can be reached behind its back, and pages to break."""

import asyncio
import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncpg
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.embedded import running_dsn
from tests.browser.widgets import HELP, box, ready, write
from tests.processes import Part, free_port

SITE = "demo"
EMBED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Story</title><main><h1>Story</h1>
    <parley-comments></parley-comments></main>
    <script async src="{host}/embed.js" data-site="{site}" data-article="{article}"></script></html>"""
_START_S = 60.0


class Publisher:
    """Another origin: a server of its own, since a browser does not let a page that came from nowhere reach this machine."""

    def __init__(self) -> None:
        # By path: what is there, a page or a picture, and the page's policy.
        self.pages: dict[str, tuple[str | bytes, str]] = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, policy = pages.get(self.path.split("?")[0], ("", ""))
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html" if isinstance(body, str) else "image/png")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode() if isinstance(body, str) else body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Lab:
    """The service, and a publisher whose pages may embed it."""

    part: Part
    directory: Path
    port: int
    publisher: Publisher = field(default_factory=Publisher)
    numbers: int = 0

    @property
    def host(self) -> str:
        return f"http://localhost:{self.port}"

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def query(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Ask the database."""
        dsn = running_dsn(self.directory / "postgres")
        assert dsn
        found: list[list[asyncpg.Record]] = []

        async def ask() -> None:
            conn = await asyncpg.connect(dsn)
            try:
                found.append(await conn.fetch(query, *arguments))
            finally:
                await conn.close()

        # Playwright keeps a loop running in this thread.
        thread = threading.Thread(target=lambda: asyncio.run(ask()))
        thread.start()
        thread.join()
        return found[0]

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """Call the readers' API of the demo site."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        request = urllib.request.Request(
            f"{self.host}/api/v1/sites/{SITE}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def accepts(self, path: str, body: Any, token: str) -> bool:
        """Post; False when that is one too many."""
        try:
            self.call("POST", path, body, token)
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            return False
        return True

    def token_of(self, reader_id: str, *, age_s: int = 0, secret: bytes | None = None) -> str:
        """An access token as the service would have signed it `age_s` ago, or as somebody with another key would."""
        [key] = self.query("SELECT secret FROM signing_keys ORDER BY id DESC LIMIT 1")
        [site] = self.query("SELECT id FROM sites WHERE key = $1", SITE)
        made = int(time.time()) - age_s
        claims = {
            "iss": "parley",
            "sub": reader_id,
            "aud": str(site["id"]),
            "iat": made,
            "exp": made + 900,
        }
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret or key["secret"]))

    def close(self) -> None:
        self.part.stop()
        self.publisher.close()


def open_lab(directory: Path) -> Lab:
    """Start the service and wait until it judges."""
    port = free_port()
    part = Part("up --demo", directory, {"PARLEY_PORT": str(port), "PARLEY_RATE_LIMITS": "on"})
    lab = Lab(part, directory, port)
    deadline = time.monotonic() + _START_S
    while not _judges(lab):
        part.assert_runs()
        assert time.monotonic() < deadline, part.words()
        time.sleep(0.05)
    return lab


def _judges(lab: Lab) -> bool:
    try:
        with urllib.request.urlopen(f"{lab.host}/readyz", timeout=2) as answer:
            return any(worker["state"] == "ready" for worker in json.loads(answer.read())["workers"])
    except OSError:
        return False


@dataclass
class Bench:
    """One reader with a browser of their own, in front of an article of their own."""

    lab: Lab
    browser: Browser
    context: BrowserContext
    article: str
    page: Page = field(init=False)
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.page = self.context.new_page()

    @property
    def element(self) -> Any:
        return self.page.locator("parley-comments")

    def serve(self, *, elsewhere: bool = False, csp: str = "", site: str = SITE) -> str:
        """Put an article page at the service's own origin, or at the publisher's; gives its address."""
        path = f"/story/{self.article}"
        body = EMBED.format(host=self.lab.host, site=site, article=self.article)
        if elsewhere:
            self.lab.publisher.pages[path] = (body, csp)
            return f"{self.lab.publisher.origin}{path}"
        url = f"{self.lab.host}{path}"
        self.context.route(f"{url}*", lambda route: route.fulfill(body=body, content_type="text/html"))
        return url

    def visit(self, **how: Any) -> None:
        """Open the article and wait until it can be commented on."""
        self.page.goto(self.serve(**how))
        ready(self.page)

    def become(self, name: str = "Ada") -> str:
        """Post a first comment, which is published; gives the reader's id."""
        write(self.page, "A first comment.", name)
        expect(self.page.locator("article.comment[data-status=published]").first).to_be_visible()
        [reader] = self.lab.query(
            """SELECT c.reader_id FROM comments c JOIN articles a ON a.site_id = c.site_id AND a.id = c.article_id
               WHERE a.key = $1 ORDER BY c.id LIMIT 1""",
            self.article,
        )
        return str(reader["reader_id"])

    def refused(self, text: str = "One more comment.", name: str | None = "Ada") -> None:
        """Post something that is refused, and ask for help from the error."""
        write(self.page, text, name)
        alert = self.page.get_by_role("alert").first
        expect(alert).to_be_visible()
        self.started()
        alert.get_by_role("button", name="Get help").click()

    def ask(self) -> None:
        """Ask for help from the line under the thread."""
        self.started()
        self.page.get_by_role("button", name=HELP).click()

    def send_as(self, token: str) -> None:
        """Every call that carries a token carries this one."""

        def swap(route: Any) -> None:
            headers = route.request.headers
            if "authorization" in headers:
                headers = {**headers, "authorization": f"Bearer {token}"}
            route.continue_(headers=headers)

        self.page.route("**/api/**", swap)

    def started(self) -> None:
        self.asked_at = time.perf_counter()

    def typed(self, text: str) -> None:
        box(self.page).fill(text)

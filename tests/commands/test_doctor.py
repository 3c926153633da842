"""`parley doctor` against live pages and a live service: each thing that can be wrong, told, with what to do."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import orjson
import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from service.app import make_app
from service.cli import main
from service.settings import Settings
from tests.mail_server import MailServer
from tests.processes import free_port


class Place:
    """An application on a port of its own, in a thread of its own."""

    def __init__(self, app: web.Application, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = web.AppRunner(app, access_log=None)
        self._run(self._start(port))

    async def _start(self, port: int) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Publisher:
    """A publisher's page, as a test writes it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.html = ""
        self.headers: dict[str, str] = {}
        self.status = 200
        self.hits = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/story"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._page)
        return app

    async def _page(self, _: web.Request) -> web.Response:
        self.hits += 1
        return web.Response(
            text=self.html, status=self.status, content_type="text/html", headers=self.headers
        )


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    place = Place(publisher.app(), publisher.port)
    yield publisher
    place.close()


@pytest.fixture
def service(database: str, publisher: Publisher, tmp_path: Any) -> Iterator[str]:
    """A service that has the publisher's origin on the list of the site courier, and a worker that is ready."""

    async def seed() -> None:
        conn = await asyncpg.connect(database)
        await conn.execute(
            "INSERT INTO sites (key, name, origins) VALUES ('courier', 'The Courier', ARRAY[$1])",
            publisher.origin,
        )
        await conn.execute("INSERT INTO workers (name, state) VALUES ('w', 'ready')")
        await conn.close()

    asyncio.run(seed())
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    place = Place(make_app(Settings(data_dir=tmp_path, public_url=url), database), port)
    yield url
    place.close()


Doctor = Callable[..., Result]


@pytest.fixture
def doctor(service: str, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    monkeypatch.setenv("PARLEY_PUBLIC_URL", service)
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "127.0.0.0/8")
    publisher.html = page(service)
    return lambda *arguments: CliRunner().invoke(main, ["doctor", *(arguments or (publisher.url,))])


def page(service: str, more: str = 'data-site="courier" data-article="river"', head: str = "") -> str:
    return f'<!doctype html><head>{head}</head><script async src="{service}/embed.js" {more}></script>'


def findings(result: Result) -> dict[str, tuple[str, str, str]]:
    """Verdict, what was seen and what to do, by check."""
    # Before it stands what the service, which runs in this very process here, logged.
    found = orjson.loads(result.stdout[result.stdout.index("{\n") :])
    return {
        one["check"]: (one["verdict"], one["seen"], one["todo"]) for place in found.values() for one in place
    }


def test_a_page_that_is_well_is_said_to_be(doctor: Doctor, publisher: Publisher) -> None:
    publisher.headers["Content-Security-Policy"] = "default-src 'self' http:"
    result = doctor()
    assert result.exit_code == 0, result.output
    assert "FAIL" not in result.output
    for check in ("page", "tag", "csp", "script", "clock", "api", "origin", "ready"):
        assert f"  ok    {check} " in result.output
    assert "  ?     mail      no mail server is set" in result.output


def test_the_same_as_json(doctor: Doctor, publisher: Publisher) -> None:
    found = findings(doctor("--json", publisher.url))
    assert {verdict for verdict, _, _ in found.values()} == {"ok", "unknown"}
    assert found["origin"][1] == f"{publisher.origin} is on the list of courier"


def test_attributes_may_stand_on_the_element(doctor: Doctor, publisher: Publisher, service: str) -> None:
    publisher.html = (
        page(service, "") + '<parley-comments data-site="courier" data-article="a"></parley-comments>'
    )
    assert doctor().exit_code == 0


# What is wrong: the page's markup after {service}, its headers, the check that says so, and what it says.
WRONG = {
    "no tag": ("<p>Nothing</p>", {}, "tag", "no script tag"),
    "another host": ('<script src="http://127.0.0.1:1/embed.js" data-site="courier" data-article="a"></script>', {}, "script", "could not be reached"),
    "no site": ('<script src="{service}/embed.js" data-article="a"></script>', {}, "tag", "data-site is missing"),
    "no article": ('<script src="{service}/embed.js" data-site="courier"></script>', {}, "tag", "data-article is missing"),
    "kept from running": ('<script type="text/plain" src="{service}/embed.js" data-site="courier" data-article="a"></script>', {}, "tag", "no browser runs it"),
    "a hash": ('<script integrity="sha256-x" src="{service}/embed.js" data-site="courier" data-article="a"></script>', {}, "integrity", "has a hash"),
    "unknown site": ('<script src="{service}/embed.js" data-site="nowhere" data-article="a"></script>', {}, "api", "no site nowhere"),
    "policy in a header": (None, {"Content-Security-Policy": "script-src 'self'"}, "csp", "kept out by: script-src 'self'"),
    "policy for calls": (None, {"Content-Security-Policy": "connect-src 'self'"}, "csp", "kept out by: connect-src 'self'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_what_to_do(
    doctor: Doctor, publisher: Publisher, service: str, case: str
) -> None:
    html, headers, check, said = WRONG[case]
    if html is not None:
        publisher.html = html.replace("{service}", service)
    publisher.headers.update(headers)
    result = doctor("--json", publisher.url)
    verdict, seen, todo = findings(result)[check]
    assert (result.exit_code, verdict) == (1, "fail")
    assert said in seen
    assert todo


def test_a_policy_in_a_meta_element(doctor: Doctor, publisher: Publisher, service: str) -> None:
    head = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    publisher.html = page(service, head=head)
    _, seen, todo = findings(doctor("--json", publisher.url))["csp"]
    assert seen == "kept out by: default-src 'none'"
    assert todo == f"add {service} to default-src"


def test_an_origin_that_is_not_listed(doctor: Doctor, database: str, publisher: Publisher) -> None:
    async def unlist() -> None:
        conn = await asyncpg.connect(database)
        await conn.execute("UPDATE sites SET origins = '{}'")
        await conn.close()

    asyncio.run(unlist())
    result = doctor()
    assert result.exit_code == 1
    assert f"FAIL  origin    {publisher.origin} is not on the list of courier" in result.output
    assert f"-> parley site set courier --origin {publisher.origin}" in result.output


def test_a_page_that_does_not_answer_or_leads_on(doctor: Doctor, publisher: Publisher) -> None:
    publisher.status = 404
    assert "answers 404" in findings(doctor("--json", publisher.url))["page"][1]
    publisher.status = 302
    publisher.headers["Location"] = "/again"
    hits = publisher.hits
    assert "answers 302" in findings(doctor("--json", publisher.url))["page"][1]
    assert publisher.hits - hits < 10, "a circle is left"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"])
def test_what_only_we_can_reach_is_not_asked_and_it_is_said_why(
    doctor: Doctor, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "")
    result = doctor(f"http://{host}:{publisher.port}/story")
    assert result.exit_code == 1
    assert publisher.hits == 0
    if host == "2130706433":
        assert "2130706433 could not be reached" in result.output, "no notation that is taken for an address"
    else:
        assert "not on the public internet" in result.output
        assert "PARLEY_OUTGOING_NETWORKS" in result.output


def test_a_tag_that_leads_inside_is_not_asked(
    doctor: Doctor, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", f"{publisher.origin[7:].split(':')[0]}/32")
    publisher.html = page("http://127.0.0.2:1")
    assert "not on the public internet" in findings(doctor("--json", publisher.url))["script"][1]


KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "alg": "EdDSA",
    "kid": "k1",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (orjson.dumps({"keys": [KEY]}).decode(), "ok    keys      1 of use"),
        ('{"keys": []}', "FAIL  keys      {url} answers 200 without a key of use"),
        ("<p>", "FAIL  keys      {url} is not JSON"),
    ],
)
def test_the_key_set_of_the_sites_sign_in(
    doctor: Doctor, publisher: Publisher, document: str, said: str
) -> None:
    publisher.html = document
    result = doctor("--jwks", publisher.url, f"{publisher.origin}/story")
    assert said.format(url=publisher.url) in result.output


def test_the_mail_server(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer()
    monkeypatch.setenv("PARLEY_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
    away = doctor()
    assert away.exit_code == 1
    assert "FAIL  mail      SMTPConnectError" in away.output
    server.start()
    there = doctor()
    server.stop()
    assert there.exit_code == 0
    assert "ok    mail      the mail server lets us in" in there.output
    assert server.postbox.mails == []

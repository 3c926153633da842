"""Signing in by mail and at a real OpenID provider, in a window; sessions by cookie; leaving."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from moderation.database import Pool
from service.app import make_app
from service.help.mail import send_due
from service.settings import Settings
from service.store import oidc
from service.store.oidc import Client
from tests.conftest import Answer, Api
from tests.mail_server import MailServer
from tests.processes import free_port

PAGE = "https://news.example/story"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def open_api(database: str, settings: Settings, site: int, mail: MailServer) -> AsyncIterator[Api]:
    """The service, with mail, and allowed to ask loopback."""
    port = free_port()
    changes = {
        "smtp_url": f"smtp://127.0.0.1:{mail.port}",
        "outgoing_networks": "127.0.0.0/8,::1/128",
        "public_url": f"http://localhost:{port}",
    }
    app = make_app(settings.model_copy(update=changes), database)
    async with TestClient(TestServer(app, host="localhost", port=port)) as client:
        yield Api(client)


class Browser:
    """A browser of its own at the service: its cookies, and forms that say where they come from."""

    def __init__(self, api: Api) -> None:
        self.url = str(api.client.make_url("")).rstrip("/")
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str) -> Answer:
        async with self.session.get(path if "://" in path else self.url + path) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def post(self, path: str, origin: str | None = "own", **fields: str) -> Answer:
        headers = {} if origin is None else {"Origin": self.url if origin == "own" else origin}
        async with self.session.post(self.url + path, data=fields, headers=headers) as response:
            return Answer(response.status, await response.text(), response.headers)


@pytest.fixture
async def browsers(open_api: Api) -> AsyncIterator[list[Browser]]:
    made = [Browser(open_api) for _ in range(2)]
    yield made
    for browser in made:
        await browser.session.close()


async def begin(api: Api, **headers: str) -> tuple[str, str]:
    """The window's path, and the widget's secret."""
    answer = await api.call("POST", "/sign-ins", json={"return_to": PAGE}, headers=headers)
    assert answer.status == 201, answer.body
    return URL(answer.body["url"]).path, answer.body["secret"]


def code_in(page: str) -> str:
    found = re.search(r'data-code="([\w-]+)" data-origin="([^"]+)"', page)
    assert found, page
    assert found[2] == "https://news.example"
    return found[1]


async def collect(api: Api, secret: str, code: str) -> Answer:
    return await api.call("POST", "/sign-ins/session", json={"secret": secret, "code": code})


async def asked(
    api: Api, mail: MailServer, browser: Browser, email: str = "ada@mail.example"
) -> tuple[str, str, str, str]:
    """Ask for a link: the window's path, the widget's secret, the link's path, the number shown."""
    window, secret = await begin(api)
    await browser.get(window)
    before = len(mail.postbox.mails)
    page = await browser.post(f"{window}/mail", email=email)
    number = re.search(r"<strong>(\d\d)</strong>", page.body)
    assert number, page.body
    assert await send_due(api.client.server.app) == 1  # type: ignore[union-attr]
    text = mail.postbox.mails[before].get_content()
    link = re.search(r"(/sign-in/demo/link/\S+)", text)
    assert link, text
    return window, secret, link[1], number[1]


async def test_a_link_signs_in_where_it_was_asked_for_from_any_device(
    open_api: Api, mail: MailServer, browsers: list[Browser], pool: Pool
) -> None:
    here, phone = browsers
    guest = await open_api.guest("Ann")
    await guest.post("Written as a guest")
    window, secret, link, number = await asked(open_api, mail, here)
    for _ in range(3):
        assert f'value="{number}"' in (await phone.get(link)).body, "opening it uses nothing up"
    assert (await here.get(f"{window}/state")).status == 204
    assert "Thank you" in (await phone.post(link, number=number)).body
    assert (await phone.post(link, number=number)).status == 410, "it works once"
    assert (await here.get(f"{window}/state")).status == 205
    assert "What shall others call you" in (await here.get(window)).body
    refused = await here.post(f"{window}/name", name="\u200b")
    assert refused.status == 422
    code = code_in((await here.post(f"{window}/name", name="Ada")).body)

    assert (await collect(open_api, secret, "x" * 32)).status == 410
    assert (await collect(open_api, "x" * 32, code)).status == 410
    session = await collect(open_api, secret, code)
    assert (session.status, session.body["reader"]["name"]) == (200, "Ada")
    assert (await collect(open_api, secret, code)).status == 410, "a session is handed over once"
    assert await pool.fetchval("SELECT email FROM readers WHERE name = 'Ada'") == "ada@mail.example"

    window, secret, link, number = await asked(open_api, mail, here, "ADA@mail.example")
    await phone.post(link, number=number)
    again = await collect(open_api, secret, code_in((await here.get(window)).body))
    assert again.body["reader"] == session.body["reader"], "the name is asked for once"


async def test_somebody_elses_window_signs_nobody_in(
    open_api: Api, mail: MailServer, browsers: list[Browser]
) -> None:
    attacker, victim = browsers
    window, _, link, number = await asked(open_api, mail, attacker)
    # The victim is sent the window: it belongs to another browser.
    assert (await victim.get(window)).status == 410
    # The victim is sent the mail, and presses another number: the link is gone.
    wrong = "10" if number != "10" else "11"
    assert (await victim.post(link, number=wrong)).status == 410
    assert (await victim.post(link, number=number)).status == 410
    assert (await attacker.get(window)).status == 410
    # Forms on other pages press no button.
    window, _, link, number = await asked(open_api, mail, attacker, "b@mail.example")
    for origin in (None, "null", "https://news.example", "http://localhost.evil.example"):
        assert (await victim.post(link, origin, number=number)).status == 403
        assert (await attacker.post(f"{window}/mail", origin, email="c@mail.example")).status == 403
    assert (await victim.post(link, number=number)).status == 200


async def test_a_known_address_and_an_unknown_one_are_answered_alike(
    open_api: Api, mail: MailServer, browsers: list[Browser], pool: Pool, site: int
) -> None:
    await pool.execute(
        "INSERT INTO readers (site_id, external_id, name, name_skeleton) VALUES ($1, 'mail:known@mail.example', 'K', 'k')",
        site,
    )
    pages = []
    for name in ("known", "qqqqq"):
        window, _ = await begin(open_api)
        await browsers[0].get(window)
        page = await browsers[0].post(f"{window}/mail", email=f"{name}@mail.example")
        ticket = window.rsplit("/", 1)[1]
        pages.append((page.status, re.sub(rf"{ticket}|{name}|<strong>\d\d</strong>", "", page.body)))
    assert pages[0] == pages[1]


async def test_without_mail_or_where_the_site_says_no_the_way_is_not_offered(
    open_api: Api, api: Api, browsers: list[Browser], pool: Pool
) -> None:
    assert (await open_api.call("GET", "/config")).body["sign_in"] == ["mail"]
    assert (await api.call("GET", "/config")).body["sign_in"] == []
    answer = await open_api.call("POST", "/sign-ins", json={"return_to": "https://evil.example/"})
    assert (answer.status, answer.body["errors"][0]["code"]) == (422, "origin")


@pytest.fixture
def provider() -> Iterator[str]:
    """A real OpenID provider on loopback; its issuer."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    while b"Uvicorn running" not in (line := process.stdout.readline()):
        assert line, "the provider did not start"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)
    process.stdout.close()


async def test_a_reader_signs_in_at_an_openid_provider(
    open_api: Api, browsers: list[Browser], provider: str, pool: Pool, site: int
) -> None:
    here, other = browsers
    async with pool.acquire() as conn:
        await oidc.put(conn, site, Client(provider, "parley", "secret", "Sign in with Mock"))
    window, secret = await begin(open_api)
    assert "Sign in with Mock" in (await here.get(window)).body
    async with here.session.get(f"{here.url}{window}/provider", allow_redirects=False) as response:
        there = URL(response.headers["Location"], encoded=True)
    asked_for = there.query
    assert asked_for["code_challenge_method"] == "S256"
    assert asked_for["nonce"]
    assert asked_for["state"]
    async with here.session.post(
        there, data={"sub": "ada@provider.example"}, allow_redirects=False
    ) as response:
        back = URL(response.headers["Location"], encoded=True)
    wrong_state = str(back.update_query(state="x"))
    assert (await here.get(wrong_state)).status == 410
    assert (await other.get(str(back))).status == 410, "only the browser that went there comes back"
    page = await here.get(str(back))
    assert "What shall others call you" in page.body, page.body
    assert (await here.get(str(back))).status == 410, "an answer is taken once"
    code = code_in((await here.post(f"{window}/name", name="Ada")).body)
    session = await collect(open_api, secret, code)
    assert (session.status, session.body["reader"]["name"]) == (200, "Ada")
    stored = await pool.fetchval("SELECT external_id FROM readers WHERE name = 'Ada'")
    assert stored == f"oidc:{provider} ada@provider.example"


@pytest.fixture
async def secure(database: str, settings: Settings, site: int) -> AsyncIterator[Api]:
    """The service as readers see it over https."""
    changed = settings.model_copy(update={"public_url": "https://comments.example"})
    async with TestClient(
        TestServer(make_app(changed, database)), cookie_jar=aiohttp.DummyCookieJar()
    ) as client:
        yield Api(client)


async def test_the_cookie_counts_with_the_exact_origin_alone(secure: Api, pool: Pool, site: int) -> None:
    own = {"Origin": "https://news.example"}
    made = await secure.call("POST", "/guests", json={"name": "Ann"}, headers=own)
    cookie = made.headers["Set-Cookie"]
    assert cookie.startswith(f"__Host-parley_reader_{site}=")
    for attribute in ("Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"):
        assert attribute in cookie.split("; ")
    assert made.headers["Access-Control-Allow-Origin"] == "https://news.example"
    assert made.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in made.headers["Vary"]
    sent = {"Cookie": cookie.split(";")[0]}

    for origin in (
        "null",
        "https://news.example.evil.example",
        "http://news.example",
        "https://news.example:444",
        "https://evil.example",
        "https://NEWS.example",
        "https://news.example/",
    ):
        answer = await secure.call("POST", "/tokens", json={}, headers={**sent, "Origin": origin})
        assert (answer.status, answer.body["code"]) == (403, "origin_refused"), origin
        assert "Access-Control-Allow-Credentials" not in answer.headers
        preflight = await secure.call("OPTIONS", "/tokens", headers={"Origin": origin})
        assert "Access-Control-Allow-Credentials" not in preflight.headers
    assert (await secure.call("POST", "/tokens", json={}, headers=sent)).status == 401, "no Origin, no cookie"
    assert (await secure.call("GET", "/me/comments", headers={**sent, **own})).status == 401

    answer = await secure.call("POST", "/tokens", json={}, headers={**sent, **own})
    assert (answer.status, answer.body["refresh_token"]) == (200, None)
    renewed = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}
    left = await secure.call("POST", "/tokens/revocation", json={}, headers={**renewed, **own})
    assert left.status == 204
    assert "Max-Age=0" in left.headers["Set-Cookie"]
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0


async def test_any_token_of_a_family_that_was_used_before_ends_it(api: Api, pool: Pool) -> None:
    ann = await api.guest("Ann")
    tokens = [ann.refresh_token]
    for _ in range(4):
        answer = await api.call("POST", "/tokens", json={"refresh_token": tokens[-1]})
        tokens.append(answer.body["refresh_token"])
    # The first of five, long after: only a thief, or whoever was robbed, has it.
    assert (await api.call("POST", "/tokens", json={"refresh_token": tokens[0]})).status == 401
    assert (await api.call("POST", "/tokens", json={"refresh_token": tokens[-1]})).status == 401
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0
    for odd in ("x" * 40, "0" * 32, "zz" + tokens[0][2:], "é" * 40):
        assert (await api.call("POST", "/tokens", json={"refresh_token": odd})).status == 401


async def test_signing_out_everywhere_ends_every_session_and_nobody_elses(api: Api, pool: Pool) -> None:
    ann, bo = await api.guest("Ann"), await api.guest("Bo")
    assert (await ann.call("DELETE", "/me/sessions")).status == 204
    assert (await api.call("POST", "/tokens", json={"refresh_token": ann.refresh_token})).status == 401
    assert (await api.call("POST", "/tokens", json={"refresh_token": bo.refresh_token})).status == 200

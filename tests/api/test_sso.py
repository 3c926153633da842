"""Publishers' own sign-in: whose tokens are taken, and why others are not."""

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from joserfc.jwk import OctKey

from moderation.database import Pool
from service.app import make_app
from service.settings import Settings
from service.store import sso
from service.store.sso import StoredKey
from tests.conftest import Api, row
from tests.processes import free_port
from tests.tokens import ISSUER, SECRET, by_hand, claims, pair, part, token

PUBLIC = {algorithm: pair(algorithm, algorithm) for algorithm in ("RS256", "ES256", "EdDSA")}


@pytest.fixture
async def issuer(pool: Pool, site: int) -> None:
    """The site's own sign-in: a shared secret, and a key of each kind."""
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, site, issuer=ISSUER, audience="parley")
        await sso.add_key(conn, site, StoredKey("1", "HS256", OctKey.import_key(SECRET).as_dict()))
        for algorithm, key in PUBLIC.items():
            await sso.add_key(conn, site, StoredKey(algorithm, algorithm, key.as_dict(private=False)))


async def come(api: Api, text: str, **headers: str) -> Any:
    return await api.call("POST", "/sso", json={"token": text}, headers=headers)


async def test_every_kind_of_key_lets_its_reader_in(api: Api, issuer: None, pool: Pool) -> None:
    answers = [await come(api, token(claims()))]
    answers += [
        await come(api, token(claims(name=f"Ada {n}"), key, alg=algorithm, kid=algorithm))
        for n, (algorithm, key) in enumerate(PUBLIC.items())
    ]
    assert [answer.status for answer in answers] == [200] * 4
    assert len({answer.body["reader"]["id"] for answer in answers}) == 1
    assert answers[-1].body["reader"]["name"] == "Ada 2"
    assert (await come(api, token(claims(), kid=None))).status == 200
    assert await pool.fetchval("SELECT external_id FROM readers") == "sso:42"


def _attacks() -> dict[str, tuple[str, str]]:
    """Tokens that must not be taken, with the code that says why."""
    now = int(time.time())
    ps = token(claims(), PUBLIC["RS256"], alg="PS256", kid="RS256")
    good = token(claims())
    head, body, tail = good.split(".")
    hs = {"alg": "HS256", "kid": "1"}
    # The public key as if it were a shared secret, in each form in which it is to be had.
    confused = {
        f"confusion {kind} {n}": (by_hand({"alg": "HS256", "kid": kind}, claims(), secret), "sso_key")
        for kind, key in PUBLIC.items()
        for n, secret in enumerate(
            (key.as_pem(private=False), key.as_der(private=False), orjson.dumps(key.as_dict(private=False)))
        )
    }
    crossed = {
        f"{algorithm} by the key of another": (
            token(claims(), pair(algorithm, "x"), alg=algorithm, kid=kid),
            "sso_key",
        )
        for algorithm, kid in (("RS256", "ES256"), ("ES256", "RS256"), ("EdDSA", "EdDSA"), ("RS256", "1"))
    }
    own = pair("ES256", "mine")
    kids = ("", "../../1", "1' OR '1'='1", "1\u0000", "/dev/null", "https://evil.example/k", "ES256 ", "2")
    return (
        {
            f"none {alg!r}": (f"{part({'alg': alg})}.{body}.{end}", code)
            for alg in ("none", "None", "NONE", "nOnE", "", None)
            for end, code in (("", "sso_refused"), (tail, "sso_key"))
        }
        | confused
        | crossed
        | {f"kid {kid!r}": (by_hand({"alg": "HS256", "kid": kid}, claims()), "sso_key") for kid in kids}
        | {
            f"kid {kid!r}": (by_hand({"alg": "HS256", "kid": kid}, claims()), "sso_refused")
            for kid in (1, None, ["1"], {})
        }
        | {
            name: (by_hand({**hs, name: value}, claims()), "sso_refused")
            for name, value in {
                "jku": "https://evil.example/jwks",
                "x5u": "https://evil.example/cert",
                "jwk": OctKey.import_key("e" * 40).as_dict(),
                "x5c": ["AA"],
                "crit": ["exp"],
                "b64": False,
            }.items()
        }
        | {
            "own key along": (
                token(claims(), own, alg="ES256", kid="mine", jwk=own.as_dict(private=False)),
                "sso_refused",
            ),
            "another secret": (
                by_hand(hs, claims(), b"another secret of quite some length......"),
                "sso_key",
            ),
            "empty secret": (by_hand(hs, claims(), b""), "sso_key"),
            "HS512": (by_hand({"alg": "HS512", "kid": "1"}, claims()), "sso_key"),
            "PS256": (ps, "sso_key"),
            "changed": (f"{head}.{part(claims(sub='1'))}.{tail}", "sso_key"),
            "no signature": (f"{head}.{body}.", "sso_refused"),
            "two parts": (f"{head}.{body}", "sso_refused"),
            "five parts": (f"{good}.a.b", "sso_refused"),
            "padded": (f"{head}.{body}.{tail}=", "sso_refused"),
            "a line end": (f"{good}\n", "sso_refused"),
            "not JSON": (by_hand(hs, b"hello"), "sso_refused"),
            "a list": (by_hand(hs, [1]), "sso_refused"),
            "header a list": (by_hand([], claims()), "sso_refused"),
            "expired": (token(claims(iat=now - 600, exp=now - 61)), "sso_expired"),
            "not yet": (token(claims(nbf=now + 120)), "sso_clock"),
            "from the future": (token(claims(iat=now + 120, exp=now + 300)), "sso_clock"),
            "for years": (token(claims(exp=now + 10**8)), "sso_refused"),
            "for ever": (by_hand(hs, claims(exp=float(2**41))), "sso_refused"),
            "exp as text": (by_hand(hs, claims(exp=str(now + 300))), "sso_refused"),
            "exp true": (by_hand(hs, claims(exp=True)), "sso_refused"),
            "another audience": (token(claims(aud="other")), "sso_audience"),
            "other audiences": (token(claims(aud=["a", "b"])), "sso_audience"),
            "no audience in a list": (token(claims(aud=[])), "sso_audience"),
            "another issuer": (token(claims(iss="https://evil.example")), "sso_issuer"),
            "issuer with a slash": (token(claims(iss=ISSUER + "/")), "sso_issuer"),
            "sub empty": (token(claims(sub="")), "sso_refused"),
            "sub a number": (by_hand(hs, claims(sub=42)), "sso_refused"),
        }
        | {
            f"without {name}": (token(claims(**{name: None})), "sso_refused")
            for name in ("iss", "aud", "sub", "iat", "exp", "name")
        }
    )


async def test_none_of_the_known_attacks_gets_in(api: Api, issuer: None, pool: Pool) -> None:
    attacks = _attacks()
    wrong = {}
    for name, (text, code) in attacks.items():
        answer = await come(api, text)
        if (answer.status, answer.body.get("code")) != (401, code):
            wrong[name] = (answer.status, answer.body)
    assert wrong == {}
    assert len(attacks) > 60
    assert await pool.fetchval("SELECT count(*) FROM readers") == 0
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0
    assert (await come(api, token(claims()))).status == 200


async def test_a_small_difference_between_clocks_is_allowed(api: Api, issuer: None) -> None:
    now = int(time.time())
    assert (await come(api, token(claims(iat=now - 300, exp=now - 20)))).status == 200
    assert (await come(api, token(claims(iat=now + 40, nbf=now + 40)))).status == 200


async def test_one_sites_tokens_open_no_other(api: Api, issuer: None, other_site: int, pool: Pool) -> None:
    answer = await api.raw("POST", "/api/v1/sites/other/sso", json={"token": token(claims())})
    assert (answer.status, answer.body["code"]) == (401, "sso_refused")
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, other_site, issuer=ISSUER, audience="parley")
    answer = await api.raw("POST", "/api/v1/sites/other/sso", json={"token": token(claims())})
    assert (answer.status, answer.body["code"]) == (401, "sso_key")


async def test_whoever_is_banned_may_come_in_and_read_why(api: Api, issuer: None, pool: Pool) -> None:
    session = (await come(api, token(claims()))).body
    await pool.execute("UPDATE readers SET sanction = 'banned'")
    assert (await come(api, token(claims()))).status == 200
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    answer = await api.call("GET", "/me/sanction", headers=headers)
    assert answer.status == 200


async def test_a_guest_takes_comments_along_unless_under_a_sanction(
    api: Api, issuer: None, pool: Pool
) -> None:
    guest, punished = await api.guest("Ann"), await api.guest("Bo")
    await guest.post("Written before signing in")
    await punished.post("Written under a sanction")
    await pool.execute("UPDATE readers SET sanction = 'suspended' WHERE name = 'Bo'")

    session = (await come(api, token(claims()), **guest.headers)).body
    await come(api, token(claims()), **punished.headers)

    headers = {"Authorization": f"Bearer {session['access_token']}"}
    own = (await api.call("GET", "/me/comments", headers=headers)).body["items"]
    assert [comment["body"] for comment in own] == ["Written before signing in"]
    # An account's own comments go nowhere.
    other = (await come(api, token(claims(sub="43", name="Eve")), **headers)).body
    own = await api.call("GET", "/me/comments", headers={"Authorization": f"Bearer {other['access_token']}"})
    assert own.body["items"] == []


async def test_names_like_those_of_staff_are_refused_unless_it_is_they(
    api: Api, issuer: None, pool: Pool, site: int
) -> None:
    from service.names import skeleton  # noqa: PLC0415

    staff = await row(
        pool,
        """INSERT INTO staff (email, name, name_skeleton, password_hash) VALUES ('jane@news.example', 'Jane Doe', $1, '')
           RETURNING id""",
        skeleton("Jane Doe"),
    )
    await pool.execute(
        "INSERT INTO staff_roles (site_id, staff_id, role) VALUES ($1, $2, 'lead')", site, staff["id"]
    )
    for changes in ({}, {"email": "jane@news.example"}, {"email": "x@news.example", "email_verified": True}):
        answer = await come(api, token(claims(name="Jane D0e", **changes)))
        assert (answer.status, answer.body["errors"][0]["code"]) == (422, "name_taken")
    answer = await come(api, token(claims(name="Jane Doe", email="jane@news.example", email_verified=True)))
    assert answer.status == 200


class KeyServer:
    """A publisher's address of keys, that can be away or answer with something else."""

    def __init__(self) -> None:
        self.keys: list[Any] = []
        self.asked = 0
        self.answer: web.Response | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/jwks.json"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/jwks.json", self._give)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _give(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.answer is not None:
            return web.Response(status=self.answer.status, text=self.answer.text)
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    server = KeyServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def near(database: str, settings: Settings, site: int) -> AsyncIterator[Api]:
    """The service, which may ask loopback."""
    opened = settings.model_copy(update={"outgoing_networks": "127.0.0.0/8"})
    async with TestClient(TestServer(make_app(opened, database))) as client:
        yield Api(client)


async def _later(pool: Pool, interval: str = "1 minute") -> None:
    """Let time pass for what is known of the keys."""
    await pool.execute(
        f"UPDATE sso_issuers SET jwks_asked_at = jwks_asked_at - interval '{interval}', "
        f"jwks_fetched_at = jwks_fetched_at - interval '{interval}'"
    )


async def test_keys_are_changed_without_an_outage(near: Api, keys: KeyServer, pool: Pool, site: int) -> None:
    old, new = pair("ES256", "old"), pair("EdDSA", "new")
    keys.keys = [old]
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, site, issuer=ISSUER, audience="parley")
        await sso.set_jwks_url(conn, site, keys.url)

    async def signed_by(key: Any, algorithm: str, kid: str) -> Any:
        answer = await come(near, token(claims(), key, alg=algorithm, kid=kid))
        return answer.body.get("code", answer.status)

    assert await signed_by(old, "ES256", "old") == 200
    # A stranger's token makes us ask once, and not again for a while, whatever it names.
    asked = keys.asked
    stranger = pair("ES256", "unknown")
    assert [await signed_by(stranger, "ES256", f"kid-{n}") for n in range(5)] == ["sso_key"] * 5
    assert keys.asked == asked
    await _later(pool)
    assert [await signed_by(stranger, "ES256", f"kid-{n}") for n in range(5)] == ["sso_key"] * 5
    assert keys.asked == asked + 1
    # The new key beside the old one: both are good, and then the new one alone.
    keys.keys = [old, new]
    await _later(pool)
    assert await signed_by(new, "EdDSA", "new") == 200
    assert await signed_by(old, "ES256", "old") == 200
    keys.keys = [new]
    await _later(pool, "61 minutes")
    assert await signed_by(new, "EdDSA", "new") == 200
    assert await signed_by(old, "ES256", "old") == "sso_key"


async def test_known_keys_outlive_an_outage_for_three_days(
    near: Api, keys: KeyServer, pool: Pool, site: int
) -> None:
    key = pair("RS256", "k")
    keys.keys = [key]
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, site, issuer=ISSUER, audience="parley")
        await sso.set_jwks_url(conn, site, keys.url)
    text = token(claims(), key, alg="RS256", kid="k")
    assert (await come(near, text)).status == 200
    for answer in (
        web.Response(status=500),
        web.Response(text="{}"),
        web.Response(text='{"keys": [{"kty": "oct"}]}'),
    ):
        keys.answer = answer
        await _later(pool, "61 minutes")
        assert (await come(near, text)).status == 200
        assert await pool.fetchval("SELECT jwks_error FROM sso_issuers")
    await keys.stop()
    await _later(pool, "61 minutes")
    assert (await come(near, text)).status == 200
    await _later(pool, "3 days")
    assert (await come(near, text)).body["code"] == "sso_key"
    await keys.start()
    keys.answer = None
    await _later(pool)
    assert (await come(near, text)).status == 200

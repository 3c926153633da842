"""`parley site sso` and `parley site oidc`, as an operator types them."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from service.cli import main
from tests.processes import free_port
from tests.receivers import Serving
from tests.tokens import SECRET

Parley = Callable[..., Result]


@pytest.fixture
def parley(database: str, monkeypatch: pytest.MonkeyPatch) -> Parley:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "127.0.0.0/8")
    runner = CliRunner()
    run: Parley = lambda *arguments: runner.invoke(main, ["site", *map(str, arguments)])  # noqa: E731
    assert run("add", "courier", "--name", "The Courier").exit_code == 0
    return run


@pytest.fixture
def issuer(parley: Parley) -> None:
    said = parley("sso", "set", "courier", "--issuer", "https://www.example.org").output
    assert said == "courier takes tokens of https://www.example.org for parley.\n"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_keys_come_and_go_and_no_secret_is_shown(parley: Parley, issuer: None, tmp_path: Path) -> None:
    made = parley("sso", "secret", "courier")
    secret = re.search(r"not shown again: (\S{43,})", made.output)
    assert secret, made.output
    given = written(tmp_path / "secret", SECRET.encode())
    assert parley("sso", "secret", "courier", "--kid", "2", "--file", given).output == "Added 2.\n"
    private = written(tmp_path / "private.pem", ECKey.generate_key("P-256").as_pem(private=True))
    assert parley("sso", "key", "courier", private, "--kid", "3", "--alg", "ES256").output == "Added 3.\n"
    url = "https://www.example.org/jwks.json"
    assert parley("sso", "jwks", "courier", url).output == f"Keys are fetched from {url}.\n"

    shown = parley("sso", "show", "courier").output
    assert shown.splitlines() == [
        "iss https://www.example.org  aud parley",
        "key 1  HS256",
        "key 2  HS256",
        "key 3  ES256",
        f"keys from {url}  not fetched yet",
    ]
    assert secret[1] not in shown

    assert parley("sso", "remove", "courier", "--kid", "2").output == "Removed.\n"
    assert parley("sso", "jwks", "courier", "none").output == "No keys are fetched any more.\n"
    assert len(parley("sso", "show", "courier").output.splitlines()) == 3
    assert parley("sso", "remove", "courier").output == "Removed.\n"
    assert parley("sso", "show", "courier").output == "No sign-in of its own.\n"


def test_a_private_key_is_kept_as_its_public_half(
    parley: Parley, issuer: None, tmp_path: Path, database: str
) -> None:
    key = RSAKey.generate_key(2048)
    file = written(tmp_path / "private.pem", key.as_pem(private=True))
    assert parley("sso", "key", "courier", file, "--kid", "r", "--alg", "RS256").exit_code == 0

    async def kept() -> str:
        conn = await asyncpg.connect(database)
        try:
            return str(await conn.fetchval("SELECT json_agg(k)::text FROM sso_keys k"))
        finally:
            await conn.close()

    dump = asyncio.run(kept())
    assert str(key.as_dict(private=False)["n"]) in dump
    assert str(key.as_dict(private=True)["d"]) not in dump


def test_what_cannot_be_used_is_one_line(parley: Parley, issuer: None, tmp_path: Path) -> None:
    short = written(tmp_path / "short", b"too short")
    with pytest.warns(SecurityWarning):
        weak = written(tmp_path / "weak.pem", RSAKey.generate_key(1024).as_pem(private=False))
    curve = written(tmp_path / "curve.pem", ECKey.generate_key("P-384").as_pem(private=False))
    assert parley("sso", "secret", "courier").exit_code == 0
    for arguments, said in (
        (("secret", "courier"), "There is a key '1' already."),
        (("secret", "courier", "--kid", "2", "--file", short), "32 bytes"),
        (("key", "courier", weak, "--kid", "2", "--alg", "RS256"), "2048"),
        (("key", "courier", curve, "--kid", "2", "--alg", "ES256"), "P-256"),
        (("key", "courier", weak, "--kid", "2", "--alg", "EdDSA"), "This is no key for EdDSA."),
        (("jwks", "courier", "ftp://example.org/keys"), "an address begins with https:// or http://"),
        (("remove", "courier", "--kid", "9"), "There is nothing to remove."),
        (("set", "nowhere", "--issuer", "x"), "There is no site 'nowhere'."),
    ):
        result = parley("sso", *arguments)
        assert (result.exit_code, said in result.output) == (1, True), (arguments, result.output)
        assert "Traceback" not in result.output
    assert parley("sso", "show", "courier").output.count("key ") == 1


def test_without_an_issuer_no_key_is_taken(parley: Parley) -> None:
    for arguments in (("secret", "courier"), ("jwks", "courier", "https://www.example.org/jwks.json")):
        result = parley("sso", *arguments)
        assert (result.exit_code, result.output) == (
            1,
            "Error: Say first who issues the tokens: `parley site sso set`.\n",
        )


@pytest.fixture
def provider() -> Iterator[str]:
    """A real OpenID provider on loopback; its issuer."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        while b"Uvicorn running" not in (line := process.stdout.readline()):
            assert line, "the provider did not start"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_a_provider_is_asked_whether_it_is_there(
    parley: Parley, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ("--client-id", "parley", "--label", "Sign in with Mock")
    added = parley("oidc", "set", "courier", "--issuer", provider, *client)
    assert re.fullmatch(
        r"Set\. Register this redirect URI at the provider: \S+/sign-in/courier/callback\n", added.output
    )
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "")
    refused = parley("oidc", "set", "courier", "--issuer", provider, *client)
    assert (refused.exit_code, "not on the public internet" in refused.output) == (1, True), refused.output
    assert parley("oidc", "remove", "courier").output == "Removed.\n"
    assert parley("oidc", "remove", "courier").output == "Error: There is nothing to remove.\n"


def test_what_is_no_provider_is_not_set(parley: Parley) -> None:
    with Serving() as other:
        issuer = other.url.rpartition("/")[0]
        arguments = ("--issuer", issuer, "--client-id", "parley", "--label", "Sign in")
        result = parley("oidc", "set", "courier", *arguments)
    assert result.exit_code == 1
    assert "answered with status 404" in result.output
    assert parley("oidc", "remove", "courier").exit_code == 1

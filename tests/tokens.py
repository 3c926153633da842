"""Publishers' tokens for the tests: made by joserfc, or by hand where no library would."""

import base64
import hashlib
import hmac
import time
import warnings
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

ISSUER = "https://news.example"
SECRET = "a secret that is long enough to sign with, surely"


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says; a change to None leaves a claim out."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": "parley", "sub": "42", "name": "Ada", "iat": now, "exp": now + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(said: dict[str, Any], key: Key | None = None, **header: Any) -> str:
    """A token signed by a key, the shared secret unless told."""
    warnings.simplefilter("ignore", SecurityWarning)
    fields = {"alg": "HS256", "kid": "1", **header}
    return jwt.encode(
        {name: value for name, value in fields.items() if value is not None},
        said,
        key or OctKey.import_key(SECRET),
        algorithms=[str(fields["alg"])],
    )


def part(value: Any) -> str:
    """A part of a token."""
    raw = value if isinstance(value, bytes) else orjson.dumps(value)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(header: Any, said: Any, secret: bytes = SECRET.encode()) -> str:
    """A token with any header at all, signed by HMAC with SHA-256."""
    text = f"{part(header)}.{part(said)}"
    return f"{text}.{part(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def pair(algorithm: str, kid: str) -> Key:
    """A new private key for an algorithm."""
    fields: dict[str, Any] = {"kid": kid}
    if algorithm == "RS256":
        return RSAKey.generate_key(2048, fields)
    return (
        ECKey.generate_key("P-256", fields)
        if algorithm == "ES256"
        else OKPKey.generate_key("Ed25519", fields)
    )

"""Signatures of tokens that others made (RFC 7515), with keys that were agreed on before, each for one algorithm."""

import base64
import binascii
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

MAX_LENGTH = 8192
MIN_SECRET_BYTES = 32
_MIN_RSA_BITS = 2048
_SHAPE = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")
# A token that brings its key along, or asks for rules that we do not know, is no token for us.
_NEVER = ("jku", "jwk", "x5u", "x5c", "crit", "b64")
_KINDS: dict[str, type[OctKey | RSAKey | ECKey | OKPKey]] = {
    "HS256": OctKey,
    "RS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
}
_CURVES = {"ES256": "P-256", "EdDSA": "Ed25519"}
_OF_TYPE = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
ALGORITHMS = tuple(_KINDS)


class KeyRefused(ValueError):
    """The key cannot be used; the message says why."""


class TokenRefused(Exception):
    """The token is no good: `why` is `format` or `key`; the message is for whoever makes tokens."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A key, and the one algorithm that it is good for."""

    kid: str
    algorithm: str
    key: Key


@contextmanager
def quiet() -> Iterator[None]:
    """Without joserfc's warnings of what is weak: we refuse it ourselves, in our own words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        yield


def verifying_key(jwk: dict[str, Any], algorithm: str, kid: str) -> VerifyingKey:
    """Make a key ready; raises KeyRefused for one that is of another kind, too short, or meant for something else."""
    kind = _KINDS.get(algorithm)
    if kind is None:
        raise KeyRefused(f"{algorithm} is none of {', '.join(ALGORITHMS)}")
    if jwk.get("kty") != kind.key_type:
        raise KeyRefused(f"a key for {algorithm} has kty {kind.key_type}")
    if jwk.get("alg", algorithm) not in (algorithm, *(("Ed25519",) if algorithm == "EdDSA" else ())):
        raise KeyRefused(f"the key says that it is for {jwk['alg']}")
    if jwk.get("use", "sig") != "sig" or not {"verify", "sign"} & set(jwk.get("key_ops", ["verify"])):
        raise KeyRefused("the key says that it is not for signatures")
    if jwk.get("crv") != _CURVES.get(algorithm):
        raise KeyRefused(f"a key for {algorithm} lies on {_CURVES.get(algorithm)}")
    plain = {name: value for name, value in jwk.items() if name not in ("alg", "use", "key_ops")}
    try:
        with quiet():
            key = kind.import_key(plain)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
        raise KeyRefused("the key cannot be read") from error
    if isinstance(key, OctKey) and len(key.raw_value) < MIN_SECRET_BYTES:
        raise KeyRefused(f"a shared secret has at least {MIN_SECRET_BYTES} bytes")
    if isinstance(key, RSAKey) and key.raw_value.key_size < _MIN_RSA_BITS:
        raise KeyRefused(f"an RSA key has at least {_MIN_RSA_BITS} bits")
    return VerifyingKey(kid, algorithm, key)


def key_set(document: Any) -> list[VerifyingKey]:
    """The keys of a JWK set that can be used; others in it (of another kind, for encryption, shared secrets) are passed over."""
    found = []
    keys = document.get("keys") if isinstance(document, dict) else None
    for jwk in keys if isinstance(keys, list) else []:
        if not isinstance(jwk, dict):
            continue
        algorithm = _OF_TYPE.get(str(jwk.get("kty")))
        if algorithm is None:
            continue
        try:
            found.append(verifying_key(jwk, algorithm, str(jwk.get("kid", ""))))
        except KeyRefused:
            continue
    return found


def header_of(token: str) -> dict[str, Any]:
    """The header of a token, not yet to be believed; raises TokenRefused for one that no key could make good."""
    if len(token) > MAX_LENGTH or not _SHAPE.match(token):
        raise TokenRefused("format", "This is no signed token in compact form.")
    try:
        header = orjson.loads(_decoded(token.split(".", maxsplit=1)[0]))
    except ValueError as error:
        raise TokenRefused("format", "The token's header is not JSON.") from error
    if not isinstance(header, dict):
        raise TokenRefused("format", "The token's header is no object.")
    for name in _NEVER:
        if name in header:
            raise TokenRefused("format", f"A token with {name} in its header is not accepted.")
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("key", f"alg must be one of {', '.join(ALGORITHMS)}.")
    if not isinstance(header.get("kid", ""), str):
        raise TokenRefused("format", "kid must be text.")
    return header


def candidates(header: dict[str, Any], keys: Sequence[VerifyingKey]) -> list[VerifyingKey]:
    """The keys that a token may be signed with: the named one, or those for its algorithm if it names none."""
    kid = header.get("kid")
    return [key for key in keys if key.algorithm == header["alg"] and (kid is None or key.kid == kid)]


def payload_of(token: str, keys: Sequence[VerifyingKey]) -> bytes:
    """What a token says, verified with one of `keys`; raises TokenRefused."""
    header = header_of(token)
    for part in token.split("."):
        _decoded(part)
    for key in candidates(header, keys):
        try:
            payload = _verified(token, key)
        except (JoseError, ValueError, TypeError):
            continue
        return payload
    raise TokenRefused("key", "None of the site's keys made this signature.")


def _verified(token: str, key: VerifyingKey) -> bytes:
    # RFC 9864 has a name for each curve in place of EdDSA, which publishers' libraries still write; here the key pins it.
    with quiet():
        payload: bytes = jws.deserialize_compact(token, key.key, algorithms=[key.algorithm]).payload
    return payload


def _decoded(part: str) -> bytes:
    """Base64url without padding, in the one way that it is written."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("format", "The token is not written in base64url.") from error
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != part:
        raise TokenRefused("format", "The token is not written in base64url.")
    return raw

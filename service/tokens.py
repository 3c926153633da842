"""Access tokens: short-lived JWTs of our own, signed with a key that all processes share through the database."""

import hmac
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from moderation.database import Pool
from service.clock import Clock
from service.problems import Problem

ACCESS_TOKEN_S = 15 * 60
_ALGORITHM = "HS256"
_MAX_LENGTH = 2048
# Verified tokens are remembered, so that a reader's next call costs a dictionary look-up; bounded by forgetting all.
_MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Access:
    """What a verified access token says."""

    site_id: int
    reader_id: int
    expires_at: float


class Signer:
    """Signs and verifies access tokens. The first key signs, all keys verify, so that keys can be rotated."""

    def __init__(self, secrets: list[bytes]) -> None:
        self.clock = Clock()
        self._secrets = secrets
        self._keys = [OctKey.import_key(secret) for secret in secrets]
        self._known: dict[str, Access] = {}

    @classmethod
    async def load(cls, pool: Pool) -> "Signer":
        """Read the keys, newest first, and the clock."""
        rows = await pool.fetch("SELECT secret FROM signing_keys ORDER BY id DESC")
        signer = cls([row["secret"] for row in rows])
        await signer.clock.read(pool)
        return signer

    def sign(self, site_id: int, reader_id: int) -> str:
        """An access token for a reader."""
        now = int(self.clock.now())
        claims: dict[str, Any] = {"iss": "parley", "sub": str(reader_id), "aud": str(site_id), "iat": now}
        return jwt.encode({"alg": _ALGORITHM}, {**claims, "exp": now + ACCESS_TOKEN_S}, self._keys[0])

    def macs(self, purpose: str, text: str) -> list[bytes]:
        """Proofs of 16 bytes that this service saw `text`, one per key; the first is the one to give out."""
        message = f"{purpose}\n{text}".encode()
        return [hmac.digest(key, message, "sha256")[:16] for key in self._secrets]

    def verify(self, token: str, site_id: int) -> Access:
        """Check a token for this site; raises Problem `token_refused` or `token_expired`."""
        access = self._known.get(token)
        if access is None:
            access = self._decode(token)
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[token] = access
        if access.site_id != site_id:
            raise Problem("token_refused", "The token is for another site.")
        if access.expires_at <= self.clock.now():
            raise Problem("token_expired", "Refresh the access token.")
        return access

    def _decode(self, token: str) -> Access:
        if len(token) <= _MAX_LENGTH:
            for key in self._keys:
                try:
                    claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
                    if claims["iss"] == "parley":
                        return Access(int(claims["aud"]), int(claims["sub"]), float(claims["exp"]))
                except (JoseError, ValueError, KeyError, TypeError):
                    continue
        raise Problem("token_refused")

"""Rate limits: token buckets in one unlogged table, so that all processes count together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil

from aiohttp import web

from moderation.database import Pool
from service.problems import Problem
from service.settings import Settings
from service.tokens import Signer


@dataclass(frozen=True, slots=True)
class Rule:
    """A bucket of `burst` tokens that refills at `per_minute`; one per reader and one per network, `shared` as wide."""

    burst: int
    per_minute: float
    shared: int = 10


# What is limited, by the name that a route gives.
RULES: Mapping[str, Rule] = {
    "guest": Rule(burst=5, per_minute=5),
    "comment": Rule(burst=6, per_minute=6),
    "edit": Rule(burst=20, per_minute=20),
    "vote": Rule(burst=40, per_minute=60),
    "report": Rule(burst=10, per_minute=5),
    "appeal": Rule(burst=5, per_minute=2),
    "token": Rule(burst=20, per_minute=20),
    "sign_in": Rule(burst=10, per_minute=5, shared=2),
    "code": Rule(burst=5, per_minute=1, shared=4),
    "reset": Rule(burst=3, per_minute=0.2, shared=10),
    "link": Rule(burst=3, per_minute=0.2, shared=10),
    "account": Rule(burst=10, per_minute=2),
    "ticket": Rule(burst=5, per_minute=2),
    # A link that confirms an address goes to whoever's address it is.
    "mail": Rule(burst=5, per_minute=0.5),
    "diagnosis": Rule(burst=20, per_minute=20),
}


class Limits:
    """Counts what clients do. Addresses are never stored: a bucket's name is a hash of the network."""

    def __init__(self, pool: Pool, settings: Settings, signer: Signer) -> None:
        self._pool = pool
        self._settings = settings
        self._signer = signer
        self.enabled = settings.rate_limits == "on"

    async def spend(self, name: str, request: web.Request, who: str | None) -> Mapping[str, str]:
        """Take a token for `who` (a reader, if known) and one for the client's network.

        Returns the RateLimit headers; raises Problem `rate_limited` with Retry-After in seconds.
        """
        if not self.enabled:
            return {}
        rule = RULES[name]
        buckets = self._buckets(name, request, who)
        keys = sorted(buckets)
        rows = await self._pool.fetch(
            _SPEND, keys, [buckets[key][0] for key in keys], [buckets[key][1] for key in keys]
        )
        waits = [-60 * row["tokens"] / buckets[row["key"]][1] for row in rows if row["tokens"] < 0]
        policy = f'"{name}";q={rule.burst};w={round(60 * rule.burst / rule.per_minute)}'
        if waits:
            wait = ceil(max(waits))
            raise Problem(
                "rate_limited",
                f"Try again in {wait} seconds.",
                headers={
                    "Retry-After": str(wait),
                    "RateLimit-Policy": policy,
                    "RateLimit": f'"{name}";r=0;t={wait}',
                },
                retry_after_s=wait,
            )
        remaining = int(min(row["tokens"] for row in rows))
        return {"RateLimit-Policy": policy, "RateLimit": f'"{name}";r={remaining}'}

    async def waits(self, names: Iterable[str], request: web.Request, who: str | None) -> dict[str, int]:
        """Seconds to wait before each of these may be done again, where that is not now; takes no token."""
        if not self.enabled:
            return {}
        buckets = {
            key: (name, *size) for name in names for key, size in self._buckets(name, request, who).items()
        }
        rows = await self._pool.fetch(_LOOK, list(buckets))
        waits: dict[str, int] = {}
        for row in rows:
            name, burst, per_minute = buckets[row["key"]]
            level = min(burst, row["tokens"] + per_minute / 60 * row["age_s"])
            if level < 1:
                waits[name] = max(waits.get(name, 0), ceil(60 * (1 - level) / per_minute))
        return waits

    def _buckets(self, name: str, request: web.Request, who: str | None) -> dict[str, tuple[float, float]]:
        """The buckets that a call takes from: their burst and what refills them a minute."""
        rule = RULES[name]
        network = f"{name}:{self.network_hash(request)}"
        buckets: dict[str, tuple[float, float]] = {
            network: (rule.burst * rule.shared, rule.per_minute * rule.shared)
        }
        if who is not None:
            buckets[f"{name}:{who}"] = (rule.burst, rule.per_minute)
        return buckets

    def network_hash(self, request: web.Request) -> str:
        """A name for the client's network (its /24, or /56 for IPv6) that does not tell the address to whoever lacks the key."""
        address = ip_address(client_address(request, self._settings))
        width = 3 if address.version == 4 else 7
        return self._signer.macs("network", address.packed[:width].hex())[0].hex()


# A negative level says "refused": the token was not there, so the next look adds it back before it refills.
_SPEND = """
INSERT INTO rate_buckets AS b (key, tokens)
SELECT key, burst - 1 FROM unnest($1::text[], $2::float8[], $3::float8[]) AS d(key, burst, per_minute)
ON CONFLICT (key) DO UPDATE SET updated_at = now(), tokens = (
    SELECT least(d.burst, b.tokens + CASE WHEN b.tokens < 0 THEN 1 ELSE 0 END
                          + d.per_minute / 60 * extract(epoch FROM now() - b.updated_at)) - 1
    FROM unnest($1::text[], $2::float8[], $3::float8[]) AS d(key, burst, per_minute) WHERE d.key = b.key)
RETURNING key, tokens
"""

# What a bucket held, and how long ago; a negative level gets its token back, as in _SPEND.
_LOOK = """
SELECT key, tokens + CASE WHEN tokens < 0 THEN 1 ELSE 0 END AS tokens,
       extract(epoch FROM now() - updated_at)::float8 AS age_s
FROM rate_buckets WHERE key = ANY($1)
"""


def client_address(request: web.Request, settings: Settings) -> str:
    """The client's address: the last one in X-Forwarded-For that no trusted proxy wrote, if a proxy is trusted."""
    address = request.remote or "127.0.0.1"
    if not settings.proxy_networks:
        return address
    chain = [
        *(part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()),
        address,
    ]
    for hop in reversed(chain):
        try:
            parsed = ip_address(hop)
        except ValueError:
            break
        address = hop
        if not any(parsed in network for network in settings.proxy_networks):
            break
    return address

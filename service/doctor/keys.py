"""Whether the key set that a site's sign-in names can be used."""

import orjson

from service.doctor.checks import Finding, Verdict
from service.fetching import Fetcher, FetchFailed
from service.identity.jws import key_set

_TODO = "serve a JWK set (RFC 7517) with public keys there, each with its kid"


async def examine_keys(fetcher: Fetcher, address: str) -> Finding:
    """Ask for the set as the service does, and count the keys that it could verify with."""
    try:
        answer = await fetcher.request("GET", address)
        keys = key_set(orjson.loads(answer.body)) if answer.status == 200 else ()
    except FetchFailed as error:
        return Finding("keys", Verdict.FAIL, str(error), _TODO)
    except orjson.JSONDecodeError:
        return Finding("keys", Verdict.FAIL, f"{address} is not JSON", _TODO)
    if not keys:
        return Finding("keys", Verdict.FAIL, f"{address} answers {answer.status} without a key of use", _TODO)
    return Finding("keys", Verdict.OK, f"{len(keys)} of use at {address}")

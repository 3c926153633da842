"""Signatures of others' tokens: the public vectors, and keys that cannot be used."""

from typing import Any

import pytest

from service.identity.jws import ALGORITHMS, KeyRefused, TokenRefused, key_set, payload_of, verifying_key
from tests.tokens import pair
from tests.unit.corpora import jws_vectors

# Said to be valid, and refused here on purpose: an empty payload is no claims, and a stray character is no base64url.
STRICTER = {"emptyPayload", "InvalidCharacterInsertedInHeader", "InvalidCharacterInsertedInPayload"}


def accepts(jwk: dict[str, Any], algorithm: str, token: str) -> bool:
    try:
        payload_of(token, [verifying_key(jwk, algorithm, jwk.get("kid", ""))])
    except (KeyRefused, TokenRefused):
        return False
    return True


def test_the_public_vectors_are_accepted_and_rejected_as_stated() -> None:
    accepted = refused = 0
    for group in jws_vectors():
        jwk = group.get("public") or group["private"]
        good = {test["jws"] for test in group["tests"] if test["result"] == "valid"}
        for test in group["tests"]:
            # Two of those called invalid lost their padding on the way into the file, and are a valid one letter by letter.
            stated = test["result"] == "valid" or (test["jws"] in good and "Padding" in test["comment"])
            # Where a key does not say what it is for, all that we know are tried.
            for algorithm in [jwk["alg"]] if "alg" in jwk else ALGORITHMS:
                expected = stated and algorithm in ALGORITHMS and test["comment"] not in STRICTER
                assert accepts(jwk, algorithm, test["jws"]) == expected, (test["tcId"], test["comment"])
                accepted += expected
                refused += not expected
    assert accepted >= 15
    assert refused >= 355


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_key_is_good_for_its_own_algorithm_alone(algorithm: str) -> None:
    jwk = pair(algorithm, "k").as_dict(private=False)
    assert verifying_key(jwk, algorithm, "k").algorithm == algorithm
    for other in {*ALGORITHMS, "none", "HS512", "RS512", ""} - {algorithm}:
        with pytest.raises(KeyRefused):
            verifying_key(jwk, other, "k")


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_are_too_short_are_refused() -> None:
    for jwk, algorithm in (
        ({"kty": "oct", "k": "c2hvcnQ"}, "HS256"),
        ({"kty": "RSA", "n": "AQAB" * 40, "e": "AQAB"}, "RS256"),
        ({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}, "ES256"),
        ({"kty": "OKP", "crv": "X25519", "x": "AA"}, "EdDSA"),
    ):
        with pytest.raises(KeyRefused):
            verifying_key(jwk, algorithm, "k")


def test_of_a_published_set_only_public_keys_for_signatures_are_taken() -> None:
    good = pair("ES256", "good").as_dict(private=False)
    secret = {"kty": "oct", "kid": "secret", "k": "c" * 64}
    document = {
        "keys": [good, secret, {**good, "kid": "enc", "use": "enc"}, "x", {"kty": "EC"}, {"kty": ["EC"]}]
    }
    assert [key.kid for key in key_set(document)] == ["good"]
    for odd in (None, [], {}, {"keys": {}}, {"keys": None}, "x"):
        assert key_set(odd) == []

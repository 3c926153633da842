"""Which policies let the comments in, case by case, as CSP Level 3 matches them."""

import pytest
from yarl import URL

from service.doctor.csp import blocking, parse_policies

PAGE = URL("https://www.news.example/story")
SCRIPT = URL("https://comments.example/embed.js")


@pytest.mark.parametrize(
    ("policy", "blocked"),
    [
        ("", None),
        ("img-src 'none'", None),
        ("default-src 'self'", "default-src 'self'"),
        ("default-src 'none'; script-src https://comments.example", None),
        ("script-src https://comments.example; script-src 'none'", None),
        ("script-src https://comments.example; script-src-elem 'self'", "script-src-elem 'self'"),
        ("script-src comments.example", None),
        ("script-src COMMENTS.example", None),
        ("script-src *.example", None),
        ("script-src *.comments.example", "script-src *.comments.example"),
        ("script-src https:", None),
        ("script-src http:", None),
        ("script-src *", None),
        ("script-src 'none'", "script-src 'none'"),
        ("script-src comments.example:8443", "script-src comments.example:8443"),
        ("script-src comments.example:*", None),
        ("script-src comments.example:443", None),
        ("script-src https://comments.example/embed.js", None),
        ("script-src https://comments.example/assets/", "script-src https://comments.example/assets/"),
        ("script-src 'unsafe-inline'", "script-src 'unsafe-inline'"),
        ("script-src 'nonce-abc'", None),
        ("script-src 'nonce-other'", "script-src 'nonce-other'"),
        (
            "script-src https://comments.example 'strict-dynamic'",
            "script-src https://comments.example 'strict-dynamic'",
        ),
        ("script-src *, script-src 'self'", "script-src 'self'"),
    ],
)
def test_the_script(policy: str, blocked: str | None) -> None:
    assert blocking(parse_policies([policy]), "script-src-elem", SCRIPT, PAGE, nonce="abc") == blocked


def test_what_a_trusted_script_loads() -> None:
    strict = parse_policies(["script-src 'nonce-abc' 'strict-dynamic'"])
    assert blocking(strict, "script-src-elem", SCRIPT, PAGE, by_script=True) is None
    nonce = parse_policies(["script-src 'nonce-abc'"])
    assert blocking(nonce, "script-src-elem", SCRIPT, PAGE, by_script=True) == "script-src 'nonce-abc'"


def test_self_is_the_page_and_a_host_without_a_scheme_takes_the_pages() -> None:
    own = URL("https://www.news.example/embed.js")
    assert blocking(parse_policies(["script-src 'self'"]), "script-src-elem", own, PAGE) is None
    plain = URL("http://comments.example/embed.js")
    assert blocking(parse_policies(["script-src comments.example"]), "script-src-elem", plain, PAGE)


def test_calls_have_a_directive_of_their_own() -> None:
    policies = parse_policies(["default-src https://comments.example; connect-src 'self'"])
    assert blocking(policies, "script-src-elem", SCRIPT, PAGE) is None
    assert blocking(policies, "connect-src", SCRIPT, PAGE) == "connect-src 'self'"

"""The table of causes is one table, on both sides of the wire: codes, faults, words, and what each refusal is a sign of."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.help.causes import BY_CODE, CAUSES
from service.problems import CODES

ROOT = Path(__file__).parents[2]
SPECIFIED = (
    # Every row of the specification's table; some need two codes.
    ("third-party storage or cookies blocked", ["storage"]),
    ("content blocker, tracking protection", ["blocked"]),
    ("the page's CSP", ["csp"]),
    ("the page's origin is not on the site's list", ["origin"]),
    ("no scripts, script crash", ["no_scripts", "crash"]),
    ("old browser", ["old_browser"]),
    ("offline, proxy, DNS, TLS", ["offline", "network"]),
    ("SSO token expired or absent", ["session_over"]),
    ("SSO token wrong", ["token_wrong"]),
    ("clock skew", ["clock"]),
    ("e-mail unverified, name missing or refused", ["email_unverified", "name"]),
    ("rate limited", ["rate_limited"]),
    ("suspended or banned", ["sanctioned"]),
    ("thread or commenting closed", ["closed"]),
    ("not entitled", ["not_entitled"]),
    ("held in the queue", ["held"]),
    ("rejected", ["rejected"]),
    ("banned word, link, length, mark-up", ["text_refused"]),
    ("asked to rephrase", ["rephrase"]),
    ("duplicate", ["duplicate"]),
    ("parent gone, edit window over", ["parent_gone", "edit_over"]),
    ("challenge fails", ["challenge"]),
    ("reader muted the author", ["muted"]),
    ("stale widget", ["stale"]),
    ("our outage", ["outage"]),
)


@pytest.fixture(scope="module")
def widget() -> dict[str, Any]:
    """The widget's side, as Node reads it."""
    script = """
        import { BY_CODE, CAUSES } from "./causes.ts";
        import { enHelp } from "./strings_help.ts";
        console.log(JSON.stringify({ causes: CAUSES, by_code: BY_CODE, words: enHelp }));"""
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), "--input-type=module-typescript", "--eval", script],
        cwd=ROOT / "service" / "web" / "widget",
        capture_output=True,
        check=True,
    )
    return orjson.loads(done.stdout)


def test_both_sides_know_the_same_causes_and_say_the_same(widget: dict[str, Any]) -> None:
    assert widget["causes"] == {code: str(cause.fault) for code, cause in CAUSES.items()}
    assert {code: widget["words"][f"why_{code}"] for code in CAUSES} == {
        code: cause.what for code, cause in CAUSES.items()
    }
    assert {code: widget["words"][f"do_{code}"] for code in CAUSES} == {
        code: cause.todo for code, cause in CAUSES.items()
    }


def test_both_sides_read_the_same_out_of_a_refusal(widget: dict[str, Any]) -> None:
    assert widget["by_code"] == dict(BY_CODE)
    assert set(BY_CODE.values()) <= set(CAUSES)


def test_the_table_is_the_specified_one() -> None:
    named = [code for _, codes in SPECIFIED for code in codes]
    assert len(named) == len(set(named))
    assert set(CAUSES) == {*named, "unknown"}


def test_every_refusal_that_a_reader_can_meet_has_a_cause() -> None:
    # Nobody's trouble: staff's calls, programs' mistakes, and a text that changed meanwhile, which says so itself.
    others = {
        "bad_credentials",
        "stale",
        "claim_lost",
        "illegal_move",
        "invalid",
        "malformed",
        "not_found",
        "method_not_allowed",
    }
    others |= {"unsupported_media_type", "key_reused", "precondition_failed", "precondition_required"}
    # Staff's calls.
    others |= {
        "bad_code",
        "bad_passkey",
        "code_needed",
        "passkey_needed",
        "last_admin",
        "not_impartial",
        "under_appeal",
    }
    others |= {"escalated", "needs_second", "not_waiting", "not_to_be_pinned", "too_many_pinned"}
    # Appeals do not keep anybody from commenting, and the refusals say what is so themselves.
    others |= {"appealed", "appeal_too_late", "not_appealable"}
    assert set(CODES) - others - set(BY_CODE) == set()


def test_holes_are_the_known_ones() -> None:
    holes = {hole for cause in CAUSES.values() for hole in re.findall(r"{(\w+)}", cause.what + cause.todo)}
    assert holes == {"host", "time"}

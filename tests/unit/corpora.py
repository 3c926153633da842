"""Public corpora of hostile text, where they are at hand."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]


def _path(name: str) -> Path:
    folder = Path(os.environ.get("PARLEY_CORPORA", _ROOT.parent / "shared" / "corpora"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"corpus {name} is not here (set PARLEY_CORPORA)")
    return path


@cache
def xss_payloads() -> list[str]:
    """One script injection per line."""
    return _path("xss/payloadbox.txt").read_text(encoding="utf-8", errors="replace").splitlines()


@cache
def naughty_strings() -> list[str]:
    """Strings that break software: injections, odd Unicode, long numbers, reserved words."""
    strings: list[str] = json.loads(_path("naughty-strings.json").read_text(encoding="utf-8"))
    return strings


@cache
def jws_vectors() -> list[dict[str, Any]]:
    """Groups of signed tokens: a key, and tests with a `result`, valid or invalid."""
    document = json.loads(_path("jws/json_web_signature_test.json").read_text(encoding="utf-8"))
    groups: list[dict[str, Any]] = document["testGroups"]
    return groups

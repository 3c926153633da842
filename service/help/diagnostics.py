"""What a browser tells with a ticket: known fields only, short, without query strings; the reader saw all of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

MAX_BYTES = 16 * 1024
_MAX_TEXT = 300
_MAX_CAUSES = 10
_MAX_BREADCRUMBS = 20
_MAX_NUMBER = 1e12

# Control characters but tabs and line feeds, halves of characters, and marks that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Cleaner = Callable[[Any], Any]


def clean_text(text: str) -> str:
    """Text without characters that a database or a screen chokes on; line breaks are one character."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(value: Any) -> str | None:
    return clean_text(value)[:_MAX_TEXT] if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _MAX_NUMBER else None


def _address(value: Any) -> str | None:
    text = _text(value)
    return text.split("?", 1)[0].split("#", 1)[0] if text else None


def _table(fields: Mapping[str, Cleaner]) -> Cleaner:
    def clean(value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        kept = {name: cleaner(value.get(name)) for name, cleaner in fields.items()}
        return {name: item for name, item in kept.items() if item is not None} or None

    return clean


def _list_of(cleaner: Cleaner, limit: int) -> Cleaner:
    def clean(value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            return None
        # The newest come last.
        return [item for item in map(cleaner, value[-limit:]) if item is not None] or None

    return clean


_clean = _table(
    {
        "page": _address,
        "host": _text,
        "build": _text,
        "service_build": _text,
        "phase": _text,
        "error": _table({"code": _text, "status": _number, "request_id": _text}),
        "causes": _list_of(_text, _MAX_CAUSES),
        "breadcrumbs": _list_of(_table({"at": _number, "what": _text, "status": _number}), _MAX_BREADCRUMBS),
        "timings": _table({"load": _number, "ready": _number, "first_page": _number}),
        "online": _flag,
        "storage": _flag,
        "cookies": _flag,
        "scripts": _flag,
        "clock_skew_s": _number,
        "language": _text,
        "window": _text,
        "browser": _text,
    }
)


def clean_diagnostics(raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """Keep what is known and drop the rest: a report is never refused for what came with it. At most MAX_BYTES of JSON."""
    kept: dict[str, Any] = _clean(dict(raw or {})) or {}
    for name in ("breadcrumbs", "causes", "timings"):
        if len(orjson.dumps(kept)) > MAX_BYTES:
            kept.pop(name, None)
    return kept

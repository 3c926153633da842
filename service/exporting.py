"""Long lists as files, sent while they are read: a page of rows at a time, whatever their number."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

import orjson
from aiohttp import web

Format = Literal["csv", "jsonl"]
TYPES: Mapping[str, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
PAGE = 1_000
# A client that takes nothing for so long is left.
_STALLED_S = 30.0
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def send(
    request: web.Request,
    name: str,
    format_: Format,
    columns: Sequence[str],
    pages: AsyncIterator[Sequence[Mapping[str, Any]]],
) -> web.StreamResponse:
    """Answer with the rows of `pages` as a file `name`; in CSV, values that are no text or number are JSON."""
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{TYPES[format_]}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.{format_}"',
            "Cache-Control": "private, no-store",
        }
    )
    await response.prepare(request)
    if format_ == "csv":
        await response.write(_csv([columns]))
    async for rows in pages:
        block = (
            _csv([[cell(row.get(column)) for column in columns] for row in rows])
            if format_ == "csv"
            else b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        )
        async with asyncio.timeout(_STALLED_S):
            await response.write(block)
    await response.write_eof()
    return response


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()

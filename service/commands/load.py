"""`parley load`: real comments from a file, posted through the API as readers would."""

import asyncio
import csv
import gzip
import itertools
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import click
import orjson

# Each guest posts a few comments, as readers do.
PER_GUEST = 5
_SETTLE_S = 120.0
_POLL_S = 0.25


@dataclass(slots=True)
class Run:
    """What happened so far: times by time.monotonic(), in seconds."""

    sent: dict[str, float] = field(default_factory=dict)
    published: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://localhost:8080", show_default=True, help="Where the service answers.")
@click.option("--site", default="demo", show_default=True, help="The site's key.")
@click.option("--article", default="demo-article", show_default=True, help="The article's key.")
@click.option("--column", default="text", show_default=True, help="The column that holds the text.")
@click.option("--limit", default=2000, show_default=True, help="How many comments to post.")
@click.option("--rate", default=100.0, show_default=True, help="Comments a second.")
def load(*, file: Path, url: str, site: str, article: str, column: str, limit: int, rate: float) -> None:
    """Post the comments in FILE (CSV, also .gz) and wait until each is published, held or rejected.

    The service must run with PARLEY_RATE_LIMITS=off. Exits with 1 if a comment stays pending or is refused for any
    reason but its length.
    """
    texts = list(itertools.islice(_texts(file, column), limit))
    run = asyncio.run(Loader(f"{url.rstrip('/')}/api/v1/sites/{site}", article, rate).run(texts))
    pending = [id_ for id_ in run.sent if run.statuses.get(id_, "pending") == "pending"]
    _tell(run, len(texts), len(pending))
    if pending or set(run.refused) - {"invalid"}:
        raise SystemExit(1)


def _texts(file: Path, column: str) -> Iterator[str]:
    csv.field_size_limit(sys.maxsize)
    opener: Any = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if column not in (reader.fieldnames or ()):
            raise click.ClickException(
                f"{file} has no column {column!r}; it has {', '.join(reader.fieldnames or ())}."
            )
        yield from (row[column] for row in reader if row[column] and row[column].strip())


class Loader:
    """Posts at a steady rate while it follows the article's live events."""

    def __init__(self, base: str, article: str, rate: float) -> None:
        self._base = base
        self._article = f"{base}/articles/{article}"
        self._rate = rate
        self._run = Run()
        self._http: aiohttp.ClientSession

    async def run(self, texts: list[str]) -> Run:
        """Post all of it, then wait until nothing is pending."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        async with aiohttp.ClientSession(
            timeout=timeout, json_serialize=lambda x: orjson.dumps(x).decode()
        ) as http:
            self._http = http
            following = asyncio.create_task(self._follow())
            chunks = [texts[i : i + PER_GUEST] for i in range(0, len(texts), PER_GUEST)]
            started = time.monotonic()
            guests = []
            with click.progressbar(chunks, label="Posting", length=len(chunks)) as bar:
                for number, chunk in enumerate(bar):
                    due = started + number * PER_GUEST / self._rate
                    await asyncio.sleep(max(0.0, due - time.monotonic()))
                    guests.append(asyncio.create_task(self._guest(number, chunk)))
            tokens = await asyncio.gather(*guests)
            with click.progressbar(tokens, label="Settling") as bar:
                for token in bar:
                    await self._settle(token)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        return self._run

    async def _guest(self, number: int, texts: list[str]) -> str:
        answer = await self._http.post(f"{self._base}/guests", json={"name": f"Reader {number}"})
        if answer.status != 201:
            raise click.ClickException(f"No guest was made: {answer.status} {await answer.text()}")
        token: str = (await answer.json())["access_token"]
        for position, text in enumerate(texts):
            await asyncio.sleep(PER_GUEST / self._rate / len(texts) if position else 0)
            await self._post(token, text)
        return token

    async def _post(self, token: str, text: str) -> None:
        sent = time.monotonic()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        async with self._http.post(
            f"{self._article}/comments", json={"body": text}, headers=headers
        ) as answer:
            body = await answer.json(content_type=None)
        self._run.answers.append(time.monotonic() - sent)
        if answer.status == 201:
            self._run.sent[body["id"]] = sent
        else:
            self._run.refused[body.get("code", str(answer.status))] += 1

    async def _follow(self) -> None:
        """Note when each comment is told of; a lost stream goes on where it was."""
        last: str | None = None
        while True:
            headers = {"Last-Event-ID": last} if last else {}
            async with self._http.get(f"{self._article}/events", headers=headers) as stream:
                async for raw in stream.content:
                    line = raw.strip()
                    if line.startswith(b"id: "):
                        last = line[4:].decode()
                    elif line.startswith(b"data: "):
                        comment = orjson.loads(line[6:]).get("comment")
                        if comment:
                            self._run.published.setdefault(comment["id"], time.monotonic())

    async def _settle(self, token: str) -> None:
        """Wait until none of a guest's comments is pending."""
        deadline = time.monotonic() + _SETTLE_S
        while True:
            headers = {"Authorization": f"Bearer {token}"}
            async with self._http.get(f"{self._base}/me/comments?limit=100", headers=headers) as answer:
                items = (await answer.json())["items"]
            self._run.statuses.update({item["id"]: item["status"] for item in items})
            if all(item["status"] != "pending" for item in items) or time.monotonic() > deadline:
                return
            await asyncio.sleep(_POLL_S)


def _tell(run: Run, texts: int, pending: int) -> None:
    counts = Counter(run.statuses[id_] for id_ in run.sent if id_ in run.statuses)
    click.echo(f"{texts} texts: {len(run.sent)} posted, refused: {dict(run.refused) or 'none'}")
    click.echo(
        f"published {counts['published']}, held {counts['held']}, rejected {counts['rejected']}, pending {pending}"
    )
    click.echo(f"post answered:        {_quantiles(run.answers)}")
    waits = [run.published[id_] - sent for id_, sent in run.sent.items() if id_ in run.published]
    click.echo(f"post to published:    {_quantiles(waits)}   ({len(waits)} seen live)")


def _quantiles(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "too few to tell"
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"

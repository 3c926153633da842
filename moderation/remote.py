"""A classifier on an inference server: Open Inference Protocol, version 2, over REST (Triton, KServe, MLServer, Ray Serve).

The model takes one BYTES tensor of texts, `[texts]`, and gives either one tensor per label, `[texts]` or `[texts, 1]`, named
by the label, or one tensor `[texts, labels]` whose columns the address names: `…/v2/models/toxic?label=toxicity&label=insult`.

A lost server is asked again a few times within a call. Then the worker takes the classifier for away, holds what it cannot
judge, and asks every few seconds whether it is back: that is the breaker, the same as for every other classifier.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import aiohttp

from moderation.classifier import ClassifierUnavailable

TRY_S = 5.0
TRIES = 3
_PAUSE_S = 0.2
_AGAIN = frozenset({429, 502, 503, 504})
_GREETING = "Thank you, that was an interesting article."


class RemoteError(Exception):
    """The server answered, but not with scores for every text."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model answers; `labels` name the columns of an output that holds all labels at once."""

    url: str
    model: str
    labels: tuple[str, ...] = ()
    # From `user:password@` before the host; never part of `url`, which is told in errors and logs.
    credentials: tuple[str, str] | None = None

    @classmethod
    def parse(cls, spec: str) -> "Address":
        """Read `http(s)://host[:port]/…/v2/models/{name}[?label=…]`. Raises ClassifierUnavailable."""
        parts = urlsplit(spec)
        *before, name = parts.path.rstrip("/").split("/")
        if (
            parts.scheme not in ("http", "https")
            or not parts.netloc
            or before[-2:] != ["v2", "models"]
            or not name
        ):
            raise ClassifierUnavailable("that is no address of a model: write http(s)://host/v2/models/name")
        host = parts.netloc.rpartition("@")[2]
        url = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        labels = tuple(parse_qs(parts.query).get("label", ()))
        credentials = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        return cls(url, name, labels, credentials)

    @property
    def headers(self) -> dict[str, str]:
        """What a call is sent with."""
        return {"Authorization": aiohttp.encode_basic_auth(*self.credentials)} if self.credentials else {}


class Remote:
    """A classifier as `moderation.classifier` describes it. Made by `load_remote`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None
        self._input = "text"
        self._version = ""
        self.id = ""
        self.labels: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it answers, without a password."""
        return self._address.url

    def connect(self) -> None:
        """Learn the model's input, version and labels. Raises ClassifierUnavailable, or RemoteError as `score` does."""
        about = self._runner.run(self._ask("GET", "", None))
        inputs = [one for one in about.get("inputs") or () if one.get("datatype") == "BYTES"]
        self._input = inputs[0]["name"] if inputs else self._input
        answer = self._infer([_GREETING])
        self.labels = tuple(self._columns(answer, 1))
        # Some servers name the version in one place, some in the other, some nowhere.
        self._version = str(answer.get("model_version") or (about.get("versions") or [""])[-1])
        self.id = f"remote:{self._address.model}@{self._version or 'unversioned'}"
        if "toxicity" not in self.labels:
            found = ", ".join(self.labels)
            raise ClassifierUnavailable(
                f"{self._address.url} gives no label toxicity, but {found}: name the columns with ?label="
            )

    def score(self, texts: Sequence[str]) -> list[Mapping[str, float]]:
        """Scores per text, in order. Raises ClassifierUnavailable for a lost server, RemoteError for a wrong answer."""
        if not texts:
            return []
        answer = self._infer(texts)
        version = str(answer.get("model_version") or self._version)
        if version != self._version:
            raise ClassifierUnavailable(
                f"{self._address.url} is version {version} now, no longer {self._version}"
            )
        columns = self._columns(answer, len(texts))
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.close()

    def _infer(self, texts: Sequence[str]) -> dict[str, Any]:
        tensor = {"name": self._input, "shape": [len(texts)], "datatype": "BYTES", "data": list(texts)}
        # The id is optional in the protocol, and yet some servers fail without one.
        return self._runner.run(self._ask("POST", "/infer", {"id": uuid4().hex, "inputs": [tensor]}))

    def _columns(self, answer: Mapping[str, Any], count: int) -> dict[str, list[float]]:
        return columns_of(answer.get("outputs"), count, self._address.labels)

    async def _ask(self, method: str, path: str, body: object) -> dict[str, Any]:
        """One call, tried again after a connection is lost, a time-out, or a status that says to come back."""
        failure = ""
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE_S * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 -- spreads the load
            try:
                return await self._ask_once(method, path, body)
            except _Again as error:
                failure = str(error)
        raise ClassifierUnavailable(f"{self._address.url} does not answer: {failure}")

    async def _ask_once(self, method: str, path: str, body: object) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TRY_S), headers=self._address.headers
            )
        try:
            async with self._session.request(
                method, self._address.url + path, json=body, allow_redirects=False
            ) as answer:
                if answer.status in _AGAIN:
                    raise _Again(f"status {answer.status}")
                if answer.status == 404:
                    raise ClassifierUnavailable(f"{self._address.url} knows no such model")
                if answer.status != 200:
                    raise RemoteError(f"the server answered with status {answer.status}")
                document = await answer.json(content_type=None)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise _Again(type(error).__name__) from None
        except ValueError:
            raise RemoteError("the server's answer is not JSON") from None
        if not isinstance(document, dict):
            raise RemoteError("the server's answer is not an object")
        return document


class _Again(Exception):
    """This try failed in a way that another may not."""


def columns_of(outputs: object, count: int, labels: Sequence[str]) -> dict[str, list[float]]:
    """Each label's scores for `count` texts, from the protocol's output tensors. Raises RemoteError."""
    columns: dict[str, list[float]] = {}
    for tensor in outputs if isinstance(outputs, list) else ():
        data = _flat(tensor.get("data") if isinstance(tensor, dict) else None)
        if len(data) == count and len(labels) <= 1:
            columns[labels[0] if labels else str(tensor.get("name"))] = data
        elif labels and len(data) == count * len(labels):
            columns |= {label: data[at :: len(labels)] for at, label in enumerate(labels)}
        else:
            raise RemoteError(
                f"an output holds {len(data)} numbers for {count} texts and {len(labels) or 1} labels"
            )
    if not columns:
        raise RemoteError("the server's answer has no outputs")
    return columns


def _flat(data: object) -> list[float]:
    """Numbers in row-major order, however the server nests them."""
    if not isinstance(data, list):
        raise RemoteError("an output carries no data")
    flat: list[float] = []
    for item in data:
        if isinstance(item, list):
            flat += _flat(item)
        elif isinstance(item, int | float):
            flat.append(float(item))
        else:
            raise RemoteError("an output holds something else than numbers")
    return flat


def load_remote(spec: str) -> Remote:
    """The classifier at an address (see the module). Raises ClassifierUnavailable; takes seconds at most."""
    remote = Remote(Address.parse(spec))
    try:
        remote.connect()
    except RemoteError as error:
        remote.close()
        raise ClassifierUnavailable(f"{remote.url}: {error}") from None
    except BaseException:
        remote.close()
        raise
    return remote

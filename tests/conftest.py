"""Fixtures for all tests that need the service: a site, the API over a real socket, a worker."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from aiohttp.test_utils import TestClient, TestServer

from moderation.database import Pool, open_pool
from moderation.isolation import IsolatedClassifier
from moderation.notify import Notifier
from moderation.worker import Config, Worker
from service.app import make_app
from service.settings import Settings

CUED = "python:tests.classifiers:Cued"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database, size=8, name="test") as pool:
        yield pool


@pytest.fixture
async def site(pool: Pool) -> int:
    """The id of a site with the key `demo`."""
    return await pool.fetchval(
        "INSERT INTO sites (key, name, origins) VALUES ('demo', 'Demo', '{https://news.example}') RETURNING id"
    )


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return Settings(rate_limits="off", data_dir=tmp_path, pool_size=4)


@dataclass
class Guest:
    """A reader with a token."""

    api: "Api"
    id: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: str, *, article: str = "story", key: str | None = None, **more: Any) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return await self.api.call(
            "POST", f"/articles/{article}/comments", json={"body": body, **more}, headers=headers
        )

    async def call(self, method: str, path: str, **options: Any) -> Any:
        options["headers"] = self.headers | options.get("headers", {})
        return await self.api.call(method, path, **options)


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any


@dataclass
class Api:
    """Calls of the readers' API on the site `demo`."""

    client: TestClient[Any, Any]
    site: str = "demo"
    guests: int = field(default=0)

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        return await self.raw(method, f"/api/v1/sites/{self.site}{path}", **options)

    async def raw(self, method: str, path: str, **options: Any) -> Answer:
        async with self.client.request(method, path, **options) as response:
            json = "json" in response.headers.get("Content-Type", "")
            return Answer(
                response.status,
                await (response.json(content_type=None) if json else response.text()),
                response.headers,
            )

    async def guest(self, name: str | None = None) -> Guest:
        self.guests += 1
        answer = await self.call("POST", "/guests", json={"name": name or f"Guest {self.guests}"})
        assert answer.status == 201, answer.body
        body = answer.body
        return Guest(self, body["reader"]["id"], body["access_token"], body["refresh_token"])


@pytest.fixture
async def api(database: str, settings: Settings, site: int) -> AsyncIterator[Api]:
    app = make_app(settings, database)
    async with TestClient(TestServer(app)) as client:
        yield Api(client)


MakeWorker = Callable[..., Awaitable[Worker]]


@pytest.fixture
async def make_worker(pool: Pool) -> AsyncIterator[MakeWorker]:
    """Makes workers whose classifier has been started; tests call `run_once`."""
    made: list[Worker] = []

    async def make(spec: str = CUED, **config: Any) -> Worker:
        config = {
            "batch_size": 16,
            "score_timeout_s": 5.0,
            "name": f"test-{len(made)}",
            "count_floods": False,
            **config,
        }
        worker = Worker(pool, IsolatedClassifier(spec), Notifier(pool), Config(**config))
        made.append(worker)
        await worker.prepare()
        return worker

    yield make
    for worker in made:
        await worker.close()


@pytest.fixture
async def worker(make_worker: MakeWorker) -> Worker:
    """A worker whose classifier is the cued one."""
    return await make_worker()


@pytest.fixture
async def other_site(pool: Pool) -> int:
    """A second tenant."""
    return await pool.fetchval("INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id")


async def row(pool: Pool, query: str, *arguments: Any) -> asyncpg.Record:
    """One row that must be there."""
    found = await pool.fetchrow(query, *arguments)
    assert found is not None
    return found

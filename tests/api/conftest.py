"""Fixtures of the API's tests."""

from collections.abc import AsyncIterator

import pytest

from moderation.database import Pool
from tests.api.newsroom import Newsroom
from tests.conftest import Api


@pytest.fixture
async def room(api: Api, pool: Pool, site: int) -> AsyncIterator[Newsroom]:
    """A newsroom on the site `demo`."""
    server = api.client.server
    newsroom = Newsroom(str(server.make_url("")).rstrip("/"), pool, server.app, site)
    yield newsroom
    await newsroom.close()

"""Tickets while the database is away: kept in a file, synced, filed when it is back; none is lost and none is doubled."""

import asyncio
import errno
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from moderation.database import Pool
from service.app import make_app
from service.help import forms, intake, spool
from service.help.intake import spool_of
from service.help.spool import Spool, SpoolFullError
from service.keys import RESERVE
from service.settings import Settings
from tests.conftest import Api
from tests.severed import Line, severable

TICKET = {"category": "cannot_post", "message": "It says network error."}
KEY = {"Idempotency-Key": "0123456789abcdef"}


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory whose path fits into a socket's address."""
    directory = Path(tempfile.mkdtemp(prefix="plr"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
async def line(database: str, short: Path) -> AsyncIterator[Line]:
    async with severable(database, short) as line:
        yield line


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_HASTE_S", 0)
    # Tests file what is kept themselves.
    monkeypatch.setattr(spool, "EVERY_S", 3600)


@pytest.fixture
async def api(line: Line, settings: Settings, site: int) -> AsyncIterator[Api]:
    async with TestClient(TestServer(make_app(settings, line.dsn))) as client:
        api = Api(client)
        # The site has been seen before the database goes.
        assert (await api.raw("GET", "/help/demo")).status == 200
        yield api


@pytest.fixture
def kept(settings: Settings) -> Path:
    return settings.data_dir / "spool"


async def file_all(api: Api) -> None:
    app = api.client.server.app
    await spool_of(app).file_all(app[RESERVE])


async def test_a_ticket_is_kept_and_filed_under_the_reference_that_was_given(
    api: Api, line: Line, pool: Pool, kept: Path
) -> None:
    await line.cut()
    answer = await api.call("POST", "/tickets", json={**TICKET, "email": "a@example.org"}, headers=KEY)
    assert answer.status == 202
    [file] = kept.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o700
    assert answer.body["url"].rpartition("#")[2] not in file.read_text()
    await line.mend()
    await file_all(api)
    stored = await pool.fetchrow("SELECT reference, message, email, state FROM tickets")
    assert tuple(stored) == (answer.body["reference"], TICKET["message"], "a@example.org", "received")
    assert list(kept.iterdir()) == []
    url = answer.body["url"]
    path, secret = re.search(r"(/help/.+)#(.+)", url).groups()
    assert TICKET["message"] in (await api.raw("POST", path, data={"secret": secret})).body


async def test_sent_again_before_during_and_after_it_is_one_ticket(api: Api, line: Line, pool: Pool) -> None:
    before = await api.call("POST", "/tickets", json=TICKET, headers=KEY)
    await line.cut()
    during = [await api.call("POST", "/tickets", json=TICKET, headers=KEY) for _ in range(2)]
    other = await api.call("POST", "/tickets", json={**TICKET, "message": "Else."}, headers=KEY)
    await line.mend()
    await file_all(api)
    after = await api.call("POST", "/tickets", json=TICKET, headers=KEY)
    assert [before.status, *(answer.status for answer in during), after.status] == [201, 202, 202, 201]
    assert len({answer.body["url"] for answer in (before, *during, after)}) == 1
    assert (other.status, other.body["code"]) == (422, "key_reused")
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1


async def test_many_at_once_are_all_kept(api: Api, line: Line, pool: Pool) -> None:
    await line.cut()
    answers = await asyncio.gather(
        *(api.call("POST", "/tickets", json={**TICKET, "message": f"Report {n}"}) for n in range(50))
    )
    assert {answer.status for answer in answers} == {202}
    await line.mend()
    app = api.client.server.app
    # Two processes file at the same time.
    await asyncio.gather(
        *(Spool(app[intake.SETTINGS].data_dir / "spool").file_all(app[RESERVE]) for _ in range(2))
    )
    references = {row["reference"] for row in await pool.fetch("SELECT reference FROM tickets")}
    assert references == {answer.body["reference"] for answer in answers}


def _full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_disk_that_is_full_is_told_and_nothing_half_written_stays(
    api: Api, line: Line, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.cut()
    monkeypatch.setattr(os, "fsync", _full)
    answer = await api.call("POST", "/tickets", json=TICKET, headers=KEY)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert list(kept.iterdir()) == []
    monkeypatch.undo()
    assert (await api.call("POST", "/tickets", json=TICKET, headers=KEY)).status == 202


async def test_the_form_works_too(api: Api, line: Line, pool: Pool) -> None:
    await line.cut()
    form = await api.raw("GET", "/help/demo")
    assert form.status == 200
    assert 'data-cause="outage"' in form.body
    stamp = re.search(r'name="stamp" value="([^"]+)"', form.body)[1]
    fields = {"category": "display", "message": "Nothing loads.", "stamp": stamp}
    answer = await api.raw("POST", "/help/demo", data=fields)
    assert answer.status == 202
    assert "Your message is safe" in answer.body
    path, secret = re.search(r'href="(/help/demo/tickets/PX-[^"#]+)#([^"]+)"', answer.body).groups()
    page = await api.raw("POST", path, data={"secret": secret, "message": "One more thing.", "stamp": stamp})
    assert page.status == 503
    assert "One more thing.</textarea>" in page.body
    await line.mend()
    await file_all(api)
    assert await pool.fetchval("SELECT message FROM tickets") == "Nothing loads."


async def test_a_site_never_seen_is_looked_up_when_the_ticket_is_filed(
    api: Api, line: Line, pool: Pool, other_site: int, kept: Path
) -> None:
    await line.cut()
    for site in ("other", "nowhere"):
        form = await api.raw("GET", f"/help/{site}")
        stamp = re.search(r'name="stamp" value="([^"]+)"', form.body)[1]
        fields = {"category": "display", "message": "Nothing loads.", "stamp": stamp}
        assert (await api.raw("POST", f"/help/{site}", data=fields)).status == 202
    await line.mend()
    await file_all(api)
    assert await pool.fetchval("SELECT site_id FROM tickets") == other_site
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1
    assert [file.suffix for file in kept.iterdir()] == [".refused"]


async def test_a_broken_file_does_not_keep_the_others_out(
    api: Api, line: Line, pool: Pool, kept: Path
) -> None:
    await line.cut()
    await api.call("POST", "/tickets", json=TICKET)
    (kept / "0000.json").write_text('{"half')
    (kept / "1111.json.draft").write_text("left by a crash")
    await line.mend()
    await file_all(api)
    assert await pool.fetchval("SELECT count(*) FROM tickets") == 1
    assert sorted(file.name for file in kept.iterdir()) == ["0000.refused", "1111.json.draft"]


async def test_a_full_spool_says_so(api: Api, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_MAX_FILES", 1)
    await line.cut()
    assert (await api.call("POST", "/tickets", json=TICKET)).status == 202
    answer = await api.call("POST", "/tickets", json=TICKET)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert SpoolFullError.__doc__


async def test_the_service_files_them_by_itself(
    api: Api, line: Line, pool: Pool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.cut()
    await api.call("POST", "/tickets", json=TICKET)
    await line.mend()
    monkeypatch.setattr(spool, "EVERY_S", 0.05)
    async with TestClient(TestServer(make_app(settings, line.dsn))), asyncio.timeout(20):
        while not await pool.fetchval("SELECT count(*) FROM tickets"):
            await asyncio.sleep(0.05)

"""The diagnosis: what stands between a reader and a comment, and nothing about anybody else."""

import time
from typing import Any

import jsonschema
import pytest

from moderation import workers
from moderation.database import Pool
from moderation.worker import Worker
from moderation.workers import WorkerState
from service.settings import Settings
from service.tokens import Signer
from tests.api.newsroom import Newsroom
from tests.conftest import Answer, Api, Guest


async def ask(who: Api | Guest, *, headers: dict[str, str] | None = None, **body: Any) -> Answer:
    return await who.call("POST", "/diagnosis", json=body, headers=headers or {})


def codes(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [finding["code"] for finding in answer.body["findings"]]


async def test_nothing_is_wrong_with_a_reader_who_may_comment(api: Api) -> None:
    guest = await api.guest()
    answer = await ask(guest, article="story", headers={"Origin": "https://news.example"})
    assert codes(answer) == []
    assert answer.body["token"] == {"state": "good", "code": None}
    assert answer.body["page"] == {"origin": "https://news.example", "listed": True}
    assert (answer.body["sanction"], answer.body["article_closed"], answer.body["comments"]) == (
        None,
        False,
        [],
    )


async def test_the_answer_is_as_described(api: Api, worker: Worker) -> None:
    document = (await api.raw("GET", "/api/openapi.json")).body
    guest = await api.guest()
    await guest.post("You idiot")
    await worker.run_once()
    answer = await ask(guest, article="story")
    call = document["paths"]["/api/v1/sites/{site}/diagnosis"]["post"]
    schema = call["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
    assert [error.message for error in validator.iter_errors(answer.body)] == []


async def test_a_page_that_is_not_listed_is_told(api: Api) -> None:
    answer = await ask(await api.guest(), headers={"Origin": "https://copy.example"})
    assert codes(answer) == ["origin"]
    assert answer.body["findings"][0]["fault"] == "site"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_token_is_told_apart_by_what_is_wrong_with_it(
    api: Api, other_site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await api.guest()
    elsewhere = await Api(api.client, "other").guest()
    forged = Signer([b"another secret of some length...."]).sign(1, int(guest.id))
    for token in ("rubbish", forged, elsewhere.token):
        answer = await ask(api, headers={"Authorization": f"Bearer {token}"})
        assert codes(answer) == ["token_wrong"]
        assert answer.body["token"] == {"state": "wrong", "code": "token_refused"}
    now = time.time()
    monkeypatch.setattr("service.clock.Clock.now", lambda _: now + 901)
    assert codes(await ask(guest)) == ["session_over"]
    assert codes(await ask(api)) == []


async def test_an_account_that_is_gone_is_a_session_that_is_over(api: Api, pool: Pool) -> None:
    guest = await api.guest()
    await pool.execute("DELETE FROM readers")
    assert codes(await ask(guest)) == ["session_over"]


@pytest.mark.parametrize("kind", ["suspended", "banned"])
async def test_a_restriction_is_told_with_its_end(api: Api, pool: Pool, kind: str) -> None:
    guest, other = await api.guest(), await api.guest()
    await pool.execute(
        "UPDATE readers SET sanction = $1, sanctioned_until = '2031-05-01Z' WHERE id = $2",
        kind,
        int(guest.id),
    )
    answer = await ask(guest)
    assert codes(answer) == ["sanctioned"]
    assert answer.body["sanction"]["kind"] == kind
    assert answer.body["sanction"]["until"].startswith("2031-05-01")
    assert codes(await ask(other)) == []
    await pool.execute("UPDATE readers SET sanctioned_until = now() - interval '1 second'")
    assert codes(await ask(guest)) == []


async def test_a_closed_article_is_told(api: Api, pool: Pool, room: Newsroom) -> None:
    await room.post()
    await pool.execute("UPDATE articles SET mode = 'closed'")
    guest = await api.guest()
    assert codes(await ask(guest, article="a1")) == ["closed"]
    assert codes(await ask(guest, article="another")) == []


async def test_a_site_without_guests_asks_to_sign_in(api: Api, pool: Pool) -> None:
    await pool.execute("UPDATE sites SET guests_allowed = false")
    assert codes(await ask(api)) == ["not_entitled"]


async def test_own_comments_are_told_with_their_reasons(api: Api, room: Newsroom) -> None:
    guest = await api.guest()
    held = await room.held(reader=int(guest.id))
    rejected = await room.post("Worse.", reader=int(guest.id))
    await room.judge(rejected, "rejected")
    answer = await ask(guest, article="a1")
    assert codes(answer) == ["rejected", "held"]
    assert [comment["id"] for comment in answer.body["comments"]] == [str(rejected), str(held)]
    assert answer.body["comments"][0]["reasons"][0]["code"] == "likely_toxic"
    assert "score" not in str(answer.body["comments"])
    asked = await ask(guest, comment_id=str(held))
    assert codes(asked) == ["held", "rejected"]
    assert asked.body["findings"][0]["comment_id"] == str(held)
    assert codes(await ask(guest, article="another")) == []


async def test_a_comment_of_somebody_else_is_as_one_that_does_not_exist(api: Api, room: Newsroom) -> None:
    guest = await api.guest()
    theirs = await room.held()
    gone = await ask(guest, comment_id="999999", article="a1")
    for asker in (guest, api):
        answer = await ask(asker, comment_id=str(theirs), article="a1")
        assert answer.body["comments"] == []
        assert codes(answer) == []
    asked = await ask(guest, comment_id=str(theirs), article="a1")
    assert {**asked.body, "now": None} == {**gone.body, "now": None}


async def test_nothing_of_another_site_can_be_learnt(api: Api, room: Newsroom, other_site: int) -> None:
    guest = await api.guest()
    held = await room.held(reader=int(guest.id))
    answer = await api.raw(
        "POST", "/api/v1/sites/other/diagnosis", json={"comment_id": str(held)}, headers=guest.headers
    )
    assert (answer.body["comments"], codes(answer)) == ([], ["token_wrong"])


class TestLimits:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limits": "on"})

    async def test_what_must_be_waited_for_is_told_and_asking_costs_nothing(self, api: Api) -> None:
        guest = await api.guest()
        assert codes(await ask(guest)) == []
        refused = None
        for n in range(7):
            refused = await guest.post(f"Comment {n}")
        assert refused is not None
        assert refused.body["code"] == "rate_limited"
        answers = [await ask(guest) for _ in range(3)]
        for answer in answers:
            assert codes(answer)[0] == "rate_limited"
            [limit] = answer.body["limits"]
            assert limit["name"] == "comment"
            assert 0 < limit["retry_after_s"] <= refused.body["retry_after_s"]


async def test_whether_comments_are_judged_is_told(api: Api, pool: Pool) -> None:
    assert (await ask(api)).body["service"]["judging"] is False
    async with pool.acquire() as conn:
        await workers.report(conn, "w1", "cued@1", WorkerState.READY)
    assert (await ask(api)).body["service"]["judging"] is True


async def test_who_was_asked_to_rephrase_is_told_so_until_they_send_it_on(api: Api, worker: Worker) -> None:
    guest = await api.guest()
    comment = (await guest.post("You idiot", nudge=True)).body["id"]
    await worker.run_once()
    answer = await ask(guest, article="story")
    assert codes(answer) == ["rephrase"]
    assert answer.body["comments"][0]["rephrase"] is True
    asked = await ask(guest, comment_id=comment)
    assert [(one["code"], one["weight"]) for one in asked.body["findings"]] == [("rephrase", 96)]
    await guest.call("POST", f"/comments/{comment}/review")
    assert codes(await ask(guest, article="story")) == ["held"]


async def test_whom_one_has_muted_is_told_of_where_they_wrote(api: Api, worker: Worker) -> None:
    ann, ben = await api.guest("Ann"), await api.guest("Ben")
    await ben.post("A calm word")
    await worker.run_once()
    await ann.call("PUT", f"/me/mutes/{ben.id}")
    answer = await ask(ann, article="story")
    assert (codes(answer), answer.body["muted"]) == (["muted"], 1)
    assert codes(await ask(ann, article="elsewhere")) == []
    assert codes(await ask(ben, article="story")) == []
    await ann.call("DELETE", f"/me/mutes/{ben.id}")
    assert codes(await ask(ann, article="story")) == []

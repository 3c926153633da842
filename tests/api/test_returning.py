"""Erasing an account sheds no ban: whoever comes back by the same account or address is under it again."""

import pytest
from joserfc.jwk import OctKey

from moderation.database import Pool
from service.store import marks, sso
from service.store.sso import StoredKey
from tests.conftest import Answer, Api
from tests.tokens import ISSUER, SECRET, claims, token

ADA = {"sub": "42", "email": "Ada@mail.example", "email_verified": True}


@pytest.fixture(autouse=True)
async def _issuer(pool: Pool, site: int) -> None:
    async with pool.acquire() as conn:
        await sso.set_issuer(conn, site, issuer=ISSUER, audience="parley")
        await sso.add_key(conn, site, StoredKey("1", "HS256", OctKey.import_key(SECRET).as_dict()))


async def come(api: Api, **changes: object) -> Answer:
    answer = await api.call("POST", "/sso", json={"token": token(claims(**changes))})
    assert answer.status == 200, answer.body
    return answer


async def post(api: Api, who: Answer, text: str) -> Answer:
    headers = {"Authorization": f"Bearer {who.body['access_token']}"}
    return await api.call("POST", "/articles/story/comments", json={"body": text}, headers=headers)


async def lay_on(pool: Pool, who: Answer, sanction: str, until: str = "NULL") -> None:
    reader = int(who.body["reader"]["id"])
    await pool.execute(
        f"UPDATE readers SET sanction = $2, sanctioned_until = {until} WHERE id = $1", reader, sanction
    )
    await pool.execute(
        f"""INSERT INTO sanctions (site_id, reader_id, from_sanction, to_sanction, until, actor, reason, note)
            SELECT site_id, id, 'none', $2, {until}, 'system', 'harassment', 'Leave her be.' FROM readers WHERE id = $1""",
        reader,
        sanction,
    )


async def erase(api: Api, who: Answer) -> None:
    headers = {"Authorization": f"Bearer {who.body['access_token']}"}
    assert (await api.call("DELETE", "/me", headers=headers)).status == 204


@pytest.mark.parametrize(
    "back",
    [ADA, {"sub": "43", "email": "ada@MAIL.example", "email_verified": True}],
    ids=["the same account", "the same address"],
)
async def test_a_ban_is_found_again_and_says_why(api: Api, pool: Pool, back: dict[str, object]) -> None:
    first = await come(api, **ADA)
    await lay_on(pool, first, "banned")
    await erase(api, first)
    kept = await pool.fetch("SELECT kind, mark FROM reader_marks")
    assert {row["kind"] for row in kept} == {"account"}
    assert not any(row["mark"] == "42" or "ada" in row["mark"] for row in kept)
    again = await come(api, **back)
    assert again.body["reader"]["id"] != first.body["reader"]["id"]
    answer = await post(api, again, "Here I am again")
    assert (answer.status, answer.body["sanction"], answer.body["until"]) == (403, "banned", None)
    assert await pool.fetchval("SELECT note FROM sanctions ORDER BY id DESC LIMIT 1") == "Leave her be."
    # Erasing once more sheds it no better, whatever of the two comes back.
    await erase(api, again)
    for one in (ADA, back):
        assert (await post(api, await come(api, **one), "And again")).status == 403


async def test_what_is_over_or_lifted_is_not_found_again(api: Api, pool: Pool) -> None:
    first = await come(api, **ADA)
    await lay_on(pool, first, "suspended", "now() + interval '1 hour'")
    await erase(api, first)
    await pool.execute("UPDATE readers SET sanctioned_until = now() - interval '1 second'")
    second = await come(api, **ADA)
    assert (await post(api, second, "It is over")).status == 201
    async with pool.acquire() as conn:
        await marks.forget(conn)
    assert await pool.fetchval("SELECT count(*) FROM reader_marks WHERE kind = 'account'") == 0


async def test_a_lifted_ban_does_not_come_back_by_a_second_erasure(api: Api, pool: Pool) -> None:
    first = await come(api, **ADA)
    await lay_on(pool, first, "banned")
    await erase(api, first)
    second = await come(api, **ADA)
    await pool.execute("UPDATE readers SET sanction = 'none' WHERE external_id = 'sso:42'")
    await erase(api, second)
    assert (await post(api, await come(api, **ADA), "Forgiven")).status == 201


async def test_of_those_who_were_not_shut_out_nothing_is_kept(api: Api, pool: Pool) -> None:
    for sanction in ("none", "premoderated"):
        who = await come(api, **ADA)
        await pool.execute("UPDATE readers SET sanction = $1 WHERE erased_at IS NULL", sanction)
        await erase(api, who)
    assert await pool.fetchval("SELECT count(*) FROM reader_marks") == 0
    # Neither is an address that nobody proved.
    banned = await come(api, sub="44", email="eve@mail.example")
    await lay_on(pool, banned, "banned")
    await erase(api, banned)
    assert await pool.fetchval("SELECT count(*) FROM reader_marks") == 1
    assert (await post(api, await come(api, sub="45", email="eve@mail.example"), "Another Eve")).status == 201

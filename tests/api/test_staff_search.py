"""Search over all comments, and filters that are saved."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.names import skeleton
from service.store import search
from tests.api.newsroom import Newsroom

SITE = "/sites/demo"


@pytest.fixture
async def archive(room: Newsroom) -> dict[str, int]:
    """A few comments, in every way unlike each other; ids by name."""
    otto, dora = await room.reader("Otto"), await room.reader("Dora")
    await room.pool.execute("UPDATE readers SET name_skeleton = $2 WHERE id = $1", otto, skeleton("Otto"))
    made = {
        "trams": await room.post("The trams were full, and the tram stop was closed.", reader=otto),
        "cars": await room.post("Cars are fuller than trams ever were.", reader=dora),
        "rude": await room.post("You are a fool, Otto.", reader=dora),
    }
    await room.judge(made["trams"], "published")
    await room.judge(made["cars"], "held")
    await room.judge(made["rude"], "rejected")
    days = {"trams": "2026-03-01T00:00", "cars": "2026-03-02T23:59", "rude": "2026-03-03T00:00"}
    for (name, day), toxicity in zip(days.items(), (0.02, 0.4, 0.93), strict=True):
        await room.pool.execute(
            "UPDATE comments SET created_at = $2 WHERE id = $1",
            made[name],
            datetime.fromisoformat(day).replace(tzinfo=UTC),
        )
        await room.pool.execute(
            "INSERT INTO scores (site_id, comment_id, revision, model, labels) VALUES ($1, $2, 1, 'm@1', $3)",
            room.site_id,
            made[name],
            {"toxicity": toxicity},
        )
    made["otto"], made["dora"] = otto, dora
    return made


async def names(room: Newsroom, archive: dict[str, int], query: str) -> list[str]:
    console = room.browser()
    if not await room.pool.fetchval("SELECT count(*) FROM staff"):
        await room.hire("anna", "auditor")
    await console.sign_in("anna@example.org")
    status, page = await console.call("GET", f"{SITE}/comments?{query}")
    assert status == 200, page
    by_id = {str(id_): name for name, id_ in archive.items() if name not in ("otto", "dora")}
    return [by_id[item["id"]] for item in page["items"]]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["rude", "cars", "trams"]),
        ("words=trams", ["cars", "trams"]),
        ("words=TRAMS+full", ["trams"]),
        ("words=%22tram+stop%22", ["trams"]),
        ("words=trams+-cars", ["trams"]),
        ("words=fool+or+stop", ["rude", "trams"]),
        ("words=%22%27%26+%7C+%21%28", []),
        ("author=Otto", ["trams"]),
        ("author=0tt%D0%BE", ["trams"]),
        ("author=Nobody", []),
        ("status=held", ["cars"]),
        ("status=published", ["trams"]),
        ("status=erased", []),
        ("article=a1", ["rude", "cars", "trams"]),
        ("article=b2", []),
        ("low=0.4", ["rude", "cars"]),
        ("low=0.1&high=0.5", ["cars"]),
        ("high=0.02", ["trams"]),
        ("since=2026-03-02", ["rude", "cars"]),
        ("until=2026-03-02", ["cars", "trams"]),
        ("since=2026-03-02&until=2026-03-02", ["cars"]),
        ("words=trams&author=Otto&status=published&article=a1&high=0.5&since=2026-02-01", ["trams"]),
        ("words=trams&status=rejected", []),
    ],
)
async def test_everything_that_is_asked_for_holds(
    room: Newsroom, archive: dict[str, int], query: str, wanted: list[str]
) -> None:
    assert await names(room, archive, query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("words=fool", ["rude"]),
        ("words=fool+or+trams", ["rude", "cars", "trams"]),
        ("words=trams", ["cars", "trams"]),
        ("words=full&author=Otto", ["trams"]),
        ("words=trams&status=rejected", []),
    ],
)
@pytest.mark.parametrize("further", [1, 2, 100])
async def test_words_that_the_newest_do_not_have_are_found_further_down_or_by_their_index(
    further: int,
    room: Newsroom,
    archive: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    wanted: list[str],
) -> None:
    monkeypatch.setattr(search, "LOOKED_THROUGH", 1)
    # A hit among the first leads further, none leads to the index; what is not there after that is not there.
    monkeypatch.setattr(search, "FURTHER", further)
    monkeypatch.setattr(search, "PROMISING", 1)
    assert await names(room, archive, query) == wanted


async def test_a_reader_is_found_by_id_and_the_newest_text_counts(
    room: Newsroom, archive: dict[str, int]
) -> None:
    assert await names(room, archive, f"reader={archive['dora']}") == ["rude", "cars"]
    await room.pool.execute(
        "INSERT INTO revisions (site_id, comment_id, revision, body, html) VALUES ($1, $2, 2, 'Bicycles.', 'x')",
        room.site_id,
        archive["cars"],
    )
    await room.pool.execute("UPDATE comments SET revision = 2 WHERE id = $1", archive["cars"])
    assert await names(room, archive, "words=trams") == ["trams"]
    assert await names(room, archive, "words=bicycles") == ["cars"]


async def test_pages_of_a_search_miss_nothing_even_within_one_moment(room: Newsroom) -> None:
    wanted = [await room.post(f"Number {number}") for number in range(5)]
    await room.pool.execute("UPDATE comments SET created_at = '2026-01-01Z' WHERE id = ANY($1)", wanted[1:4])
    console = await room.console("anna")
    seen, cursor = [], ""
    while cursor is not None:
        _, page = await console.call("GET", f"{SITE}/comments?limit=2&words=number&cursor={cursor}")
        seen += [int(item["id"]) for item in page["items"]]
        cursor = page["next"]
    assert seen == [wanted[4], wanted[0], wanted[3], wanted[2], wanted[1]]


async def test_a_result_says_what_a_list_shows(room: Newsroom, archive: dict[str, int]) -> None:
    console = await room.console("anna")
    _, page = await console.call("GET", f"{SITE}/comments?words=fool")
    assert page["items"] == [
        {
            "id": str(archive["rude"]),
            "status": "rejected",
            "body": "You are a fool, Otto.",
            "created_at": "2026-03-03T00:00:00Z",
            "author": {"id": str(archive["dora"]), "name": "Dora"},
            "article": {"key": "a1", "title": "An article", "url": None},
            "toxicity": pytest.approx(0.93),
        }
    ]


@pytest.mark.parametrize(
    "query", ["low=2", "low=nan", "status=gone", "since=yesterday", "reader=x", "words=", "unknown=1"]
)
async def test_what_cannot_be_asked_is_refused(room: Newsroom, query: str) -> None:
    console = await room.console("anna")
    status, problem = await console.call("GET", f"{SITE}/comments?{query}")
    assert (status, problem["code"]) == (422, "invalid")


async def test_another_sites_comments_are_not_found(room: Newsroom, archive: dict[str, int]) -> None:
    other = await room.pool.fetchval("INSERT INTO sites (key, name) VALUES ('other', 'Other') RETURNING id")
    await room.hire("eve", "admin", site_id=other)
    eve = room.browser()
    await eve.sign_in("eve@example.org")
    assert (await eve.call("GET", "/sites/other/comments?words=trams"))[1] == {"items": [], "next": None}
    assert (await eve.call("GET", "/sites/other/comments?author=Otto"))[1]["items"] == []


async def test_filters_are_ones_own_and_saved_by_name(room: Newsroom) -> None:
    anna, ben = await room.console("anna"), await room.console("ben")
    saved: dict[str, Any] = {"name": "Trams", "place": "search", "query": {"words": "trams"}}
    status, first = await anna.call("PUT", f"{SITE}/filters", saved)
    assert (status, first["query"]) == (200, {"words": "trams"})
    _, again = await anna.call("PUT", f"{SITE}/filters", {**saved, "query": {"words": "tram"}})
    assert again["id"] == first["id"]
    await anna.call("PUT", f"{SITE}/filters", {"name": "A", "place": "queue", "query": {"view": "reported"}})
    _, body = await anna.call("GET", f"{SITE}/filters")
    assert [(one["name"], one["query"]) for one in body["filters"]] == [
        ("A", {"view": "reported"}),
        ("Trams", {"words": "tram"}),
    ]
    assert (await ben.call("GET", f"{SITE}/filters"))[1] == {"filters": []}
    assert (await ben.call("DELETE", f"{SITE}/filters/{first['id']}"))[0] == 204
    assert len((await anna.call("GET", f"{SITE}/filters"))[1]["filters"]) == 2
    assert (await anna.call("DELETE", f"{SITE}/filters/{first['id']}"))[0] == 204
    assert len((await anna.call("GET", f"{SITE}/filters"))[1]["filters"]) == 1


async def test_there_are_only_so_many_filters(room: Newsroom) -> None:
    console = await room.console("anna")
    for number in range(51):
        body = {"name": f"Filter {number}", "place": "queue", "query": {}}
        status, problem = await console.call("PUT", f"{SITE}/filters", body)
        assert status == (200 if number < 50 else 422)
    assert problem["errors"][0]["code"] == "too_many"
    body = {"name": "Filter 7", "place": "queue", "query": {"view": "held"}}
    assert (await console.call("PUT", f"{SITE}/filters", body))[0] == 200

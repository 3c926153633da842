"""Threads for those who run no script of ours: pages, linked data, frames, oEmbed, counts."""

import re
from html import unescape
from typing import Any

import orjson
import pytest

from moderation.database import Pool
from moderation.worker import Worker
from tests.conftest import Answer, Api

HOSTILE = "**bold** <script>alert(1)</script> </script>"


async def publish(api: Api, worker: Worker, *texts: str, **more: Any) -> list[str]:
    ids = [(await (await api.guest()).post(text, **more)).body["id"] for text in texts]
    while await worker.run_once():
        pass
    return ids


def data_of(page: Answer) -> dict[str, Any]:
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.body, re.DOTALL)
    return orjson.loads(text)


async def test_a_thread_can_be_read_page_by_page(api: Api, worker: Worker) -> None:
    texts = [f"Text number {n}." for n in range(53)]
    ids = await publish(api, worker, *texts, article="2026%2Friver")

    first = await api.raw("GET", "/threads/demo/2026%2Friver?sort=oldest")
    assert first.status == 200
    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "53 comments on" in first.body
    [following] = re.findall(r'<link rel="next" href="([^"]+)">', first.body)
    second = await api.raw("GET", unescape(following))
    assert 'rel="next"' not in second.body
    found = re.findall(r'id="parley-(\d+)"', first.body) + re.findall(r'id="parley-(\d+)"', second.body)
    assert found == ids


async def test_what_somebody_wrote_stays_in_its_place(api: Api, worker: Worker) -> None:
    [id_] = await publish(api, worker, HOSTILE, article_title="</script><b>Title</b>")

    for path in ("/threads/demo/story", f"/conversations/demo/{id_}", f"/conversations/demo/{id_}/alone"):
        page = await api.raw("GET", path)
        assert page.status == 200
        assert "<strong>bold</strong>" in page.body
        assert "<script>alert" not in page.body
        assert "<b>Title" not in page.body
        assert page.body.count("</script>") == page.body.count("<script type=")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_linked_data_tells_of_the_discussion(api: Api, worker: Worker) -> None:
    ann = await api.guest("Ann")
    root = (
        await ann.post(
            "One & **two**",
            article_url="https://news.example/river#top",
            article_title="The river",
        )
    ).body["id"]
    await worker.run_once()
    reply = (await (await api.guest("Ben")).post("Three", parent_id=root)).body["id"]
    await worker.run_once()

    data = data_of(await api.raw("GET", "/threads/demo/story"))
    assert data["@type"] == "DiscussionForumPosting"
    assert (data["headline"], data["url"], data["commentCount"]) == (
        "The river",
        "https://news.example/river",
        2,
    )
    [comment] = data["comment"]
    assert (comment["text"], comment["author"]["name"]) == ("One & two", "Ann")
    [below] = comment["comment"]
    assert (below["text"], below["author"]["name"]) == ("Three", "Ben")
    assert comment["datePublished"].endswith("+00:00")

    alone = data_of(await api.raw("GET", f"/conversations/demo/{reply}"))
    assert (alone["@type"], alone["text"]) == ("Comment", "Three")
    assert alone["about"]["url"] == "https://news.example/river"


async def test_pages_come_from_the_cache_and_follow_the_thread(api: Api, worker: Worker) -> None:
    [id_] = await publish(api, worker, "First")
    path = f"/conversations/demo/{id_}"
    page = await api.raw("GET", path, headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"

    again = await api.raw("GET", path, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status == 304
    assert "Content-Security-Policy" in again.headers


async def test_what_is_not_up_is_not_shown(api: Api, worker: Worker, other_site: int) -> None:
    guest = await api.guest()
    held = (await guest.post("You idiot")).body["id"]
    await worker.run_once()
    [up] = await publish(api, worker, "Fine")

    assert "idiot" not in (await api.raw("GET", "/threads/demo/story")).body
    for path in (
        f"/conversations/demo/{held}",
        f"/conversations/demo/{held}/alone",
        f"/conversations/other/{up}",
        "/conversations/demo/x",
        "/threads/nowhere/story",
        "/frame/nowhere/story",
    ):
        page = await api.raw("GET", path)
        assert page.status == 404
        assert "not there any more" in page.body
    assert (await api.raw("GET", "/threads/demo/never-seen")).status == 200


async def test_only_the_sites_own_pages_may_frame_the_widget(api: Api) -> None:
    page = await api.raw("GET", "/frame/demo/a%2F%22b?theme=dark&url=https://news.example/river%23x")
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://news.example")
    assert 'data-article="a/&#34;b"' in page.body
    assert 'data-theme="dark"' in page.body
    assert 'data-url="https://news.example/river"' in page.body
    foreign = await api.raw("GET", "/frame/demo/a?url=https://evil.example/")
    assert "evil" not in foreign.body
    thread = await api.raw("GET", "/threads/demo/a")
    assert thread.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


async def test_oembed_describes_a_comment_by_either_address(api: Api, worker: Worker) -> None:
    [id_] = await publish(
        api, worker, "Fine", article_url="https://news.example/river", article_title='The "river"'
    )
    page = await api.raw("GET", f"/conversations/demo/{id_}")
    [link] = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page.body)
    found = await api.raw("GET", "/oembed?" + unescape(link).split("?")[1] + "&maxwidth=300")

    assert found.status == 200
    assert (found.body["version"], found.body["type"], found.body["width"]) == ("1.0", "rich", 300)
    assert found.body["author_name"] == "Guest 1"
    assert f"/conversations/demo/{id_}/alone" in found.body["html"]
    assert "&quot;river&quot;" in found.body["html"]
    linked = await api.raw("GET", "/oembed", params={"url": f"https://news.example/river#parley-{id_}"})
    assert linked.body["html"] == found.body["html"].replace('"300"', '"600"')
    alone = await api.raw("GET", f"/conversations/demo/{id_}/alone")
    assert alone.headers["Content-Security-Policy"].endswith("frame-ancestors *")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/river",
        "https://news.example/river#parley-999999",
        "https://elsewhere.example/#parley-1",
        "not an address",
    ],
)
async def test_oembed_of_anything_else_is_not_found(api: Api, worker: Worker, url: str) -> None:
    await publish(api, worker, "Fine")
    assert (await api.raw("GET", "/oembed", params={"url": url})).status == 404


async def test_oembed_is_given_as_json_only(api: Api) -> None:
    assert (await api.raw("GET", "/oembed?url=https://a.example&format=xml")).status == 501


async def test_counts_of_many_articles_come_in_one_call(api: Api, worker: Worker, pool: Pool) -> None:
    await publish(api, worker, "One", "Two", article="a%2Fb,%20c")
    await publish(api, worker, "Three", article="d")
    path = "/counts?article=a%2Fb%2C%20c&article=d&article=never"

    answer = await api.call("GET", path)

    assert answer.body == {"counts": {"a/b, c": 2, "d": 1, "never": 0}}
    assert "max-age=30" in answer.headers["Cache-Control"]
    again = await api.call(
        "GET",
        "/counts?article=never&article=d&article=a%2Fb%2C%20c",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status == 304


@pytest.mark.parametrize(
    "query", ["", "?article=", "?" + "&".join(f"article={n}" for n in range(101)), "?x=1"]
)
async def test_counts_of_too_few_or_too_many_are_refused(api: Api, query: str) -> None:
    assert (await api.call("GET", f"/counts{query}")).status == 422

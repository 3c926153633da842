"""What a large thread and a long visit cost: measured for the report (--junitxml), and bounded where noise cannot decide."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import LiveService
from tests.browser.widgets import open_thread

pytestmark = pytest.mark.figures

Record = Callable[[str, object], None]
COMMENTS = 1000
# An hour at five a second.
EVENTS = 18_000
_STEPS = 6


def made_up(number: int, parent: str | None = None) -> dict[str, Any]:
    """A comment as the API gives it."""
    return {
        "id": str(10_000 + number),
        "parent_id": parent,
        "root_id": parent or str(10_000 + number),
        "depth": 1 if parent else 0,
        "author": {"id": str(number % 50), "name": f"Reader {number % 50}", "avatar_url": None, "badges": []},
        "html": f"<p>Some words about the river, number {number}, of a usual length for a comment.</p>",
        "created_at": "2026-11-24T10:00:00+00:00",
        "edited_at": None,
        "status": "published",
        "votes": {"up": 3, "down": 1},
        "reply_count": 0,
        "revision": 1,
        "pinned": False,
        "featured": False,
        "replies": {"items": [], "next": None},
    }


def serve_thread(page: Page, count: int) -> None:
    article = {
        "key": "big",
        "title": None,
        "url": None,
        "state": "open",
        "comment_count": count,
        "version": 1,
    }
    thread = {"article": article, "comments": [made_up(n) for n in range(count)], "next": None}
    page.route("**/articles/*/comments?*", lambda route: route.fulfill(json=thread))


def test_a_thousand_comments_and_one_vote(
    page: Page, live_service: LiveService, article_key: str, record_property: Record
) -> None:
    serve_thread(page, COMMENTS)
    page.add_init_script(
        """addEventListener("parley:ready", (event) => {
            const shown = performance.now();
            requestAnimationFrame(() => setTimeout(() => { window.drawn = performance.now() - shown; }));
        })"""
    )
    open_thread(page, live_service, article_key)
    expect(page.locator("article.comment")).to_have_count(COMMENTS)
    page.wait_for_function("window.drawn !== undefined")
    page.route("**/vote", lambda route: route.fulfill(json={"votes": {"up": 4, "down": 1}, "own": 1}))
    page.locator("article .vote").first.click()
    page.locator(".gate input").first.fill("Ada")
    page.locator(".gate .primary").click()
    expect(page.locator("article .vote").first).to_have_attribute("aria-pressed", "true")
    vote_ms, touched = page.evaluate(
        """() => new Promise((done) => {
            const vote = document.querySelector("parley-comments").shadowRoot.querySelectorAll("article .vote")[2];
            const began = performance.now();
            const all = vote.closest(".thread");
            const watch = new MutationObserver((changes) => {
                watch.disconnect();
                const ids = new Set(changes.map(({ target }) => (target.closest ? target : target.parentElement).closest("article").dataset.id));
                done([performance.now() - began, ids.size]);
            });
            watch.observe(all, { attributes: true, subtree: true, characterData: true, childList: true });
            vote.click();
        })"""
    )
    record_property("drawn_ms", page.evaluate("drawn"))
    record_property("vote_ms", vote_ms)
    # One vote draws one comment anew, not all of them.
    assert touched == 1


def heap(session: CDPSession) -> float:
    """Megabytes in use once the garbage is gone."""
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def test_memory_stays_flat_over_an_hour_of_live_events(
    page: Page, live_service: LiveService, article_key: str, record_property: Record
) -> None:
    """Changes, arrivals and removals, as fast as the page takes them, in place of an hour at five a second."""
    serve_thread(page, 25)
    page.add_init_script(
        """(() => {
            const real = window.fetch;
            window.fetch = (input, init) => {
                if (!String(input).includes("/events")) return real(input, init);
                const body = new ReadableStream({ start(control) { window.feed = control; } });
                return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
            };
        })()"""
    )
    open_thread(page, live_service, article_key)
    page.wait_for_function("window.feed")
    session = page.context.new_cdp_session(page)
    template = json.dumps(made_up(0))
    sizes = []
    for step in range(_STEPS):
        page.evaluate(
            """async ([step, count, template]) => {
                const encoder = new TextEncoder();
                const send = (seq, event, data) =>
                    feed.enqueue(encoder.encode(`id: ${seq}\\nevent: comment.${event}\\ndata: ${JSON.stringify(data)}\\n\\n`));
                for (let n = 0; n < count; n += 3) {
                    const seq = 2 + step * count + n;
                    const id = String(50000 + seq);
                    const comment = { ...JSON.parse(template), id, root_id: id };
                    const old = { ...JSON.parse(template), votes: { up: n, down: 0 } };
                    send(seq, "published", { comment, comment_count: 25 });
                    send(seq + 1, "changed", { comment: old, comment_count: 25 });
                    send(seq + 2, "removed", { id, comment_count: 25 });
                    if (n % 240 === 0) await new Promise((done) => setTimeout(done));
                }
                await new Promise((done) => setTimeout(done, 0));
            }""",
            [step, EVENTS // _STEPS, template],
        )
        expect(page.locator("article.comment")).to_have_count(25)
        sizes.append(heap(session))
    record_property("megabytes", sizes)
    # The first step warms up; after it nothing may pile up: a kilobyte kept per event would be 15 MB.
    assert sizes[-1] - sizes[1] < 1.0, sizes

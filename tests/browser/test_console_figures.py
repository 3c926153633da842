"""What the console is measured by: two people on two hundred items, one of them cut off for a while; a hundred decisions by key.

The figures are printed (`-s` shows them); no time is asserted. How soon the next card is there the page measures itself.
"""

# ruff: noqa: T201 - figures are what it is for

import json
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import Desk, fill, query, rows

pytestmark = pytest.mark.figures

ITEMS = 200
RUN = 100

# Presses keys, each once what the one before it did is drawn; gives the milliseconds from the last to the next card's frame.
_DECIDE = """async (keys) => {
    const shown = () => document.querySelector('.card .comment-text')?.textContent ?? null;
    const drawn = () => new Promise((frame) => requestAnimationFrame(frame));
    const before = shown();
    let start = 0;
    for (const key of keys) {
        if (start) await drawn();
        start = performance.now();
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
    while (shown() === before) {
        await drawn();
        if (performance.now() - start > 5000) return null;
    }
    return performance.now() - start;
}"""


def decide(page: Page, *keys: str) -> float | None:
    """Decide on the card on the screen, if one may; gives the milliseconds until the next was there."""
    if not page.get_by_role("button", name="Approve", exact=True).is_visible():
        return None
    taken: float | None = page.evaluate(_DECIDE, list(keys))
    return taken


def made(desk: Desk) -> tuple[int, int]:
    """How many comments staff decided on, and by how many decisions."""
    [found] = query(
        desk,
        """SELECT count(DISTINCT comment_id) AS comments, count(*) AS decisions FROM decisions d
           JOIN sites t ON t.id = d.site_id WHERE t.key = $1 AND d.actor = 'staff'""",
        desk.service.site,
    )
    return found["comments"], found["decisions"]


def work_off(desk: Desk, pages: list[Page]) -> int:
    """Let everybody decide by turns until nothing waits; gives how many were told of a conflict."""
    deadline = time.monotonic() + 240
    while made(desk)[0] < ITEMS:
        for page in pages:
            decide(page, "a")
        assert time.monotonic() < deadline, made(desk)
    return sum(
        page.get_by_role("region", name="To be dealt with").locator(".notice").count() for page in pages
    )


def test_two_work_two_hundred_off_and_none_is_decided_twice(desk: Desk) -> None:
    fill(desk, ITEMS)
    pages = [desk.sit("Anna"), desk.sit("Ben")]
    for page in pages:
        page.locator(".card").wait_for()
    started = time.monotonic()
    conflicts = work_off(desk, pages)
    for page in pages:
        expect(rows(page)).to_have_count(0)
    assert made(desk) == (ITEMS, ITEMS)
    print(f"\n{ITEMS} items, two people: {time.monotonic() - started:.1f} s, {conflicts} conflicts")


def test_what_one_decides_offline_is_never_made_over_the_other_and_is_told(desk: Desk) -> None:
    """The minute is not waited for: whoever is cut off decides meanwhile, and their claims run out at once."""
    fill(desk, ITEMS)
    anna, ben = desk.sit("Anna"), desk.sit("Ben")
    for page in (anna, ben):
        page.locator(".card").wait_for()
    for _ in range(10):
        decide(anna, "a")
        decide(ben, "a")
    session = anna.context.new_cdp_session(anna)
    session.send("Network.enable")
    cut = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", {"offline": True, **cut})
    offline = sum(decide(anna, "a") is not None for _ in range(20))
    assert offline == 20
    expect(anna.get_by_text("Offline: ")).to_be_visible()
    query(
        desk,
        """UPDATE queue SET ready_at = now() WHERE claimed_by IS NOT NULL AND lane = 'review'
           AND site_id = (SELECT id FROM sites WHERE key = $1)""",
        desk.service.site,
    )
    # Ben rejects, so that every one of Anna's that he was faster with is a conflict.
    for _ in range(30):
        decide(ben, "r", "1")
    session.send("Network.emulateNetworkConditions", {"offline": False, **cut})
    anna.evaluate("dispatchEvent(new Event('online'))")
    expect(anna.get_by_text("Live", exact=True)).to_be_visible(timeout=60_000)
    expect(anna.get_by_text("Offline: ")).to_have_count(0)
    conflicts = work_off(desk, [anna, ben])
    assert made(desk) == (ITEMS, ITEMS)
    rejected = query(
        desk,
        """SELECT count(*) FROM comments c JOIN sites t ON t.id = c.site_id WHERE t.key = $1 AND c.status = 'rejected'""",
        desk.service.site,
    )
    # What Anna decided and what became of it add up: made, or told.
    by_anna = query(
        desk,
        """SELECT count(*) FROM decisions d JOIN staff s ON s.id = d.staff_id JOIN sites t ON t.id = d.site_id
           WHERE t.key = $1 AND s.name = 'Anna'""",
        desk.service.site,
    )
    print(
        f"\n{offline} decided offline, {conflicts} of them told as conflicts; Anna made {by_anna[0]['count']}, "
        f"{rejected[0]['count']} rejected"
    )
    assert conflicts > 0


def test_a_hundred_decisions_by_key(desk: Desk) -> None:
    fill(desk, RUN + 20)
    page = desk.sit("Anna")
    page.locator(".card").wait_for()
    keys = [("r", "1") if number % 4 == 3 else ("a",) for number in range(RUN)]
    started = time.monotonic()
    taken = [decide(page, *pressed) for pressed in keys]
    seconds = time.monotonic() - started
    times = sorted(one for one in taken if one is not None)
    assert len(times) == RUN
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    deadline = time.monotonic() + 60
    while made(desk)[0] < RUN:
        assert time.monotonic() < deadline, made(desk)
        time.sleep(0.1)
    figures = {
        "decisions": RUN,
        "keystrokes": sum(map(len, keys)),
        "ms to the next card": {"median": times[RUN // 2], "p95": times[int(RUN * 0.95)], "most": times[-1]},
        "ms a decision": seconds * 1000 / RUN,
    }
    print("\n" + json.dumps(figures))

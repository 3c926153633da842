"""How long what should come true may take: a bound for what is broken, not a measure of what is slow."""

import os
import time
from collections.abc import Callable

from playwright.sync_api import Page

# How much slower than it is the machine makes itself (slowness.py).
SLOWNESS = float(os.environ.get("SLOWNESS", "1"))
PATIENCE_S = 30.0 * SLOWNESS


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait until what no expectation can tell is true; the page goes on meanwhile, its routes and events too."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come true"
        page.wait_for_timeout(20)

"""A smoke run of the widget in browsers that the tests do not use: `make smoke URL=http://localhost:8080` (a demo of your own).

Each browser that is installed (firefox-esr or firefox; WebKitWebDriver with a display) opens the demo article, comments as a
guest, and votes for it. Exit code 1 if one fails, 2 if there is none.
"""

import secrets
import shutil
import sys
import time
from typing import Any

from tests.smoke.drivers import Driver, Firefox, WebKit

_FIND = "return document.querySelector('parley-comments')?.shadowRoot?.querySelector(arguments[0]) ?? null"
_WAIT_S = 20.0


def find(driver: Driver, selector: str) -> Any:
    """Wait for a part of the thread."""
    deadline = time.monotonic() + _WAIT_S
    while True:
        found = driver.run(_FIND, selector)
        if found:
            return found
        assert time.monotonic() < deadline, f"{selector} does not come"
        time.sleep(0.1)


def smoke(driver: Driver, url: str) -> None:
    """Comment and vote, as a reader does."""
    text = f"Smoke {secrets.token_hex(4)}"
    driver.go(f"{url}/demo?article=smoke-{secrets.token_hex(4)}")
    area = find(driver, ".composer textarea[id]")
    driver.type(area, text)
    driver.type(find(driver, ".name input"), "Smoke")
    driver.run("arguments[0].form.requestSubmit()", area)
    find(driver, "article[data-status=published]")
    shown = driver.run(_FIND.replace(" ?? null", ".textContent"), "article .body")
    assert text in shown, shown
    driver.run("arguments[0].click()", find(driver, "article .vote"))
    find(driver, "article .vote[aria-pressed=true]")


def main() -> int:
    """Run in every browser that is there."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    webkit = shutil.which("WebKitWebDriver")
    made = [(Firefox, firefox), (WebKit, webkit)]
    failed = tried = 0
    for kind, binary in made:
        if binary is None:
            print(f"{kind.name}: not installed")
            continue
        tried += 1
        try:
            driver = kind(binary)
            try:
                smoke(driver, url)
            finally:
                driver.close()
            print(f"{kind.name}: reads, comments and votes")
        except AssertionError as error:
            failed += 1
            print(f"{kind.name}: {error}")
    return 2 if not tried else bool(failed)


if __name__ == "__main__":
    sys.exit(main())

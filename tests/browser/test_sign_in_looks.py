"""The sign-in window's and the account's pages are for everybody: on a desk and on a phone, in both colour schemes."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from service.help.place import file_address
from service.templating import render
from tests.browser.album import SCREENS, Album
from tests.browser.conftest import LiveService
from tests.browser.widgets import serve

pytestmark = pytest.mark.browser

SITE = {"key": "demo", "name": "The Courier"}
LONG = "somebody.with.a.rather.long.address@mail.department.example.org"
# A page and the values that it is shown with.
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "ways": ("ways.html", {"mail": True, "provider": "Sign in with Example", "error": "", "typed": ""}),
    "wrong": (
        "ways.html",
        {
            "mail": True,
            "provider": "",
            "error": "This does not look like an e-mail address.",
            "typed": "ada@",
        },
    ),
    "none": ("ways.html", {"mail": False, "provider": "", "error": "", "typed": ""}),
    "waiting": ("waiting.html", {"email": LONG, "number": 47}),
    "link": ("link.html", {"token": "x", "email": LONG, "numbers": [12, 47, 83]}),
    "confirmed": ("confirmed.html", {}),
    "name": ("name.html", {"error": "", "name": "Ada"}),
    "done": ("done.html", {"code": "x", "origin": "https://news.example", "back": "/demo"}),
    "over": ("over.html", {}),
    "open": ("open.html", {"token": "x"}),
    "account": ("account.html", {"name": "Ada Lovelace", "sure": True}),
    "unsure": ("account.html", {"name": "", "sure": False}),
    "left": ("left.html", {}),
    "erased": ("erased.html", {}),
}


@pytest.mark.parametrize("screen", list(SCREENS))
def test_every_page_of_signing_in(live_service: LiveService, browser: Browser, screen: str) -> None:
    context = browser.new_context(**SCREENS[screen], bypass_csp=True)
    page = context.new_page()
    album = Album(page, screen, "sign-in")
    for state, (template, values) in PAGES.items():
        html = render(
            f"account/{template}",
            site=SITE,
            ticket="x",
            css=file_address("help.css"),
            # Its own script would go on to the next page.
            script="data:,",
            **values,
        )
        serve(page, live_service, f"/looks/{state}", html)
        page.goto(f"{live_service.url}/looks/{state}")
        album.look(state)
    context.close()

"""What the browser tests of the help flow share."""

from playwright.sync_api import Page

from tests.browser.conftest import LiveService
from tests.browser.patience import until
from tests.browser.widgets import HELP


def kept(page: Page) -> list[str]:
    """The keys of the requests for help that wait in this browser."""
    return page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('parley:demo:help:'))")


def tickets(service: LiveService, page: Page, state: str = "all") -> list[dict]:
    """The demo site's tickets, as the console has them."""
    request = page.context.request
    origin = {"Origin": service.url}
    signed_in = request.post(
        f"{service.url}/api/v1/staff/session",
        data={"email": service.email, "password": service.password},
        headers=origin,
    )
    assert signed_in.ok
    answer = request.get(f"{service.url}/api/v1/staff/sites/demo/tickets?state={state}&limit=100")
    return answer.json()["items"]


def fill_in(page: Page, message: str) -> None:
    """Open the form and write a message."""
    page.get_by_role("button", name=HELP).click()
    page.get_by_label("What happened?").fill(message)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def help_is_there(page: Page) -> None:
    """Wait until the help form has come, and its words, which come last: it needs no network from then on. Not by polling in a page that forbids eval."""
    fetched = "performance.getEntriesByType('resource').some(e => /assets.help-en-/.test(e.name) && e.responseEnd > 0)"
    until(page, lambda: page.evaluate(fetched))

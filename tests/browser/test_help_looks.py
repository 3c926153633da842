"""The help flow is for everybody: no violation that axe knows, with scripts and without, in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LiveService
from tests.browser.help_form import send
from tests.browser.widgets import HELP, ready, serve

pytestmark = pytest.mark.browser


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_with_its_answers(
    browser: Browser, live_service: LiveService, article_key: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    colours = {"light": "background: #fff", "dark": "background: #111; color: #eee"}[scheme]
    html = f"""<!doctype html><html lang="en" style="{colours}"><meta charset="utf-8"><title>Story</title>
        <main><h1>Story</h1><parley-comments data-theme="{scheme}"></parley-comments></main>
        <script async src="/embed.js" data-site="{live_service.site}" data-article="{article_key}"></script></html>"""
    serve(page, live_service, f"/story/{article_key}", html)
    page.goto(f"{live_service.url}/story/{article_key}")
    ready(page)
    page.get_by_role("button", name=HELP).click()
    answers = page.locator(".answers")
    expect(answers).to_have_attribute("aria-busy", "false")
    page.get_by_text("What was checked").click()
    assert violations(page) == []
    page.get_by_label("What happened?").fill("It says no.")
    send(page)
    expect(page.get_by_text("Your reference:")).to_be_visible()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_without_scripts(browser: Browser, live_service: LiveService, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_service.url}/help/demo?error=csp")
    for group in page.locator("summary").all():
        group.click()
    assert violations(page) == []
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("What is it about?").select_option("display")
    page.get_by_label("What happened?").fill("Nothing loads.")
    page.get_by_role("button", name="Send").click()
    link = page.get_by_role("link", name="/tickets/")
    assert violations(page) == []
    page.goto(f"{live_service.url}{link.get_attribute('href')}")
    expect(page.get_by_text("Nothing loads.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="It works now").click()
    expect(page.get_by_text("Solved, as you said.")).to_be_visible()
    assert violations(page) == []
    context.close()

"""The staff's own doors: an invitation handed on as a link, one-time codes, a passkey of a virtual authenticator, sessions."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.consoles import PASSWORD, Desk, sign_in

pytestmark = pytest.mark.browser


def open_account(page: Page) -> None:
    page.get_by_role("button", name=re.compile("account and preferences")).click()
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("heading", name="Where you are signed in").wait_for()
    expect(page.get_by_label("Colours")).to_have_count(0)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("account and preferences")).click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("E-mail address").wait_for()


def test_an_invitation_is_handed_on_and_makes_a_colleague(desk: Desk) -> None:
    anna = desk.sit("Anna", role="admin")
    anna.get_by_role("link", name="Staff").click()
    anna.get_by_label("E-mail address").fill("nora@example.org")
    anna.get_by_role("combobox", name="As").select_option("auditor")
    anna.get_by_role("button", name="Invite").click()
    link = anna.locator(".once code").inner_text()
    expect(anna.get_by_role("region", name="Invitations")).to_contain_text("nora@example.org, auditor")

    nora = desk.page()
    nora.goto(link)
    expect(nora.get_by_text("The Test Courier invites nora@example.org")).to_be_visible()
    nora.reload()
    nora.get_by_label("Your name").fill("Nora")
    nora.get_by_label("A password").fill("a long new password")
    nora.get_by_role("button", name="Join").click()
    expect(nora.get_by_role("navigation", name="Sections")).to_be_visible()
    expect(nora).not_to_have_url(re.compile("join"))
    used = desk.page()
    used.goto(link)
    expect(used.get_by_role("alert")).to_contain_text("no longer good")

    anna.reload()
    row = anna.get_by_role("row", name="Nora")
    expect(row).to_be_visible()
    row.get_by_label("Role of Nora").select_option("moderator")
    # A role that changed ends the sessions that had the other one.
    nora.get_by_role("link", name="Search").click()
    expect(nora.get_by_role("dialog", name="Sign in again")).to_be_visible()
    anna.get_by_label("Role of Anna").select_option("lead")
    expect(anna.get_by_role("alert")).to_contain_text("needs an administrator")


def test_one_time_codes_are_set_up_and_asked_for(desk: Desk) -> None:
    anna = desk.sit("Anna")
    open_account(anna)
    codes = anna.get_by_role("region", name="One-time codes")
    codes.get_by_label("Your password").fill(PASSWORD)
    codes.get_by_role("button", name="Set up one-time codes").click()
    expect(codes.get_by_role("img", name="QR code")).to_be_visible()
    uri = codes.get_by_role("link", name="Open in an app").get_attribute("href")
    assert uri
    totp = pyotp.parse_uri(uri)
    codes.get_by_role("textbox", name="Code").fill(totp.now())
    codes.get_by_role("button", name="Ask for codes").click()
    expect(codes.locator(".codes li")).to_have_count(10)
    recovery = codes.locator(".codes li").all_inner_texts()
    expect(anna.get_by_role("region", name="Sessions")).to_contain_text("with a second factor")
    sign_out(anna)

    sign_in(anna, f"anna@{desk.service.site}.example")
    code = anna.get_by_label("Code from your app")
    expect(code).to_be_focused()
    code.fill("000000")
    code.press("Enter")
    expect(anna.get_by_role("alert")).to_contain_text("wrong")
    code.fill(recovery[0])
    code.press("Enter")
    expect(anna.get_by_role("navigation", name="Sections")).to_be_visible()


def test_a_passkey_signs_in_without_a_password(desk: Desk) -> None:
    anna = desk.sit("Anna")
    devices = anna.context.new_cdp_session(anna)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    device = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]
    open_account(anna)
    keys = anna.get_by_role("region", name="Passkeys")
    keys.get_by_label("A name to know it by").fill("My laptop")
    keys.get_by_label("Your password").fill(PASSWORD)
    keys.get_by_role("button", name="Add a passkey").click()
    expect(keys.get_by_role("listitem")).to_contain_text("My laptop")
    sign_out(anna)
    anna.get_by_role("button", name="Use a passkey").click()
    expect(anna.get_by_role("navigation", name="Sections")).to_be_visible()

    # Who holds the device must show that it is they.
    sign_out(anna)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    anna.get_by_role("button", name="Use a passkey").click()
    expect(anna.get_by_role("alert")).to_contain_text("No passkey was chosen")
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    anna.get_by_role("button", name="Use a passkey").click()
    open_account(anna)
    keys.get_by_role("button", name="Remove My laptop").click()
    expect(keys.get_by_role("listitem")).to_have_count(0)
    sign_out(anna)
    anna.get_by_role("button", name="Use a passkey").click()
    expect(anna.get_by_role("alert")).to_contain_text("not accepted")


def test_a_session_elsewhere_is_ended(desk: Desk) -> None:
    anna = desk.sit("Anna")
    other = desk.page()
    other.goto(desk.home)
    sign_in(other, f"anna@{desk.service.site}.example")
    other.get_by_role("navigation", name="Sections").wait_for()
    open_account(anna)
    sessions = anna.get_by_role("region", name="Sessions")
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    sessions.get_by_role("button", name="End it").click()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    other.get_by_role("link", name="Search").click()
    expect(other.get_by_role("dialog", name="Sign in again")).to_be_visible()
    sessions.get_by_role("button", name="Sign out everywhere").click()
    expect(anna.get_by_role("dialog", name="Sign in again")).to_be_visible()

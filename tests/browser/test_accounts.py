"""People in a real browser: from registering to a new password, and what an admin does with them."""

import email
import email.policy
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from deploy.local.mail import Catcher
from deploy.local.ports import free_port, wait_for
from services.people import accounts
from tests import servers
from tests.browser.conftest import Visit
from tests.browser.scene import PASSWORD

CAROL = "carol@example.org"
NEW = "Cloudy-day-8"
# Where pictures of what was seen are kept, for people to look at.
PICTURES = os.environ.get("PICTURES")


class Post:
    """The mails of this installation: sent by a real worker to a real server, and read from what that caught."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, recipient: str) -> str:
        """The newest mail to somebody, as text."""
        servers.work_off()
        for file in sorted(self._folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns, reverse=True):
            caught = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = caught.get_body(("plain",))
            if caught["To"] == recipient and body is not None:
                return str(body.get_content())
        raise AssertionError(f"no mail to {recipient}")

    def code(self, recipient: str) -> str:
        """The code in the newest mail."""
        return re.findall(r"^(\d{6})\s*$", self.newest(recipient), re.MULTILINE)[0]

    def link(self, recipient: str) -> str:
        """The path of the link in the newest mail."""
        return re.findall(r"^http://[^/]+(/\S+)\s*$", self.newest(recipient), re.MULTILINE)[0]


@pytest.fixture
def post(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    folder = Path(stores["AMPRA_VAR"]) / "mail"
    for old in folder.glob("*.eml"):
        old.unlink()
    port = free_port()
    controller = Controller(Catcher(folder), hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("AMPRA_SMTP_URL", f"smtp://127.0.0.1:{port}")
    servers.forget_settings()
    yield Post(folder)
    controller.stop()
    monkeypatch.undo()
    servers.forget_settings()


def keep(page: Page, name: str) -> None:
    """Keep pictures of a page in both schemes, wide and narrow, where they are asked for."""
    if PICTURES is None:
        return
    before = page.viewport_size
    for width, height in ((1280, 900), (360, 780)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            raise AssertionError(f"{name} scrolls sideways at {width} px")
    page.emulate_media(color_scheme=None)
    if before is not None:
        page.set_viewport_size(before)


def narrow_enough(page: Page) -> None:
    """Nothing scrolls sideways at 360 px."""
    before = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 780})
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    assert wait_for(lambda: bool(page.evaluate(fits)), 5), page.url
    assert before is not None
    page.set_viewport_size(before)


def sign_in(page: Page, password: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", CAROL)
    page.fill("#password", password)
    page.click("button[type=submit]")


def test_from_registering_to_a_new_password(visit: Visit, post: Post, complaints: list[str]) -> None:
    page = visit(None, "/sign-in")
    keep(page, "sign-in")
    page.click("text=Make an account")
    page.fill("#first_name", "Carol")
    page.fill("#email", CAROL)
    page.fill("#password", "Password1")
    page.click("button[type=submit]")
    expect(page.locator("#password-wrong")).to_contain_text("tried first")
    keep(page, "register")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("Check your e-mail")
    keep(page, "verify")
    code = post.code(CAROL)
    page.fill("#code", f"{(int(code) + 1) % 1_000_000:06}")
    expect(page.locator("#form-error")).to_contain_text("not right")
    expect(page.get_by_text("4 tries left")).to_be_visible()
    # Pasted with words around it, as people do.
    page.focus("#code")
    page.locator("#code").evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true})); }",
        f"Your code: {code}",
    )
    expect(page).to_have_url(re.compile(r"/$"))
    secret = _switch_second_factor_on(page)
    _out(page)
    sign_in(page, PASSWORD)
    expect(page.locator("h1")).to_have_text("Second step")
    keep(page, "second-step")
    page.fill("#code", _next_code(secret))
    page.click("button[type=submit]")
    expect(page.locator(".avatar")).to_have_text("C")
    _out(page)
    _reset(page, post)
    sign_in(page, NEW)
    expect(page.locator("h1")).to_have_text("Second step")
    assert [each for each in complaints if "401" not in each and "400" not in each] == []


def _switch_second_factor_on(page: Page) -> str:
    page.goto("/settings?tab=security")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".qr-code")).to_be_visible()
    keep(page, "second-factor")
    secret = page.locator(".factor .copy-text").inner_text()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".codes code")).to_have_count(10)
    keep(page, "recovery-codes")
    return secret


def _next_code(secret: str) -> str:
    """The code of the next half minute: that of this one was used to switch the factor on."""
    return pyotp.TOTP(secret).at(servers.now() + timedelta(seconds=30))


def _out(page: Page) -> None:
    page.click(".avatar")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator("h1")).to_have_text("Sign in")


def _reset(page: Page, post: Post) -> None:
    page.click("text=Forgotten?")
    page.fill("#email", CAROL)
    keep(page, "forgotten")
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("Check your e-mail")
    page.goto(post.link(CAROL))
    page.fill("#password", NEW)
    keep(page, "reset")
    page.click("button[type=submit]")
    expect(page.locator("[role=status]")).to_contain_text("new password is set")


@pytest.fixture
def people(stores: dict[str, str]) -> None:
    accounts.create_user("ada@example.org", PASSWORD, "Ada", "Admin", roles=("Admin",), is_email_verified=True)
    accounts.create_user("oscar@example.org", PASSWORD, "Oscar", "", roles=("Overseer",), is_email_verified=True)
    accounts.create_user(CAROL, PASSWORD, "Carol", "Čapek", is_email_verified=True)


@pytest.mark.usefixtures("people")
def test_an_admin_finds_locks_and_deletes(visit: Visit, post: Post) -> None:
    carol = visit(CAROL)
    expect(carol.locator(".avatar")).to_have_text("CČ")
    admin = visit("ada@example.org")
    expect(admin.locator(".nav.side .nav-link", has_text="Admin")).to_be_visible()
    expect(carol.locator(".nav.side .nav-link", has_text="Admin")).to_be_hidden()
    admin.goto("/admin")
    admin.get_by_label("Search people").fill("capek")
    admin.get_by_label("Search people").fill("Čapek")
    expect(admin.locator(".ag-center-cols-container .ag-row")).to_have_count(1)
    admin.locator(".ag-row", has_text=CAROL).click()
    admin.get_by_role("button", name="Lock", exact=True).click()
    expect(admin.get_by_role("button", name="Unlock")).to_be_visible()
    expect(admin.locator(".ag-row", has_text="Locked")).to_be_visible()
    keep(admin, "admin-person")
    carol.reload()
    expect(carol.locator("h1")).to_have_text("Sign in")
    admin.get_by_label("To delete, type the address").fill("somebody@example.org")
    admin.get_by_role("button", name="Delete with everything").click()
    expect(admin.get_by_text("exactly as it is written")).to_be_visible()
    admin.get_by_label("To delete, type the address").fill(CAROL)
    admin.get_by_role("button", name="Delete with everything").click()
    expect(admin.locator(".ag-row", has_text="Being deleted")).to_be_visible()
    servers.work_off()
    assert servers.fetch("SELECT count(*) FROM users WHERE email = %s", CAROL) == [(0,)]


@pytest.mark.usefixtures("people")
def test_nobody_but_an_overseer_touches_an_overseer(visit: Visit, post: Post) -> None:
    admin = visit("ada@example.org", "/admin")
    admin.locator(".ag-row", has_text="oscar@example.org").click()
    expect(admin.get_by_text("Only an Overseer changes the account of an Overseer.")).to_be_visible()
    expect(admin.get_by_role("button", name="Lock", exact=True)).to_have_count(0)
    expect(admin.locator(".tab-row .tab", has_text="Audit log")).to_be_visible()
    expect(admin.locator(".tab-row .tab", has_text="Mails")).to_have_count(0)
    admin.goto("/admin/mails")
    expect(admin.get_by_text("This part needs a permission that you do not have.")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_an_overseer_gives_one_permission(visit: Visit, post: Post) -> None:
    overseer = visit("oscar@example.org", "/admin")
    overseer.locator(".ag-row", has_text=CAROL).click()
    overseer.get_by_text("Permissions beside those of the role").click()
    row = overseer.locator(".person-permissions .setting-row", has_text="Read the audit log")
    row.locator("label").first.click()
    expect(overseer.get_by_text("Given")).to_be_visible()
    keep(overseer, "admin-permissions")
    carol = visit(CAROL, "/admin")
    expect(carol.locator(".nav.side .nav-link", has_text="Admin")).to_be_visible()
    expect(carol.locator(".tab-row .tab")).to_have_text(["Audit log"])
    expect(carol.get_by_text("Choose another above.")).to_be_visible()
    carol.locator(".tab-row .tab", has_text="Audit log").click()
    expect(carol.locator(".ag-row", has_text="permission-given")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_settings_are_kept_and_take_effect_at_once(visit: Visit, post: Post) -> None:
    page = visit(CAROL)
    expect(page.locator(".avatar")).to_have_text("CČ")
    page.goto("/settings?tab=preferences")
    page.locator(".setting-row").get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.get_by_text("°F", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.reload()
    expect(page.locator("input[type=radio][value='1']").first).to_be_checked()
    other = visit(CAROL)
    expect(other.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.goto("/settings?tab=tokens")
    page.get_by_label("Name").fill("Spreadsheet")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator(".copy-value.secret .copy-text").inner_text()
    answer = page.request.get("/api/v1/sources", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"sources": []}
    expect(page.locator(".listed", has_text="Spreadsheet")).to_be_visible()
    page.locator(".listed", has_text="Spreadsheet").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No tokens yet.")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_one_ends_other_sessions_and_deletes_the_own_account(visit: Visit, post: Post) -> None:
    here, there = visit(CAROL), visit(CAROL)
    expect(there.locator(".avatar")).to_have_text("CČ")
    here.goto("/settings?tab=security")
    expect(here.locator(".listed", has_text="Chrome on Linux")).to_have_count(2)
    here.locator(".listed").get_by_role("button", name="End").click()
    expect(here.locator(".listed", has_text="Chrome on Linux")).to_have_count(1)
    there.reload()
    expect(there.locator("h1")).to_have_text("Sign in")
    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_label("New password").fill(NEW)
    here.get_by_role("button", name="Change the password").click()
    expect(here.get_by_text("other sessions were signed out")).to_be_visible()
    here.goto("/settings?tab=data")
    here.get_by_label("Your password").fill(NEW)
    here.get_by_role("button", name="Delete my account").click()
    expect(here.locator("h1")).to_have_text("Sign in")
    servers.work_off()
    assert servers.fetch("SELECT count(*) FROM users WHERE email = %s", CAROL) == [(0,)]

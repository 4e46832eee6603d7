"""Passwords reset and changed, addresses changed, sessions ended: against real stores, by a clock of the tests' own."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from data import postgres
from services.errors import Forbidden, Invalid, NotFound, TooMany
from services.people import accounts, password_reset, sessions
from services.people import changes as account_changes
from services.people.accounts import Account
from tests import posted

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
PASSWORD, NEW = "Sunny-day-7", "Cloudy-day-8"
ADDRESS = "alice@example.org"
MOMENT = timedelta(microseconds=1)
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def alice(stores: dict[str, str]) -> Account:
    return accounts.create_user(ADDRESS, PASSWORD, "Alice", "Álvarez", is_email_verified=True)


def token() -> str:
    return posted.newest_link(ADDRESS).rpartition("/")[2]


def begin(account: Account, now: datetime = NOW) -> UUID:
    return sessions.begin(account.id, "A browser", now)


def is_open(session_id: UUID, stamp: str, now: datetime = NOW) -> bool:
    return sessions.find(str(session_id), stamp, now) is not None


def test_a_link_sets_a_new_password_once(alice: Account) -> None:
    password_reset.ask(" Alice@Example.ORG ", NOW)
    link = token()
    assert password_reset.holds(link, NOW)
    password_reset.reset(link, NEW, NOW)
    assert accounts.authenticate(ADDRESS, PASSWORD, NOW) is None
    assert accounts.authenticate(ADDRESS, NEW, NOW) is not None
    assert not password_reset.holds(link, NOW)
    with pytest.raises(NotFound):
        password_reset.reset(link, "Another-day-9", NOW)
    assert "changed" in posted.mails(ADDRESS)[-1].subject


def test_of_two_who_use_a_link_at_once_one_does(alice: Account) -> None:
    password_reset.ask(ADDRESS, NOW)
    link = token()

    def use(number: int) -> bool:
        try:
            password_reset.reset(link, f"Password-no-{number}", NOW)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


def test_a_link_holds_for_thirty_minutes_and_not_a_moment_longer(alice: Account) -> None:
    password_reset.ask(ADDRESS, NOW)
    link = token()
    end = NOW + timedelta(minutes=30)
    assert not password_reset.holds(link, end)
    with pytest.raises(NotFound):
        password_reset.reset(link, NEW, end)
    password_reset.reset(link, NEW, end - MOMENT)


def test_a_newer_link_ends_the_older(alice: Account) -> None:
    password_reset.ask(ADDRESS, NOW)
    first = token()
    password_reset.ask(ADDRESS, NOW)
    assert not password_reset.holds(first, NOW)
    assert password_reset.holds(token(), NOW)


def test_a_bad_password_does_not_use_the_link(alice: Account) -> None:
    password_reset.ask(ADDRESS, NOW)
    with pytest.raises(Invalid):
        password_reset.reset(token(), "short", NOW)
    assert password_reset.holds(token(), NOW)


def test_only_a_hash_of_the_link_is_kept(alice: Account) -> None:
    password_reset.ask(ADDRESS, NOW)
    with postgres.session() as session:
        kept = session.execute(text("SELECT token_hash FROM single_use_links")).scalar_one()
    assert len(kept) == 64
    assert token() not in kept
    assert all(token() not in row for row in posted.rows())


def test_nobody_is_told_whether_an_address_has_an_account(alice: Account) -> None:
    for email in (ADDRESS, "nobody@example.org", "no address", "a\0b@x.org"):
        started = time.monotonic()
        password_reset.ask(email, NOW)
        assert time.monotonic() - started >= accounts.REFUSAL_SECONDS
    assert [each.recipient for each in posted.mails()] == [ADDRESS]


def test_no_more_than_three_links_go_out_in_a_quarter_of_an_hour(alice: Account) -> None:
    for _ in range(5):
        password_reset.ask(ADDRESS, NOW)
    assert len(posted.mails(ADDRESS)) == 3


def test_a_reset_ends_sessions_and_locks_and_proves_the_address(alice: Account) -> None:
    session = begin(alice)
    with postgres.session() as opened:
        opened.execute(text("UPDATE users SET is_email_verified = false, lockout_end = now() + interval '1 day'"))
    password_reset.ask(ADDRESS, NOW)
    password_reset.reset(token(), NEW, NOW)
    account = accounts.authenticate(ADDRESS, NEW, NOW)
    assert account is not None
    assert account.is_email_verified
    assert not is_open(session, alice.security_stamp)
    assert sessions.of_account(alice.id, NOW) == []


def test_a_new_password_ends_the_other_sessions(alice: Account) -> None:
    mine, other = begin(alice), begin(alice)
    changed = account_changes.change_password(alice.id, PASSWORD, NEW, NOW, keep=mine)
    assert is_open(mine, changed.security_stamp)
    assert not is_open(mine, alice.security_stamp)
    assert not is_open(other, alice.security_stamp)
    assert not is_open(other, changed.security_stamp)
    assert accounts.authenticate(ADDRESS, NEW, NOW) is not None


def test_the_current_password_is_needed_and_cannot_be_guessed_for_ever(alice: Account) -> None:
    for _ in range(10):
        with pytest.raises(Invalid) as caught:
            account_changes.change_password(alice.id, "Wrong-day-7", NEW, NOW)
        assert set(caught.value.errors) == {"current_password"}
    with pytest.raises(TooMany):
        account_changes.change_password(alice.id, PASSWORD, NEW, NOW)


def test_a_new_address_counts_once_its_link_was_used(alice: Account) -> None:
    session = begin(alice)
    account_changes.ask_for_new_address(alice.id, "new@example.org", PASSWORD, NOW)
    assert accounts.load(alice.id) == alice
    link = posted.newest_link("new@example.org").rpartition("/")[2]
    assert account_changes.new_address(link, NOW) == "new@example.org"
    account_changes.use_new_address(link, NOW)
    account = accounts.authenticate("new@example.org", PASSWORD, NOW)
    assert account is not None
    assert account.id == alice.id
    assert accounts.authenticate(ADDRESS, PASSWORD, NOW) is None
    assert not is_open(session, alice.security_stamp)
    assert "address changed" in posted.mails(ADDRESS)[-1].subject
    with pytest.raises(NotFound):
        account_changes.use_new_address(link, NOW)


def test_a_link_to_a_new_address_holds_for_thirty_minutes(alice: Account) -> None:
    account_changes.ask_for_new_address(alice.id, "new@example.org", PASSWORD, NOW)
    link = posted.newest_link("new@example.org").rpartition("/")[2]
    end = NOW + timedelta(minutes=30)
    assert account_changes.new_address(link, end - timedelta(seconds=1)) == "new@example.org"
    assert account_changes.new_address(link, end) is None
    with pytest.raises(NotFound):
        account_changes.use_new_address(link, end)


def test_a_new_address_that_is_taken_is_not_told_to_who_asks(alice: Account) -> None:
    accounts.create_user("bob@example.org", PASSWORD, "Bob", "", is_email_verified=True)
    account_changes.ask_for_new_address(alice.id, "bob@example.org", PASSWORD, NOW)
    assert "already have an account" in posted.mails("bob@example.org")[-1].subject


def test_an_address_that_is_taken_meanwhile_is_refused(alice: Account) -> None:
    account_changes.ask_for_new_address(alice.id, "new@example.org", PASSWORD, NOW)
    link = posted.newest_link("new@example.org").rpartition("/")[2]
    accounts.create_user("new@example.org", PASSWORD, "", "")
    with pytest.raises(Forbidden):
        account_changes.use_new_address(link, NOW)
    assert accounts.load(alice.id) == alice


def test_a_session_slides_on_for_seven_days_after_its_last_use(alice: Account) -> None:
    session, stamp = begin(alice), alice.security_stamp
    almost = timedelta(days=7) - MOMENT
    assert not is_open(session, stamp, NOW + timedelta(days=7))
    assert is_open(session, stamp, NOW + almost)
    assert is_open(session, stamp, NOW + almost + almost)
    assert not is_open(session, stamp, NOW + almost + almost + timedelta(days=7))


@pytest.mark.parametrize("session_id", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_session_nobody_began_is_none(session_id: str) -> None:
    assert sessions.find(session_id, "", NOW) is None


def test_sessions_are_listed_and_ended_one_by_one_and_all(alice: Account) -> None:
    first, second = begin(alice), begin(alice, NOW + timedelta(hours=1))
    assert [each.id for each in sessions.of_account(alice.id, NOW + timedelta(hours=1))] == [second, first]
    bob = accounts.create_user("bob@example.org", PASSWORD, "", "")
    assert not sessions.end(bob.id, first)
    assert sessions.end(alice.id, first)
    assert not is_open(first, alice.security_stamp)
    assert is_open(second, alice.security_stamp)
    assert sessions.end_all(alice.id, NOW) == 1
    assert not is_open(second, alice.security_stamp)


@pytest.mark.parametrize("column", ["barred_at", "deletion_requested_at"])
def test_an_account_that_was_barred_has_no_session_and_no_sign_in(alice: Account, column: str) -> None:
    session = begin(alice)
    with postgres.session() as opened:
        opened.execute(text(f"UPDATE users SET {column} = now()"))
    assert not is_open(session, alice.security_stamp)
    assert accounts.authenticate(ADDRESS, PASSWORD, NOW) is None
    password_reset.ask(ADDRESS, NOW)
    assert posted.mails() == []

"""Accounts against a real PostgreSQL: made, signed in to, locked, upgraded, and the first Overseer."""

import base64
import hashlib
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from data import postgres
from services.errors import Invalid
from services.people import accounts, passwords
from services.people.accounts import Account

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
PASSWORD = "Sunshine42"
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def alice(stores: dict[str, str]) -> Account:
    return accounts.create_user("Alice@Example.org", PASSWORD, "Alice", "Álvarez", is_email_verified=True)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is counted, not of how long it takes."""
    monkeypatch.setattr(accounts, "REFUSAL_SECONDS", 0)


def _column(name: str) -> object:
    with postgres.session() as session:
        return session.execute(text(f"SELECT {name} FROM users")).scalar_one()


def _fail(times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        assert accounts.authenticate("alice@example.org", "Wrong12345", now) is None


def test_an_account_is_made_with_its_role(alice: Account) -> None:
    assert (alice.email, alice.first_name, alice.last_name) == ("Alice@Example.org", "Alice", "Álvarez")
    assert alice.roles == {"User"}
    assert alice.is_email_verified
    assert len(alice.security_stamp) == 36
    assert accounts.load(alice.id) == alice


@pytest.mark.parametrize("account_id", ["nobody", "", "a\0b", "\ud800"])
def test_an_unknown_id_is_no_account(account_id: str) -> None:
    assert accounts.load(account_id) is None


@pytest.mark.parametrize("email", ["alice@example.org", " ALICE@example.ORG "])
def test_an_address_has_one_account_however_it_is_typed(alice: Account, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.create_user(email, PASSWORD, "A", "B")
    assert set(caught.value.errors) == {"email"}
    assert accounts.authenticate(email, PASSWORD, NOW) == alice


def test_look_alike_letters_are_other_addresses() -> None:
    first = accounts.create_user("mike@example.org", PASSWORD, "", "")
    second = accounts.create_user("mıke@example.org", PASSWORD, "", "")
    assert first.id != second.id


def test_every_broken_rule_is_said_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        accounts.create_user("no address", "short", "x" * 101, "a\nb")
    assert set(caught.value.errors) == {"email", "password", "first_name", "last_name"}


def test_two_registrations_at_once_make_one_account() -> None:
    def register(_: int) -> bool:
        try:
            accounts.create_user("bob@example.org", PASSWORD, "Bob", "")
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(register, range(4))) == 1


def test_the_right_password_signs_in(alice: Account) -> None:
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) == alice


@pytest.mark.parametrize("email", ["alice@example.org", "bob@example.org", "", "a\0b@x.org", "'; DROP TABLE x;--@x"])
@pytest.mark.usefixtures("alice", "no_waiting")
def test_a_wrong_password_or_address_does_not(email: str) -> None:
    assert accounts.authenticate(email, "Wrong12345", NOW) is None


@pytest.mark.usefixtures("no_waiting")
def test_four_failures_do_not_lock_and_success_forgets_them(alice: Account) -> None:
    _fail(4)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) == alice
    _fail(4)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) == alice


@pytest.mark.usefixtures("no_waiting")
def test_five_failures_lock_for_five_minutes(alice: Account) -> None:
    _fail(5)
    just_before = NOW + timedelta(minutes=5) - timedelta(microseconds=1)
    assert accounts.authenticate("alice@example.org", PASSWORD, just_before) is None
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW + timedelta(minutes=5)) == alice


@pytest.mark.usefixtures("no_waiting", "alice")
def test_a_lock_is_not_prolonged_and_the_count_begins_anew_after_it() -> None:
    _fail(5)
    _fail(3, NOW + timedelta(minutes=4))
    later = NOW + timedelta(minutes=5)
    _fail(4, later)
    assert accounts.authenticate("alice@example.org", PASSWORD, later) is not None


@pytest.mark.usefixtures("no_waiting", "alice")
def test_failures_at_the_same_time_are_all_counted() -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _fail(1), range(4)))
    assert _column("access_failed_count") == 4
    _fail(1)
    assert _column("lockout_end") == NOW + timedelta(minutes=5)


@pytest.mark.usefixtures("no_waiting", "alice")
def test_a_right_guess_among_many_at_once_does_not_pass_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    verify = passwords.verify

    def verify_while_others_fail(password: str, stored: str) -> bool:
        monkeypatch.setattr(passwords, "verify", verify)
        _fail(5)
        return verify(password, stored)

    monkeypatch.setattr(passwords, "verify", verify_while_others_fail)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) is None


@pytest.mark.usefixtures("alice")
def test_refusals_take_at_least_the_same_time_whatever_the_reason() -> None:
    for email in ("alice@example.org", "bob@example.org", "no address"):
        started = time.monotonic()
        assert accounts.authenticate(email, "Wrong12345", NOW) is None
        assert time.monotonic() - started >= accounts.REFUSAL_SECONDS


def test_an_unknown_address_costs_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda password, stored: done.append(stored) or verify(password, stored))
    accounts.authenticate("bob@example.org", PASSWORD, NOW)
    assert [stored.split("$")[1] for stored in done] == ["argon2id"]


def test_a_hash_of_the_original_signs_in_and_is_upgraded(alice: Account) -> None:
    salt = bytes(range(16))
    key = hashlib.pbkdf2_hmac("sha512", b"Old Secret 1", salt, 100_000, 32)
    old = base64.b64encode(struct.pack(">BIII", 1, 2, 100_000, 16) + salt + key).decode()
    with postgres.session() as session:
        session.execute(text("UPDATE users SET password_hash = :old"), {"old": old})
    assert accounts.authenticate("alice@example.org", "Old Secret 1", NOW) == alice
    assert str(_column("password_hash")).startswith("$argon2id$")
    assert accounts.authenticate("alice@example.org", "Old Secret 1", NOW) == alice


def test_the_first_overseer_is_made_once() -> None:
    first = accounts.ensure_overseer("root@example.org", PASSWORD)
    assert first is not None
    assert first.roles == {"Overseer"}
    assert first.is_email_verified
    assert accounts.ensure_overseer("other@example.org", PASSWORD) is None
    assert accounts.authenticate("root@example.org", PASSWORD, NOW) == first


def test_an_account_may_become_the_first_overseer_and_its_sessions_end(alice: Account) -> None:
    made = accounts.ensure_overseer("alice@example.org", "Another42")
    assert made is not None
    assert (made.id, made.roles) == (alice.id, {"User", "Overseer"})
    assert made.security_stamp != alice.security_stamp
    assert accounts.authenticate("alice@example.org", "Another42", NOW) == made


def test_two_starts_at_once_make_one_overseer() -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda n: accounts.ensure_overseer(f"root{n}@example.org", PASSWORD), range(3)))
    assert sum(each is not None for each in made) == 1

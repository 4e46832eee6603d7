"""Registration and the code of six digits against real stores, by a clock of the tests' own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from data import postgres
from services.errors import Forbidden, Invalid, TooMany
from services.people import accounts, registration, verification
from services.people.registration import Application
from services.people.verification import Claim
from tests import posted, servers

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
PASSWORD = "Sunny-day-7"
ADDRESS = "alice@example.org"
MOMENT = timedelta(microseconds=1)
pytestmark = pytest.mark.usefixtures("stores")


def register(email: str = ADDRESS, password: str = PASSWORD, now: datetime = NOW) -> Claim:
    return registration.register(Application(email, password, "Alice", "Álvarez"), now)


def wrong(claim: Claim, times: int, now: datetime = NOW) -> None:
    code = posted.another_code(posted.newest_code(ADDRESS))
    for _ in range(times):
        assert verification.try_code(claim, code, now) is None


def column(name: str) -> object:
    with postgres.session() as session:
        return session.execute(text(f"SELECT {name} FROM users")).scalar_one()


def test_an_account_is_verified_by_the_code_of_its_mail() -> None:
    claim = register()
    account = verification.try_code(claim, posted.newest_code(ADDRESS), NOW)
    assert account is not None
    assert (account.email, account.is_email_verified, account.roles) == (ADDRESS, True, {"User"})
    assert accounts.authenticate(ADDRESS, PASSWORD, NOW) == account


def test_neither_code_nor_address_lies_in_the_clear() -> None:
    register()
    code = posted.newest_code(ADDRESS)
    assert code not in str(column("email_verification_code"))
    (row,) = posted.rows()
    assert code not in row
    assert ADDRESS not in row


@pytest.mark.parametrize("typed", ["{0} ", " {1} {2}", "{1}-{2}"])
def test_a_code_may_be_typed_with_spaces(typed: str) -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    assert verification.try_code(claim, typed.format(code, code[:3], code[3:]), NOW) is not None


def test_a_code_is_good_for_ten_minutes_and_not_a_moment_longer() -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    assert verification.try_code(claim, code, NOW + timedelta(minutes=10)) is None
    assert verification.try_code(claim, code, NOW + timedelta(minutes=10) - MOMENT) is not None


def test_a_code_works_once() -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    assert verification.try_code(claim, code, NOW) is not None
    assert verification.try_code(claim, code, NOW) is None


def test_five_wrong_codes_lock_for_fifteen_minutes() -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    wrong(claim, 4)
    assert verification.progress(claim, NOW) == verification.Progress(1, 60, 0)
    wrong(claim, 1)
    assert verification.progress(claim, NOW).locked_for == 15 * 60
    assert verification.try_code(claim, code, NOW) is None
    just_before = NOW + timedelta(minutes=15) - MOMENT
    assert not verification.send_code(claim, just_before)
    assert verification.send_code(claim, NOW + timedelta(minutes=15))
    assert verification.try_code(claim, posted.newest_code(ADDRESS), NOW + timedelta(minutes=15)) is not None


def test_the_code_that_was_guessed_at_is_spent_by_the_lock() -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    later = NOW + timedelta(minutes=9)
    with postgres.session() as session:
        session.execute(text("UPDATE users SET verification_lockout_until = :at"), {"at": NOW - timedelta(minutes=1)})
    wrong(claim, 5)
    with postgres.session() as session:
        session.execute(text("UPDATE users SET verification_lockout_until = :at"), {"at": later})
    assert verification.try_code(claim, code, later) is None


def test_a_new_code_does_not_forget_wrong_ones() -> None:
    claim = register()
    wrong(claim, 4)
    assert verification.send_code(claim, NOW + timedelta(seconds=60))
    wrong(claim, 1, NOW + timedelta(seconds=60))
    assert verification.progress(claim, NOW + timedelta(seconds=60)).locked_for == 15 * 60


def test_wrong_codes_at_the_same_time_are_all_counted() -> None:
    claim = register()
    code = posted.another_code(posted.newest_code(ADDRESS))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: verification.try_code(claim, code, NOW), range(4))) == [None] * 4
    assert column("failed_verification_attempts") == 4
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: verification.try_code(claim, code, NOW), range(2)))
    # The fifth locked and began the count anew; the sixth came too late to count.
    assert column("failed_verification_attempts") == 0
    assert column("verification_lockout_until") == NOW + timedelta(minutes=15)


def test_of_a_right_code_sent_twice_at_once_one_is_taken() -> None:
    claim = register()
    code = posted.newest_code(ADDRESS)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: verification.try_code(claim, code, NOW), range(4)))
    assert sum(each is not None for each in taken) == 1


def test_a_new_code_may_be_sent_after_a_minute_and_ends_the_old_one() -> None:
    claim = register()
    first = posted.newest_code(ADDRESS)
    assert not verification.send_code(claim, NOW + timedelta(seconds=60) - MOMENT)
    assert verification.send_code(claim, NOW + timedelta(seconds=60))
    second = posted.newest_code(ADDRESS)
    assert first != second
    assert verification.try_code(claim, first, NOW + timedelta(seconds=60)) is None
    assert verification.try_code(claim, second, NOW + timedelta(seconds=60)) is not None


def test_an_address_that_is_taken_looks_the_same_and_its_owner_is_told() -> None:
    first = register()
    verification.try_code(first, posted.newest_code(ADDRESS), NOW)
    before = accounts.authenticate(ADDRESS, PASSWORD, NOW)
    again = register(password="Another-day-8")
    assert again.email == first.email
    assert "already have an account" in posted.mails(ADDRESS)[-1].subject
    assert verification.progress(again, NOW).attempts_left == 5
    for attempt in range(5):
        assert verification.try_code(again, f"{attempt:06}", NOW) is None
    assert verification.progress(again, NOW).locked_for == 15 * 60
    assert accounts.authenticate(ADDRESS, PASSWORD, NOW) == before
    assert accounts.authenticate(ADDRESS, "Another-day-8", NOW) is None


def test_who_registers_last_may_verify_and_nobody_else() -> None:
    first = register(password="Stranger-1")
    stranger = accounts.authenticate(ADDRESS, "Stranger-1", NOW)
    later = NOW + timedelta(seconds=60)
    second = register(now=later)
    code = posted.newest_code(ADDRESS)
    assert verification.try_code(first, code, later) is None
    account = verification.try_code(second, code, later)
    assert account is not None
    assert stranger is not None
    assert account.security_stamp != stranger.security_stamp
    assert accounts.authenticate(ADDRESS, "Stranger-1", later) is None


def test_every_broken_rule_is_said_and_nothing_is_made() -> None:
    with pytest.raises(Invalid) as caught:
        registration.register(Application("no address", "Password1", "x" * 101, "a\nb"), NOW)
    assert set(caught.value.errors) == {"email", "password", "first_name", "last_name"}
    assert posted.mails() == []


def test_one_address_is_registered_five_times_an_hour() -> None:
    for minute in range(5):
        register(now=NOW + timedelta(minutes=minute))
    with pytest.raises(TooMany):
        register(now=NOW + timedelta(minutes=5))


@pytest.mark.parametrize("mode", ["closed", "invitation"])
def test_registration_may_be_closed_or_by_invitation(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("AMPRA_REGISTRATION", mode)
    servers.forget_settings()
    try:
        with pytest.raises(Forbidden):
            register()
        with pytest.raises(Forbidden):
            registration.register(Application(ADDRESS, PASSWORD, "", "", invitation="made-up"), NOW)
    finally:
        monkeypatch.undo()
        servers.forget_settings()

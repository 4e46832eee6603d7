"""The second factor against real stores: codes by the clock, recovery codes, and what wrong ones cost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text

from data import postgres
from services.errors import Invalid
from services.people import accounts, second_factor
from services.people.accounts import Account

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
PASSWORD = "Sunny-day-7"
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def alice(stores: dict[str, str]) -> Account:
    return accounts.create_user("alice@example.org", PASSWORD, "", "", is_email_verified=True)


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def switched_on(account: Account) -> tuple[str, list[str]]:
    secret = second_factor.offer(account).secret
    return secret, second_factor.confirm(account.id, code(secret, NOW), NOW)


def wrong(secret: str, at: datetime) -> str:
    right = {code(secret, at + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    return next(text for text in (f"{number:06}" for number in range(10)) if text not in right)


def test_it_counts_once_a_first_code_was_seen(alice: Account) -> None:
    offer = second_factor.offer(alice)
    assert offer.address.startswith("otpauth://totp/Ampra:alice%40example.org?")
    with pytest.raises(Invalid):
        second_factor.confirm(alice.id, wrong(offer.secret, NOW), NOW)
    assert not accounts.load(alice.id).has_second_factor  # type: ignore[union-attr]
    codes = second_factor.confirm(alice.id, code(offer.secret, NOW), NOW)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert accounts.load(alice.id).has_second_factor  # type: ignore[union-attr]


def test_neither_secret_nor_codes_are_kept_in_the_clear(alice: Account) -> None:
    secret, codes = switched_on(alice)
    with postgres.session() as session:
        kept = str(session.execute(text("SELECT * FROM user_tokens")).all())
    assert secret not in kept
    assert all(each not in kept and each.replace("-", "") not in kept for each in codes)


@pytest.mark.parametrize(("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(alice: Account, seconds: int, is_right: bool) -> None:
    secret, _ = switched_on(alice)
    assert second_factor.check(alice.id, code(secret, LATER + timedelta(seconds=seconds)), LATER) is is_right


def test_no_code_works_twice_nor_one_older_than_the_last(alice: Account) -> None:
    secret, _ = switched_on(alice)
    assert second_factor.check(alice.id, code(secret, LATER), LATER)
    assert not second_factor.check(alice.id, code(secret, LATER), LATER)
    assert not second_factor.check(alice.id, code(secret, LATER - timedelta(seconds=30)), LATER)


def test_of_one_code_sent_twice_at_once_one_is_taken(alice: Account) -> None:
    secret, _ = switched_on(alice)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: second_factor.check(alice.id, code(secret, LATER), LATER), range(4))) == 1


def test_a_recovery_code_works_once_however_it_is_typed(alice: Account) -> None:
    _, codes = switched_on(alice)
    assert second_factor.check(alice.id, f" {codes[0].upper()} ", LATER)
    assert not second_factor.check(alice.id, codes[0], LATER)
    assert second_factor.recovery_codes_left(alice.id) == 9


def test_five_wrong_codes_lock_the_account_and_the_password_alone_does_not_forgive(alice: Account) -> None:
    secret, codes = switched_on(alice)
    for _ in range(4):
        assert not second_factor.check(alice.id, wrong(secret, LATER), LATER)
        assert accounts.authenticate("alice@example.org", PASSWORD, LATER) is not None
    assert not second_factor.check(alice.id, wrong(secret, LATER), LATER)
    assert accounts.authenticate("alice@example.org", PASSWORD, LATER) is None
    assert not second_factor.check(alice.id, codes[0], LATER)
    assert accounts.authenticate("alice@example.org", PASSWORD, LATER + timedelta(minutes=5)) is not None


def test_switching_it_off_needs_a_code_and_forgets_everything(alice: Account) -> None:
    secret, _ = switched_on(alice)
    with pytest.raises(Invalid):
        second_factor.switch_off(alice.id, wrong(secret, LATER), LATER)
    second_factor.switch_off(alice.id, code(secret, LATER), LATER)
    assert not accounts.load(alice.id).has_second_factor  # type: ignore[union-attr]
    with postgres.session() as session:
        assert session.execute(text("SELECT count(*) FROM user_tokens")).scalar_one() == 0


def test_a_second_offer_is_refused_while_it_is_on(alice: Account) -> None:
    switched_on(alice)
    with pytest.raises(Invalid):
        second_factor.offer(accounts.load(alice.id))  # type: ignore[arg-type]

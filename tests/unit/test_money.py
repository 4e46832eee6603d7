"""Amounts on display, by the table of ISO 4217, and sums that never mix currencies."""

import threading
from decimal import Decimal, getcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar import money

STANDARD = """
    JPY 0, KRW 0, VND 0, CLP 0, ISK 0, UGX 0, XAF 0, XOF 0, XPF 0, BIF 0, DJF 0, GNF 0, KMF 0, PYG 0, RWF 0, UYI 0,
    VUV 0, KWD 3, BHD 3, IQD 3, JOD 3, LYD 3, OMR 3, TND 3, CLF 4, UYW 4,
    EUR 2, USD 2, GBP 2, HUF 2, MGA 2, MRU 2, IDR 2, LAK 2, CRC 2, TWD 2, eur 2, HRK 2
"""


@pytest.mark.parametrize("line", STANDARD.split(","))
def test_minor_units_are_those_of_the_standard(line: str) -> None:
    currency, units = line.split()
    assert money.minor_units(currency) == int(units)


def test_every_code_is_listed_once() -> None:
    codes = " ".join(money._BY_MINOR_UNITS.values()).split()
    assert len(codes) == len(set(codes)) == len(money.MINOR_UNITS)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("2.675", "EUR", "2.68"),
        ("-182.125", "EUR", "-182.13"),
        ("0.005", "EUR", "0.01"),
        ("-0.004", "EUR", "0.00"),
        ("-0", "EUR", "0.00"),
        ("1228.5", "JPY", "1229"),
        ("-0.4", "JPY", "0"),
        ("1.2345", "KWD", "1.235"),
        ("1.23455", "CLF", "1.2346"),
        ("1E+30", "EUR", "1" + "0" * 30 + ".00"),
    ],
)
def test_amounts_are_rounded_half_up_and_zero_has_no_sign(amount: str, currency: str, text: str) -> None:
    assert money.display(Decimal(amount), currency) == text


def test_no_amount_has_no_display() -> None:
    assert money.display(None, "EUR") is None


def test_prices_are_shown_as_entered() -> None:
    assert money.plain(Decimal("0.30")) == "0.30"
    assert money.plain(Decimal("1E-7")) == "0.0000001"


@pytest.mark.parametrize("value", ["", "abc", "1,5", "1_0", "NaN", "Infinity", None, True, float("nan")])
def test_what_is_no_finite_number_is_named(value: object) -> None:
    with pytest.raises(ValueError, match="pricePerKwh must be"):
        money.decimal_of(value, "pricePerKwh")


def test_floats_enter_by_their_text() -> None:
    assert money.decimal_of(0.1, "kwh") == Decimal("0.1")


def test_twenty_eight_digits_hold_in_any_thread() -> None:
    results: list[Decimal] = []

    def work() -> None:
        getcontext().prec = 5
        with money.exact():
            results.append(Decimal(1) / Decimal(3))
        results.append(Decimal(1) / Decimal(3))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [Decimal("0." + "3" * 28), Decimal("0.33333")]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_rounding_moves_by_half_a_unit_at_most(amount: Decimal) -> None:
    for currency in ("EUR", "JPY", "KWD", "CLF"):
        unit = Decimal(1).scaleb(-money.minor_units(currency))
        assert abs(money.rounded(amount, currency) - amount) <= unit / 2

"""The figures of the returns and how amounts are written, from plain values."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from components import quantities, theme
from components.amounts import calculated_price, money, money_words, percent, price, stretch_words, whole_money
from components.figures.returns_bars import months_figure
from components.figures.returns_payback import payback_figure
from components.figures.returns_prices import prices_figure
from components.theme import Scheme

D = Decimal
THIN, MINUS = "\u202f", "\u2212"
FIRST = date(2024, 1, 1)
NAN = float("nan")


def measured(count: int = 1200) -> pd.DataFrame:
    days = [FIRST + timedelta(days=n) for n in range(count)]
    return pd.DataFrame({"balance": [-8000 + 4.0 * n for n in range(count)]}, index=days)


def modelled(band: float = 500.0) -> pd.DataFrame:
    days = [FIRST + timedelta(days=1199 + 365 * n) for n in range(6)]
    middle = [-3204 + 1500.0 * n for n in range(6)]
    return pd.DataFrame({
        "balance": middle, "p10": [value - band * n for n, value in enumerate(middle)],
        "p90": [value + band * n for n, value in enumerate(middle)],
    }, index=days)  # fmt: skip


def draw(scheme: Scheme = "light", **changed: object) -> object:
    given = {"measured": measured(), "modelled": modelled(), **changed}
    frames = given.pop("measured"), given.pop("modelled")
    options = {"put_in": "8000 €", "paid_back": date(2029, 5, 1), "currency": "EUR", "nothing": "why", **given}
    return payback_figure(*frames, scheme=scheme, **options)  # type: ignore[arg-type]


def words(figure: object) -> list[str]:
    return [str(each.text) for each in figure.layout.annotations]  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_measured_is_solid_and_modelled_dashed_with_its_band(scheme: Scheme) -> None:
    figure = draw(scheme)
    lines = {trace.name: trace for trace in figure.data}  # type: ignore[attr-defined]
    assert lines["Measured"].line.dash is None
    assert lines["Modelled"].line.dash
    assert lines["P90"].fill == "tonexty"
    assert lines["Measured"].line.color == theme.TOKENS[scheme]["ink"]
    assert lines["Modelled"].x[0] == lines["Measured"].x[-1]
    said = {"<b>today</b>", "<b>measured</b>", "modelled, with 80 % band", "<b>paid back about May 2029</b>"}
    assert said <= set(words(figure))
    assert "Money returned minus money put in, €" in words(figure)
    assert draw(scheme) == figure


def test_without_a_band_nothing_pretends_to_have_one() -> None:
    bare = modelled()
    bare[["p10", "p90"]] = NAN
    figure = draw(modelled=bare)
    assert {"P10", "P90"} & {trace.name for trace in figure.data} == set()  # type: ignore[attr-defined]
    assert "modelled" in words(figure)


def test_nothing_to_show_says_why() -> None:
    assert words(draw(measured=measured(0))) == ["why"]
    empty = months_figure(pd.DataFrame(columns=["self_used", "exported"], dtype=float), currency="EUR", scheme="dark")
    assert "energy and a price" in words(empty)[0]
    none = prices_figure(pd.DataFrame(columns=["buy", "sell"]), until=FIRST, currency="EUR", scheme="light")
    assert words(none) == ["No price yet"]


def test_no_trace_may_hold_too_many_points() -> None:
    with pytest.raises(AssertionError, match="the query must thin"):
        draw(measured=measured(2001))


def test_months_are_stacked_and_a_month_without_price_is_a_gap() -> None:
    frame = pd.DataFrame({"self_used": [80.0, NAN, -5.0], "exported": [30.0, NAN, 0.0]},
                         index=[date(2026, month, 1) for month in (3, 4, 5)])
    figure = months_figure(frame, currency="GBP", scheme="light")
    own, exported = figure.data
    assert list(own.y) == [80.0, None, -5.0]
    assert figure.layout.barmode == "relative"
    assert own.marker.line.color == theme.TOKENS["light"]["solar"]
    assert {"<b>self-used</b>", "<b>exported</b>", "£ per month"} <= set(words(figure))
    unpaid = months_figure(frame.assign(exported=0.0), currency="GBP", scheme="light")
    assert "<b>exported</b>" not in words(unpaid)
    assert exported.x[0] == "2026-03-01"


def test_prices_are_steps_that_reach_today() -> None:
    frame = pd.DataFrame(
        [(0.3, 0.08, "0.30", "0.08"), (-0.01, 0.0, "−0.01", "0")], columns=["buy", "sell", "buy_text", "sell_text"],
        index=[FIRST, date(2025, 3, 30)],
    )  # fmt: skip
    figure = prices_figure(frame, until=date(2026, 1, 1), currency="EUR", scheme="light")
    buy = figure.data[0]
    assert buy.line.shape == "hv"
    assert (list(buy.x), list(buy.y)) == (["2024-01-01", "2025-03-30", "2026-01-01"], [0.3, -0.01, -0.01])
    assert "<b>−0.01</b> <b>buy</b>" in words(figure)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("4636.275", "EUR", f"4{THIN}636.28 €"), ("-0.004", "EUR", "0.00 €"),
        ("1234567", "JPY", f"1{THIN}234{THIN}567 ¥"),
        ("-9.2185", "KWD", f"{MINUS}9.219 KWD"), ("999.5", "USD", "999.50 $"), ("0.00005", "CLF", "0.0001 CLF"),
    ],
)  # fmt: skip
def test_money_has_the_minor_units_of_its_currency(amount: str, currency: str, written: str) -> None:
    assert str(money(D(amount), currency)) == written


def test_what_is_not_known_is_a_dash() -> None:
    assert money(None, "EUR").value == money_words(None, "EUR") == price(None) == percent(None).value == "–"
    assert calculated_price(None, "EUR").value == whole_money(None, "EUR").value == "–"


def test_other_numbers() -> None:
    assert calculated_price(D("0.059148"), "EUR").value == "0.0591"
    assert calculated_price(D("31.456"), "JPY").value == "31.5"
    assert calculated_price(D(0), "EUR").value == "0.000"
    assert price(D("-0.0125")) == f"{MINUS}0.0125"
    assert percent(D("-0.04")).value == "0.0"
    assert whole_money(D("-24189.5"), "EUR").value == f"{MINUS}24{THIN}190"
    assert stretch_words(date(2023, 3, 20), date(2023, 3, 30)) == "20 to 30 March 2023"
    assert stretch_words(date(2023, 3, 20), date(2023, 4, 2)) == "20 March to 2 April 2023"
    assert stretch_words(date(2023, 3, 20), date(2024, 4, 2)) == "20 March 2023 to 2 April 2024"
    assert stretch_words(date(2023, 3, 20), date(2023, 3, 20)) == "20 March 2023"


def test_who_prefers_a_decimal_comma_gets_one() -> None:
    quantities.set_format(lambda: True)
    try:
        assert str(money(D("4636.275"), "EUR")) == f"4{THIN}636,28 €"
        assert (price(D("-0.0125")), percent(D("7.25")).value) == (f"{MINUS}0,0125", "7,3")
        assert calculated_price(D("0.059148"), "EUR").value == "0,0591"
        assert whole_money(D("-24189.5"), "EUR").value == f"{MINUS}24{THIN}190"
    finally:
        quantities.set_format(lambda: False)


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_a_bar_is_told_with_the_minor_units_of_its_currency(currency: str, decimals: int) -> None:
    frame = pd.DataFrame({"self_used": [80.0], "exported": [30.0]}, index=[date(2026, 3, 1)])
    for bar in months_figure(frame, currency=currency, scheme="light").data:
        assert f"%{{y:,.{decimals}f}}" in bar.hovertemplate

"""The money of many sources on the screen: sums by currency, and a dash where nothing is known."""

import json
from decimal import Decimal

import plotly

from components.returns_sums import currency_cards
from solar.returns import CurrencyTotal

D = Decimal


def words(*totals: CurrencyTotal, left: int = 0) -> str:
    return json.dumps(currency_cards(totals, left), cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_each_currency_has_a_card_and_says_what_is_left_out() -> None:
    euro = CurrencyTotal("EUR", 3, D("3059.33"), D("296.44"), D("2762.89"), D(20950), 1, 1, D("13.2"), True)
    yen = CurrencyTotal("JPY", 1, D(134488), D(148), D(134340), D(1500000), 0, 0, D("9.0"), False)
    said = words(euro, yen, left=2)
    for each in ("In EUR, €", "3\u202f059.33", "of 2 of 3", "In JPY, ¥", "134\u202f488", "an upper bound",
                 "2 more sources are"):
        assert each in said
    assert "upper bound" not in words(yen)


def test_what_no_source_knows_is_a_dash_and_never_0() -> None:
    said = words(CurrencyTotal("EUR", 2, D(0), D(0), D(0), D(0), 2, 2, None, False))
    assert "0.00" not in said
    assert said.count('"–"') >= 4
    assert "No sources yet." in words()

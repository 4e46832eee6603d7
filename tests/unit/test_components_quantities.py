"""How numbers and times are written."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from components import details, quality, weather_words
from components.freshness import freshness
from components.quantities import (
    age,
    clock,
    energy,
    fixed,
    grouped,
    long_date,
    per_peak,
    percent,
    power,
    set_format,
    since,
    zone_name,
)

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("watts", "words"),
    [
        (0, "0 W"), (4.4, "4 W"), (823.4, "823 W"), (999.4, "999 W"), (999.6, "1.00 kW"), (4567, "4.57 kW"),
        (9996, "10.0 kW"), (45_670, "45.7 kW"), (456_700, "457 kW"), (2_840_000, "2.84 MW"), (-1470, "-1.47 kW"),
        (-0.2, "0 W"), (None, "– kW"), (math.nan, "– kW"),
    ],
)
def test_power(watts: float | None, words: str) -> None:
    assert str(power(watts)) == words


@pytest.mark.parametrize(
    ("kwh", "words"),
    [(0, "0.00 kWh"), (0.844, "0.84 kWh"), (3.857, "3.86 kWh"), (21.46, "21.5 kWh"), (138.2, "138 kWh"),
     (13_600, "13.6 MWh"), (None, "– kWh")],
)
def test_energy(kwh: float | None, words: str) -> None:
    assert str(energy(kwh)) == words


def test_shares_and_yields() -> None:
    assert str(percent(0.354)) == "35 %"
    assert str(percent(1)) == "100 %"
    assert str(percent(None)) == "– %"
    assert str(per_peak(21.5, 5500)) == "3.91 kWh/kWp"
    assert str(per_peak(21.5, None)) == "– kWh/kWp"


@pytest.mark.parametrize(
    ("span", "words"),
    [(timedelta(seconds=4), "4 s"), (timedelta(seconds=119), "1 min"), (timedelta(hours=2, minutes=43), "2 h 43 min"),
     (timedelta(days=3, hours=4, minutes=9), "3 d 4 h"), (timedelta(seconds=-3), "0 s")],
)
def test_ages(span: timedelta, words: str) -> None:
    assert age(span) == words


def test_times_are_those_of_the_source() -> None:
    assert clock(NOON, "Europe/Madrid") == "14:00"
    assert clock(NOON, "Asia/Kathmandu", seconds=True) == "17:45:00"
    assert zone_name(NOON, "Europe/Madrid") == "CEST"
    assert zone_name(NOON, "Asia/Kathmandu") == "UTC+0545"
    assert long_date(date(2026, 6, 1)) == "Monday, 1 June 2026"


def test_the_day_is_named_where_it_is_not_today() -> None:
    assert since(NOON, NOON + timedelta(hours=2), "Europe/Madrid") == "14:00"
    assert since(NOON, NOON + timedelta(hours=10), "Europe/Madrid") == "21 June, 14:00"
    assert since(NOON, NOON + timedelta(days=400), "Europe/Madrid") == "21 June 2026, 14:00"


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "live"), (10, "live"), (11, "stale"), (30, "stale"), (31, "offline")]
)
def test_freshness(minutes: int, state: str) -> None:
    assert freshness(NOON, NOON + timedelta(minutes=minutes)) == state


def test_before_the_first_reading_a_source_is_empty() -> None:
    assert freshness(None, NOON) == "empty"


@pytest.fixture
def comma() -> Iterator[None]:
    set_format(lambda: True)
    yield
    set_format(lambda: False)


@pytest.mark.usefixtures("comma")
def test_who_prefers_a_decimal_comma_gets_it_everywhere() -> None:
    thin = "\N{NARROW NO-BREAK SPACE}"
    assert [str(power(4567)), str(energy(3.857)), str(per_peak(3.2, 2000))] == ["4,57 kW", "3,86 kWh", "1,60 kWh/kWp"]
    assert grouped("1234567.5") == f"1{thin}234{thin}567,5"
    assert (details.written("gridVoltage", 231.46), quality._count(12_345)) == ("231,5 V", f"12{thin}345")
    assert (weather_words.number(12.34), weather_words.number(0)) == ("12,3", "0")
    # A comma cannot do both: the two coordinates are told apart by a semicolon.
    assert weather_words.place_words((49.79, 9.95)) == "49,79° N; 9,95° E"


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [(1234.5, 1, "1\u202f234.5"), (999.9, 0, "1\u202f000"), (-2.5, 1, "\u22122.5"), (0, 0, "0"), (math.nan, 1, "–")],
)
def test_fixed_decimals(value: float, decimals: int, words: str) -> None:
    assert fixed(value, decimals) == words

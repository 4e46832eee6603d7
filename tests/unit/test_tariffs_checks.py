"""Prices as entered or imported: each fault is named, and no instant gets two prices."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from solar.tariffs import (
    PriceEntry,
    Season,
    Window,
    entry_clashes,
    entry_to_json,
    hourly_clashes,
    parse_entries,
    parse_hourly,
    read_entry,
    read_hour,
    window_from_json,
    window_to_json,
)

D = Decimal
BERLIN = "Europe/Berlin"
GOOD: dict[str, Any] = {"effectiveFrom": "2025-01-01", "pricePerKwh": "0.30"}


def test_an_entry_is_read_with_all_its_fields() -> None:
    values = GOOD | {
        "exportPricePerKwh": "-0.02",
        "standingCharge": "12.50",
        "standingPeriod": "year",
        "windows": [{"name": "night", "from": "22:00", "to": "06:00", "pricePerKwh": "0.2", "days": ["weekday"]}],
    }
    entry, errors = read_entry(values)
    assert errors == {}
    night = Window("night", time(22), time(6), D("0.2"), days=frozenset({"weekday"}))
    assert entry == PriceEntry(date(2025, 1, 1), D("0.30"), D("-0.02"), (night,), False, D("12.50"), "year")
    assert read_entry(entry_to_json(entry)) == (entry, {})


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"effectiveFrom": ""}, "effectiveFrom", "must be a date"),
        ({"effectiveFrom": "01.02.2025"}, "effectiveFrom", "must be a date"),
        ({"effectiveFrom": "0001-01-01"}, "effectiveFrom", "between 1900 and 9998"),
        ({"pricePerKwh": None}, "pricePerKwh", "must be a number"),
        ({"pricePerKwh": "NaN"}, "pricePerKwh", "finite"),
        ({"pricePerKwh": "1e9"}, "pricePerKwh", "between"),
        ({"pricePerKwh": "0.12345678901"}, "pricePerKwh", "at most 10 decimals"),
        ({"exportPricePerKwh": "free"}, "exportPricePerKwh", "must be a number"),
        ({"standingCharge": "-1"}, "standingCharge", "not be negative"),
        ({"standingPeriod": "week"}, "standingPeriod", "day, month, year"),
        ({"windows": [{"name": "x", "from": "6", "to": "7", "pricePerKwh": "1"}]}, "windows", "window 1: from must be"),
        ({"windows": [{"name": "", "from": "06:00", "to": "07:00", "pricePerKwh": "1"}]}, "windows", "name"),
        ({"windows": [{"name": "x", "from": "06:00", "to": "06:00", "pricePerKwh": "1"}]}, "windows", "differ"),
        ({"windows": "night"}, "windows", "list of windows"),
    ],
)
def test_each_fault_names_its_field(change: dict[str, Any], field: str, words: str) -> None:
    entry, errors = read_entry(GOOD | change)
    assert entry is None
    assert list(errors) == [field]
    assert words in errors[field]


SUMMER = Season((4, 1), (9, 30))


def window(name: str, start: int, end: int, **more: Any) -> Window:
    return Window(name, time(start), time(end), D("0.1"), **more)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (window("a", 6, 12), window("b", 12, 18), False),
        (window("a", 6, 12), window("b", 11, 18), True),
        (window("a", 22, 6), window("b", 5, 7), True),
        (window("a", 22, 6), window("b", 6, 22), False),
        (window("a", 0, 0), window("b", 3, 4), True),
        (window("a", 6, 12, days=frozenset({"weekday"})), window("b", 6, 12, days=frozenset({"weekend"})), False),
        (window("a", 6, 12, season=SUMMER), window("b", 6, 12, season=Season((10, 1), (3, 31))), False),
        (window("a", 6, 12, season=SUMMER), window("b", 6, 12, season=Season((9, 30), (10, 1))), True),
    ],
)
def test_windows_must_not_overlap(one: Window, other: Window, clash: bool) -> None:
    _, errors = read_entry(GOOD | {"windows": [window_to_json(one), window_to_json(other)]})
    assert ("windows" in errors) is clash


def test_a_window_survives_its_json() -> None:
    given = Window("a", time(6, 30), time(0), D("0.10"), D("-0.01"), frozenset({"holiday"}), Season((12, 1), (2, 29)))
    assert window_from_json(window_to_json(given)) == given


def test_two_entries_at_one_instant_clash_however_they_are_written() -> None:
    plain = PriceEntry(date(2025, 3, 30), D("0.3"))
    same = PriceEntry(datetime(2025, 3, 29, 23, tzinfo=UTC), D("0.4"))
    noon = PriceEntry(datetime(2025, 3, 30, 10, tzinfo=UTC), D("0.4"))
    assert [(clash.position, clash.other) for clash in entry_clashes([plain, noon, same], BERLIN)] == [(2, 0)]
    assert [(clash.position, clash.other) for clash in entry_clashes([same], BERLIN, [plain])] == [(0, None)]
    assert entry_clashes([plain, same], "UTC") == []


def test_hourly_prices_must_not_overlap() -> None:
    starts = [datetime(2025, 1, 1, hour, tzinfo=UTC) for hour in range(6)]
    long = read_hour(starts[0], starts[3], "0.1", None)
    inside = read_hour(starts[1], starts[2], "0.1", None)
    after = read_hour(starts[3], starts[4], "0.1", None)
    assert [(clash.position, clash.other) for clash in hourly_clashes([after, inside, long])] == [(1, 2)]
    with pytest.raises(ValueError, match="end must be after start"):
        read_hour(starts[1], starts[1], "0.1", None)


def test_a_history_in_any_usual_csv() -> None:
    comma = "effectiveFrom,pricePerKwh,exportPricePerKwh\n2025-01-01,0.30,0.08\n\n2025-06-01T00:00:00+02:00,0.31,\n"
    semicolon = "\ufeffDate;Price;Feed in\r\n2025-01-01;0,30;0,08\r\n2025-06-01T00:00:00+02:00;0,31;\r\n"
    tab = "from\tbuy\tsell\n2025-01-01\t0.30\t0.08\n2025-06-01T00:00:00+02:00\t0.31\n"
    june = datetime.fromisoformat("2025-06-01T00:00:00+02:00")
    expected = (PriceEntry(date(2025, 1, 1), D("0.30"), D("0.08")), PriceEntry(june, D("0.31")))
    for text in (comma, semicolon, tab):
        read = parse_entries(text, BERLIN)
        assert read.errors == ()
        assert read.prices == expected


def test_faults_in_a_csv_name_line_and_field() -> None:
    text = "effectiveFrom,pricePerKwh\n2025-01-01,0.30\n2025-13-01,0.3\n2025-02-01,cheap\n2025-01-01,0.40\n"
    read = parse_entries(text, BERLIN)
    assert [(error.line, error.field) for error in read.errors] == [
        (3, "effectiveFrom"), (4, "pricePerKwh"), (5, "effectiveFrom"),
    ]  # fmt: skip
    kept = PriceEntry(date(2025, 1, 1), D("0.2"))
    assert [error.line for error in parse_entries(text, BERLIN, [kept]).errors] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "effectiveFrom"),
        ("a,b\n1,2\n", "effectiveFrom"),
        ("date\n2025-01-01\n", "pricePerKwh"),
        ("date,price\n", ""),
    ],
)
def test_a_csv_without_the_columns_or_without_prices_says_so(text: str, field: str) -> None:
    errors = parse_entries(text, BERLIN).errors
    assert errors[0].line == 1
    assert errors[0].field == field


def test_hours_through_the_repeated_hour_by_local_clock() -> None:
    text = "start,price\n" + "".join(f"2025-10-26 {clock}:00,0.1\n" for clock in ("01", "02", "02", "03"))
    read = parse_hourly(text, BERLIN)
    assert read.errors == ()
    assert [f"{hour.starts_at:%H:%M}-{hour.ends_at:%H:%M}" for hour in read.prices] == [
        "23:00-00:00", "00:00-01:00", "01:00-02:00", "02:00-03:00",
    ]  # fmt: skip


def test_ends_by_local_clock_where_it_is_moved() -> None:
    autumn = "start,end,price\n2025-10-26 02:00,2025-10-26 03:00,1\n2025-10-26 02:00,2025-10-26 03:00,2\n"
    spring = "start,end,price\n2025-03-30 01:00,2025-03-30 03:00,1\n2025-03-30 03:00,2025-03-30 04:00,2\n"
    for text, first in ((autumn, "00:00-01:00"), (spring, "00:00-01:00")):
        read = parse_hourly(text, BERLIN)
        assert read.errors == ()
        assert f"{read.prices[0].starts_at:%H:%M}-{read.prices[0].ends_at:%H:%M}" == first
        assert read.prices[0].ends_at == read.prices[1].starts_at


def test_hours_with_zone_negative_prices_and_quarter_hours() -> None:
    text = "start,price,export\n2025-01-01T00:00:00Z,-0.05,0.01\n2025-01-01T00:15:00Z,0.1,\n2025-01-01T03:00:00Z,0.2,\n"
    read = parse_hourly(text, BERLIN)
    minutes = [(hour.ends_at - hour.starts_at).seconds // 60 for hour in read.prices]
    assert minutes == [15, 60, 60]
    assert (read.prices[0].price_per_kwh, read.prices[0].export_price_per_kwh) == (D("-0.05"), D("0.01"))


def test_faults_in_hours_name_line_and_field() -> None:
    text = (
        "start,end,price\n2025-03-30 02:30,,0.1\n2025-01-01T00:00:00Z,2025-01-01T02:00:00Z,0.1\n"
        "2025-01-01T01:00:00Z,,0.2\n2025-01-01T05:00:00Z,2025-01-01T05:00:00Z,0.2\n2025-01-01T07:00:00Z,,x\n"
    )
    read = parse_hourly(text, BERLIN)
    faults = [(error.line, error.field) for error in read.errors]
    assert faults == [(2, "start"), (4, "start"), (5, "end"), (6, "price")]
    assert "clock never showed" in read.errors[0].message

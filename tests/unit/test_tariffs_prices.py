"""Which price holds at an instant: history by local date, windows and hourly prices, on days of any length."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar.days import length_of_day
from solar.tariffs import HourlyPrice, PriceEntry, Season, Tariff, Window

D = Decimal
BERLIN = "Europe/Berlin"
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def flat(start: str, price: str) -> PriceEntry:
    return PriceEntry(date.fromisoformat(start) if len(start) == 10 else at(start), D(price))


def price_on(tariff: Tariff, day: str) -> Decimal | None:
    entry = tariff.entry_on(date.fromisoformat(day))
    return entry and entry.price_per_kwh


def test_the_newest_local_date_on_or_before_the_day_counts() -> None:
    tariff = Tariff((flat("2025-06-01", "0.3"), flat("2025-01-01", "0.2")), BERLIN)
    days = ("2024-12-31", "2025-01-01", "2025-05-31", "2025-06-01", "2030-01-01")
    assert [price_on(tariff, day) for day in days] == [None, D("0.2"), D("0.2"), D("0.3"), D("0.3")]


def test_a_timestamp_holds_for_its_whole_local_day() -> None:
    tariff = Tariff((flat("2025-01-01", "0.2"), flat("2025-03-05T13:45:00+01:00", "0.3")), BERLIN)
    assert price_on(tariff, "2025-03-04") == D("0.2")
    assert price_on(tariff, "2025-03-05") == D("0.3")
    assert tariff.at(at("2025-03-05T00:01:00+01:00")).price_per_kwh == D("0.3")


def test_a_timestamp_is_turned_into_the_zone_of_the_source_first() -> None:
    evening_utc = flat("2025-10-25T22:30:00+00:00", "0.4")
    assert price_on(Tariff((evening_utc,), BERLIN), "2025-10-25") is None
    assert price_on(Tariff((evening_utc,), BERLIN), "2025-10-26") == D("0.4")
    assert price_on(Tariff((evening_utc,), "UTC"), "2025-10-25") == D("0.4")


def test_of_two_on_one_date_the_later_instant_wins_and_of_two_at_one_instant_the_later_in_the_list() -> None:
    midnight, noon = flat("2025-03-05", "0.1"), flat("2025-03-05T12:00:00+01:00", "0.2")
    assert price_on(Tariff((noon, midnight), BERLIN), "2025-03-05") == D("0.2")
    same = flat("2025-03-04T23:00:00+00:00", "0.3")
    assert price_on(Tariff((midnight, same), BERLIN), "2025-03-05") == D("0.3")
    assert price_on(Tariff((same, midnight), BERLIN), "2025-03-05") == D("0.1")


@given(st.permutations([flat(f"2025-{month:02d}-01", f"0.{month:02d}") for month in range(1, 13)]))
def test_the_order_of_prices_is_irrelevant(entries: list[PriceEntry]) -> None:
    tariff = Tariff(tuple(entries), BERLIN)
    for month in range(1, 13):
        assert price_on(tariff, f"2025-{month:02d}-15") == D(f"0.{month:02d}")


def test_history_lists_what_holds_on_some_day() -> None:
    early, late = flat("2025-03-05", "0.1"), flat("2025-03-05T12:00:00+01:00", "0.2")
    other = flat("2025-04-01", "0.3")
    assert Tariff((other, early, late), BERLIN).history() == [
        (date(2025, 3, 5), date(2025, 4, 1), late),
        (date(2025, 4, 1), None, other),
    ]
    assert Tariff((), BERLIN).history() == []


NIGHT = Window("night", time(22), time(6), D("0.10"))
WEEKEND = Window("weekend", time(6), time(22), D("0.20"), days=frozenset({"weekend", "holiday"}))
SUMMER_NOON = Window(
    "solar hours", time(11), time(15), D("0.05"), D("0.02"), frozenset({"weekday"}), Season((4, 1), (9, 30))
)


def windows(*chosen: Window, holidays: frozenset[date] = frozenset()) -> Tariff:
    return Tariff((PriceEntry(date(2025, 1, 1), D("0.30"), D("0.08"), chosen),), BERLIN, holidays=holidays)


@pytest.mark.parametrize(
    ("instant", "label", "price"),
    [
        ("2025-05-07T23:00:00+02:00", "night", "0.10"),
        ("2025-05-07T05:59:00+02:00", "night", "0.10"),
        ("2025-05-07T06:00:00+02:00", "", "0.30"),
        ("2025-05-07T11:00:00+02:00", "solar hours", "0.05"),
        ("2025-05-07T15:00:00+02:00", "", "0.30"),
        ("2025-10-01T12:00:00+02:00", "", "0.30"),
        ("2025-05-10T12:00:00+02:00", "weekend", "0.20"),
        ("2025-05-01T12:00:00+02:00", "weekend", "0.20"),
    ],
)
def test_windows_by_clock_weekday_holiday_and_season(instant: str, label: str, price: str) -> None:
    tariff = windows(NIGHT, WEEKEND, SUMMER_NOON, holidays=frozenset({date(2025, 5, 1)}))
    piece = tariff.at(at(instant))
    assert (piece.label, piece.price_per_kwh) == (label, D(price))
    assert piece.export_price_per_kwh == (D("0.02") if label == "solar hours" else D("0.08"))


def test_a_season_may_reach_over_new_year() -> None:
    winter = Season((11, 1), (2, 28))
    assert [month for month in range(1, 13) if winter.holds(date(2025, month, 15))] == [1, 2, 11, 12]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Three hours of clock time, of which one is missing: 00, 01, 03 local.
        (SPRING, [("2025-03-29T23:00", "2025-03-30T01:00"), ("2025-03-30T01:00", "2025-03-30T02:00")]),
        # Four real hours of the three: 00, 01, 02, 02 again.
        (AUTUMN, [("2025-10-25T22:00", "2025-10-26T00:00"), ("2025-10-26T00:00", "2025-10-26T02:00")]),
    ],
)
def test_windows_follow_the_clock_where_it_is_moved(day: date, expected: list[tuple[str, str]]) -> None:
    early = Window("early", time(0), time(2), D("0.1"))
    then = Window("then", time(2), time(3) if day == AUTUMN else time(4), D("0.2"))
    pieces = windows(early, then).pieces(day)
    found = [(f"{piece.start:%Y-%m-%dT%H:%M}", f"{piece.end:%Y-%m-%dT%H:%M}") for piece in pieces[:2]]
    assert found == expected
    assert [piece.label for piece in pieces] == ["early", "then", ""]


def test_half_an_hour_in_the_repeated_hour_comes_twice() -> None:
    pieces = windows(Window("half", time(2, 30), time(3), D("0.1"))).pieces(AUTUMN)
    halves = [f"{piece.start:%H:%M}-{piece.end:%H:%M}" for piece in pieces if piece.label]
    assert halves == ["00:30-01:00", "01:30-02:00"]


@given(
    st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    st.sampled_from([BERLIN, "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu", "Africa/Cairo", "UTC"]),
)
def test_pieces_fill_each_day_without_gap_or_overlap(day: date, zone: str) -> None:
    entry = PriceEntry(date(2025, 1, 1), D("0.3"), None, (NIGHT, WEEKEND, SUMMER_NOON))
    pieces = Tariff((entry,), zone).pieces(day)
    assert sum((piece.end - piece.start for piece in pieces), timedelta(0)) == length_of_day(day, zone)
    for one, other in pairwise(pieces):
        assert one.end == other.start


def hours(day: date, count: int, first: str = "0.10") -> tuple[HourlyPrice, ...]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
    return tuple(
        HourlyPrice(start + timedelta(hours=n), start + timedelta(hours=n + 1), D(first) + D(n) / 100, D(n) / 1000)
        for n in range(count)
    )


def test_hourly_prices_are_added_to_the_fixed_part() -> None:
    entry = PriceEntry(date(2025, 1, 1), D("0.15"), D("0.01"), hourly=True)
    pieces = Tariff((entry,), BERLIN, hourly=tuple(reversed(hours(AUTUMN, 25)))).pieces(AUTUMN)
    assert len(pieces) == 25
    assert pieces[3].price_per_kwh == D("0.28")
    assert pieces[3].export_price_per_kwh == D("0.013")


def test_a_missing_hour_is_unpriced_and_negative_prices_are_prices() -> None:
    entry = PriceEntry(date(2025, 1, 1), D("0"), None, hourly=True)
    some = [hour for number, hour in enumerate(hours(AUTUMN, 24, "-0.05")) if number != 4]
    pieces = Tariff((entry,), BERLIN, hourly=tuple(some)).pieces(AUTUMN)
    unpriced = [piece for piece in pieces if piece.unpriced]
    assert [f"{piece.start:%H:%M}-{piece.end:%H:%M}" for piece in unpriced] == ["02:00-03:00", "22:00-23:00"]
    assert {piece.unpriced for piece in unpriced} == {"no-hourly-price"}
    assert pieces[0].price_per_kwh == D("-0.05")


def test_windows_may_be_the_fixed_part_of_hourly_prices() -> None:
    entry = PriceEntry(date(2025, 1, 1), D("0.15"), None, (NIGHT,), hourly=True)
    tariff = Tariff((entry,), BERLIN, hourly=hours(AUTUMN, 25))
    assert tariff.at(at("2025-10-26T05:30:00+01:00")).price_per_kwh == D("0.10") + D("0.10") + D("0.06")
    assert tariff.at(at("2025-10-26T06:30:00+01:00")).price_per_kwh == D("0.15") + D("0.10") + D("0.07")


def test_before_the_first_price_nothing_is_priced() -> None:
    (piece,) = windows().pieces(date(2024, 12, 31))
    assert (piece.price_per_kwh, piece.unpriced) == (None, "no-price")


def test_a_date_the_zone_skipped_has_no_piece() -> None:
    assert Tariff((flat("2011-01-01", "0.3"),), "Pacific/Apia").pieces(date(2011, 12, 30)) == ()

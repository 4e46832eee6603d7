"""Local days: starts, lengths and dates in zones that change at midnight, by half an hour, or skip a date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar import days

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Cairo",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "America/Santiago",
)
DATES = st.dates(date(1990, 1, 1), date(2037, 12, 31))


@given(DATES, st.sampled_from(ZONES))
def test_a_day_starts_at_the_first_instant_with_its_date(day: date, zone: str) -> None:
    start, length = days.start_of_day(day, zone), days.length_of_day(day, zone)
    before = (start - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
    assert start.tzinfo is UTC
    assert before < day
    if length:
        assert start.astimezone(ZoneInfo(zone)).date() == day
        assert timedelta(hours=23) <= length <= timedelta(hours=25)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2037, 12, 30)), st.sampled_from(ZONES))  # noqa: DTZ001 made aware below
def test_the_date_of_an_instant_is_the_day_that_holds_it(moment: datetime, zone: str) -> None:
    instant = moment.replace(tzinfo=UTC)
    day = days.local_date(instant, zone)
    assert days.start_of_day(day, zone) <= instant < days.end_of_day(day, zone)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("America/Havana", date(2025, 3, 9), 23),
        ("Africa/Cairo", date(2025, 10, 30), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Kathmandu", date(2025, 7, 1), 24),
    ],
)
def test_length_of_day(zone: str, day: date, hours: float) -> None:
    assert days.length_of_day(day, zone) == timedelta(hours=hours)


def test_the_minutes_repeated_over_midnight_belong_to_the_date_that_had_begun() -> None:
    repeated = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)
    assert repeated.astimezone(ZoneInfo("America/St_Johns")).date() == date(2010, 11, 6)
    assert days.local_date(repeated, "America/St_Johns") == date(2010, 11, 7)


def test_dates_of_a_range_leave_out_what_the_zone_skipped() -> None:
    start, end = datetime(2011, 12, 30, 9, 59, tzinfo=UTC), datetime(2011, 12, 31, 10, tzinfo=UTC)
    assert days.dates_of_range(start, end, "Pacific/Apia") == [date(2011, 12, 29), date(2011, 12, 31)]
    assert days.dates_of_range(start, start, "Pacific/Apia") == []
    assert days.real_dates(date(2011, 12, 30), date(2011, 12, 30), "Pacific/Apia") == []
    assert list(days.dates(date(2025, 2, 27), date(2025, 3, 1)))[1] == date(2025, 2, 28)


def test_bad_input_is_named() -> None:
    for name in ("Europe/Nowhere", "", "../etc/passwd", "Europe"):
        with pytest.raises(ValueError, match="time_zone"):
            days.start_of_day(date(2025, 1, 1), name)
    with pytest.raises(ValueError, match="aware"):
        days.local_date(datetime(2025, 1, 1), "UTC")  # noqa: DTZ001 the very thing tested

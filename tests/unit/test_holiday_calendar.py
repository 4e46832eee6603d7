"""Public holidays by country and region, as tariffs need them."""

from datetime import date

from services.returns import holiday_calendar


def test_regions_have_days_of_their_own() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in holiday_calendar.dates_of("DE", "BY", 2026)
    assert corpus_christi not in holiday_calendar.dates_of("DE", "BE", 2026)
    assert date(1999, 12, 25) in holiday_calendar.dates_of("DE", None, 2026)
    assert max(holiday_calendar.dates_of("DE", None, 2026)).year == 2026


def test_without_a_country_there_are_none() -> None:
    assert holiday_calendar.dates_of(None, None, 2026) == frozenset()


def test_what_is_not_known_is_refused_at_its_field() -> None:
    assert holiday_calendar.check("DE", "BY") == holiday_calendar.check(None, None) == {}
    assert holiday_calendar.check("XX", None).keys() == {"holidayCountry"}
    assert "such as BB" in holiday_calendar.check("DE", "ZZ")["holidayRegion"]


def test_countries_are_named() -> None:
    names = holiday_calendar.countries()
    assert (names["DE"], names["GB"]) == ("Germany", "United Kingdom")
    assert all(len(code) == 2 for code in names)

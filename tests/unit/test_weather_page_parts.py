"""The weather page's figures and words: units, gaps, dashes for what is missing, and days that change their clocks."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from components import weather_cards, weather_icons, weather_strip, weather_words
from components.figures import weather_hours, weather_yield
from solar.days import end_of_day, start_of_day
from solar.weather import HOURLY_COLUMNS, Yield, codes

ZONE, FIRST = "Europe/Berlin", date(2026, 6, 21)
LAST = FIRST + timedelta(days=7)
NOW = datetime(2026, 6, 21, 12, 30, tzinfo=UTC)


def hours(first: date = FIRST, last: date = LAST, zone: str = ZONE) -> pd.DataFrame:
    start, end = start_of_day(first, zone), end_of_day(last, zone)
    stamps = pd.date_range(start + timedelta(hours=1), end, freq="h")
    frame = pd.DataFrame(10.0, index=stamps, columns=list(HOURLY_COLUMNS))
    frame["shortwave_radiation"] = np.clip(800 * np.sin((stamps.hour - 4) / 16 * np.pi), 0, None)
    return frame


def figure(frame: pd.DataFrame, **more: object) -> go.Figure:
    given = {"first": FIRST, "last": LAST, "time_zone": ZONE, "issued_at": NOW, "now": NOW, "scheme": "light", **more}
    return weather_hours.hours_figure(frame, **given)  # type: ignore[arg-type]


def test_observed_is_solid_and_forecast_goes_on_dashed() -> None:
    drawn = figure(hours())
    assert [trace.name for trace in drawn.data] == [
        "Radiation", "Radiation, forecast", "Temperature", "Temperature, forecast",
    ]
    assert [trace.line.dash for trace in drawn.data] == [None, "5px,4px", None, "5px,4px"]
    assert drawn.data[0].x[-1] == drawn.data[1].x[0] and drawn.data[0].y[-1] == drawn.data[1].y[0]


def test_the_mean_of_an_hour_stands_in_its_middle() -> None:
    drawn = figure(hours())
    assert (drawn.data[0].x[0], drawn.data[2].x[0]) == ("2026-06-21 00:30", "2026-06-21 01:00")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_same_frame_gives_the_same_figure(scheme: str) -> None:
    assert figure(hours(), scheme=scheme) == figure(hours(), scheme=scheme)


def test_axes_carry_their_units_in_the_readers_scale() -> None:
    metric, imperial = figure(hours()), figure(hours(), is_fahrenheit=True)
    assert [each.text for each in metric.layout.annotations][:2] == [
        "Radiation on the horizontal, W/m²", "Temperature, °C",
    ]
    assert imperial.layout.annotations[1].text == "Temperature, °F" and imperial.data[2].y[0] == 50.0
    assert "°F" in imperial.data[2].hovertemplate


def test_missing_hours_are_no_line_and_an_empty_frame_says_why() -> None:
    frame = hours()
    frame["shortwave_radiation"] = np.nan
    assert [trace.name for trace in figure(frame).data] == ["Temperature", "Temperature, forecast"]
    assert "No hourly weather yet" in figure(frame.iloc[:0]).layout.annotations[0].text


def test_days_with_a_change_of_clocks_keep_an_even_axis() -> None:
    first = date(2026, 10, 24)
    last = first + timedelta(days=7)
    drawn = figure(hours(first, last), first=first, last=last, now=NOW, issued_at=None)
    positions = pd.to_datetime([*drawn.data[0].x, *drawn.data[1].x[1:]])
    assert len(positions) == 8 * 24 + 1 and set(np.diff(positions)) == {np.timedelta64(1, "h")}
    assert len(drawn.layout.xaxis.ticktext) == 8


def days(count: int = 40) -> pd.DataFrame:
    radiation = np.linspace(1, 8, count)
    index = pd.Index([date(2026, 5, 1) + timedelta(days=each) for each in range(count)], dtype=object)
    return pd.DataFrame({"radiation": radiation, "kwh": 4 * radiation, "coverage": 1.0}, index=index)


def test_days_that_fell_off_stand_apart_with_their_reason() -> None:
    frame = days()
    day = frame.index[30]
    fit, reasons = Yield(4.0, 0.97, (day,)), {day: "grid outage for 3 h; held to the export limit for 1 h"}
    drawn = weather_yield.yield_figure(frame, fit, reasons, scheme="light")
    assert [len(trace.x) for trace in drawn.data] == [39, 2, 1]
    assert reasons[day] in drawn.data[2].customdata[0]
    texts = [each.text for each in drawn.layout.annotations]
    assert "<b>31 May: grid outage for 3…</b>" in texts and "<b>4.00 kWh for each kWh/m²</b>" in texts
    assert reasons[day] in weather_yield.summary(frame, fit, reasons)


def test_few_days_are_points_without_a_line_and_none_say_why() -> None:
    assert len(weather_yield.yield_figure(days(3), None, {}, scheme="dark").data) == 1
    none = weather_yield.yield_figure(days().iloc[:0], None, {}, scheme="dark")
    assert "No day yet" in none.layout.annotations[0].text


def test_every_condition_has_an_icon() -> None:
    assert set(codes.ICONS) <= set(weather_icons.SHAPES)
    for name in weather_icons.SHAPES:
        assert weather_icons.weather_icon(name) is not None


def test_no_rain_is_0_and_unknown_rain_is_a_dash() -> None:
    written = [weather_words.number(each) for each in (0.0, float("nan"), 6.24)]
    assert written == ["0", "–", "6.2"]


def test_temperatures_are_whole_degrees_with_a_real_minus() -> None:
    assert weather_words.degrees(-0.3, is_fahrenheit=False) == "0°"
    assert weather_words.degrees(-7.6, is_fahrenheit=False) == "−8°"
    assert weather_words.degrees(0.0, is_fahrenheit=True) == "32°"
    assert weather_words.degrees(float("nan"), is_fahrenheit=True) == "–"


def test_places_and_the_sun_are_written_for_people() -> None:
    assert weather_words.place_words((-36.85, 174.76)) == "36.85° S, 174.76° E"
    assert weather_words.place_words((34.05, -118.24)) == "34.05° N, 118.24° W"
    sunrise = datetime(2026, 6, 21, 3, 10, tzinfo=UTC)
    assert weather_words.sun_words(sunrise, None, ZONE) == "05:10 – –"


def test_history_is_told_with_its_days() -> None:
    assert weather_cards.history_words(None) == "History: none yet"
    span = (date(2026, 3, 1), date(2026, 6, 20), 112)
    assert weather_cards.history_words(span) == "History: 1 March to 20 June 2026, 112 days"


def test_the_strip_has_eight_even_parts_also_where_clocks_change() -> None:
    for day in (FIRST, date(2026, 3, 29), date(2026, 10, 25)):
        strip = weather_strip.weather_strip(hours(day, day), day, ZONE, NOW, is_fahrenheit=False)
        assert len(strip.children) == 8 and all(len(each.children) == 3 for each in strip.children)
    assert weather_strip.weather_strip(hours().iloc[:0], FIRST, ZONE, NOW, is_fahrenheit=False) is None


def test_parts_of_the_strip_that_lie_ahead_say_that_they_are_forecast() -> None:
    strip = weather_strip.weather_strip(hours(FIRST, FIRST), FIRST, ZONE, NOW, is_fahrenheit=False)
    assert ["forecast" in each.title for each in strip.children] == [False] * 5 + [True] * 3
    assert strip.children[0].title == "Unknown weather, 00:00 to 03:00"

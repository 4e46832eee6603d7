"""The day chart: its series, its gaps, where each instant lies on days of 23, 24 and 25 hours, its labels and words."""

import json
import math
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from components.figures.day import MOST_POINTS, Mark, day_figure, summary
from components.figures.day_traces import live_point
from components.figures.labels import place
from components.figures.local_time import DayAxis
from solar.days import end_of_day, start_of_day

MADRID = "Europe/Madrid"
SUMMER = date(2026, 6, 21)


def day_frame(day: date, time_zone: str = MADRID, *, minutes: int = 5, **columns: float | list[float]) -> pd.DataFrame:
    """A whole local day of readings with constant or given values."""
    start, end = start_of_day(day, time_zone), end_of_day(day, time_zone)
    index = pd.date_range(start, end, freq=f"{minutes}min", inclusive="left", name="timestamp")
    return pd.DataFrame(dict(columns), index=index, dtype=float)


def bell(day: date = SUMMER, **extra: float) -> pd.DataFrame:
    """A day with a sun of 4 kW at noon."""
    frame = day_frame(day, loadPower=300.0, **extra)
    hours = (frame.index - frame.index[0]) / pd.Timedelta(hours=1)
    frame["solarPower"] = [max(0.0, 4000 * math.sin((hour - 6) / 12 * math.pi)) for hour in hours]
    return frame


def draw(frame: pd.DataFrame, day: date = SUMMER, **options: object) -> object:
    return day_figure(frame, time_zone=MADRID, date=day, **{"scheme": "light", **options})


def trace(figure: object, name: str) -> object:
    return next(each for each in figure.data if each.name == name and each.hoverinfo != "skip")


def texts(figure: object) -> list[str]:
    return [each.text for each in figure.layout.annotations]


def test_power_is_drawn_in_kilowatts_at_its_local_time() -> None:
    solar = trace(draw(bell()), "Solar")
    noon = solar.x.index("2026-06-21 12:00")
    assert solar.y[noon] == 4.0
    assert solar.customdata[noon] == "4.00 kW"


def test_signed_fields_have_words_for_their_direction() -> None:
    figure = draw(bell(batteryPower=-1500.0, gridPower=-820.0, stateOfCharge=64.0))
    assert trace(figure, "Battery").customdata[0] == "1.50 kW discharging"
    assert trace(figure, "Grid").customdata[0] == "820 W exporting"
    assert trace(figure, "Charge").customdata[0] == "64 %"


def test_only_the_way_that_power_goes_is_an_area() -> None:
    figure = draw(bell(gridPower=-820.0))
    areas = {each.name: each.y for each in figure.data if each.name in {"Import", "Export"}}
    assert set(areas["Import"]) == {None}
    assert set(areas["Export"]) == {-0.82}


@pytest.mark.parametrize(
    ("columns", "axes"),
    [
        ({}, {"yaxis"}),
        ({"gridPower": 100.0}, {"yaxis", "yaxis2"}),
        ({"batteryPower": 100.0, "stateOfCharge": 50.0}, {"yaxis", "yaxis2", "yaxis3"}),
    ],
)
def test_a_source_has_the_panels_it_has_fields_for(columns: dict[str, float], axes: set[str]) -> None:
    layout = draw(bell(**columns)).to_plotly_json()["layout"]
    assert {key for key in layout if key.startswith("yaxis")} == axes


def test_a_silence_is_a_gap_and_its_area_goes_down_to_zero() -> None:
    frame = bell()
    start, end = datetime(2026, 6, 21, 9, tzinfo=UTC), datetime(2026, 6, 21, 10, tzinfo=UTC)
    figure = draw(frame[(frame.index < start) | (frame.index >= end)])
    line = trace(figure, "Solar")
    assert line.y.count(None) == 1
    assert line.fill == "none"
    area = next(each for each in figure.data if each.name == "Solar" and each.hoverinfo == "skip")
    assert area.y[area.x.index("2026-06-21 10:55") + 1] == 0
    assert None not in area.y


def test_hourly_readings_are_joined_and_a_missing_hour_and_a_half_is_not() -> None:
    hourly = day_frame(SUMMER, minutes=60, solarPower=500.0)
    assert None not in trace(draw(hourly), "Solar").y
    assert trace(draw(hourly.drop(hourly.index[10])), "Solar").y.count(None) == 1


def test_a_field_that_comes_less_often_than_the_others_is_still_a_line() -> None:
    frame = bell(stateOfCharge=math.nan)
    frame.loc[frame.index[::6], "stateOfCharge"] = 50.0
    charge = trace(draw(frame), "Charge")
    assert len(charge.x) == 48
    assert None not in charge.y


def test_missing_is_never_zero() -> None:
    figure = draw(day_frame(SUMMER, solarPower=500.0, loadPower=math.nan))
    assert [each.name for each in figure.data] == ["Solar"]


@pytest.mark.parametrize(
    ("frame", "now", "words"),
    [
        (bell().iloc[:0], None, "No readings"),
        (bell().iloc[:0], datetime(2026, 6, 21, 12, tzinfo=UTC), "No readings yet today"),
        (bell(date(2026, 6, 20)), None, "No readings"),
        (day_frame(SUMMER, solarPower=math.nan), None, "No readings"),
    ],
)
def test_a_day_without_readings_says_so(frame: pd.DataFrame, now: datetime | None, words: str) -> None:
    figure = draw(frame, now=now)
    assert not figure.data
    assert texts(figure) == [f"<b>{words}</b><br>Sunday, 21 June 2026"]


@pytest.mark.parametrize(
    ("day", "hours", "labels"),
    [
        (date(2026, 3, 29), 23, ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]),
        (date(2026, 10, 25), 25, ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]),
    ],
)
def test_days_that_change_clocks_are_drawn_as_long_as_they_are(day: date, hours: int, labels: list[str]) -> None:
    figure = draw(day_frame(day, solarPower=1000.0), day)
    first, last = (datetime.fromisoformat(each) for each in figure.layout.xaxis.range)
    assert last - first == timedelta(hours=hours)
    solar = trace(figure, "Solar")
    assert len(solar.x) == len(set(solar.x)) == hours * 12
    assert list(figure.layout.xaxis.ticktext) == labels
    # The label 12:00 stands where noon was: 11 or 13 hours after midnight.
    noon = datetime.fromisoformat(figure.layout.xaxis.tickvals[3])
    assert noon - first == timedelta(hours=12 + hours - 24)


def test_the_repeated_hour_is_told_apart_by_its_zone() -> None:
    day = date(2026, 10, 25)
    times = trace(draw(day_frame(day, solarPower=1.0), day), "Time")
    assert "02:30 CEST" in times.customdata
    assert "02:30 CET" in times.customdata


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"])
def test_odd_zones_begin_at_their_own_midnight(zone: str) -> None:
    axis = DayAxis(SUMMER, zone)
    assert axis.position(start_of_day(SUMMER, zone)) == "2026-06-21 00:00:00"


def test_a_day_that_begins_at_one_o_clock_begins_there() -> None:
    # Clocks in Havana went from 00:00 to 01:00 on 8 March 2026.
    axis = DayAxis(date(2026, 3, 8), "America/Havana")
    assert axis.position(axis.start) == "2026-03-08 01:00:00"
    assert axis.time_of_day(pd.DatetimeIndex([axis.start])) == ["01:00"]


def test_now_and_what_was_not_heard_until_now_are_marked() -> None:
    frame = bell()[: datetime(2026, 6, 21, 9, 52, tzinfo=UTC)]
    figure = draw(frame, now=datetime(2026, 6, 21, 14, 35, tzinfo=UTC))
    assert "<b>now 16:35</b>" in texts(figure)
    assert "<b>no readings</b>" in texts(figure)
    shade = next(each for each in figure.layout.shapes if each.type == "rect")
    assert (shade.x0, shade.x1) == ("2026-06-21 11:50:00", "2026-06-21 16:35:00")


def test_a_past_day_has_no_now() -> None:
    assert not draw(bell(), now=datetime(2026, 7, 1, tzinfo=UTC)).layout.shapes


def test_marks_stand_at_their_instant() -> None:
    figure = draw(bell(), marks=[Mark(datetime(2026, 6, 21, 4, 46, tzinfo=UTC), "sunrise 06:46")])
    assert figure.layout.shapes[0].x0 == "2026-06-21 06:46:00"
    assert "sunrise 06:46" in texts(figure)


def test_every_series_is_named_on_the_chart() -> None:
    frame = bell(stateOfCharge=64.0)
    frame["gridPower"] = [2000.0] * 144 + [-2000.0] * 144
    frame["batteryPower"] = [-1500.0] * 144 + [1500.0] * 144
    named = {each.removeprefix("<b>").removesuffix("</b>") for each in texts(draw(frame))}
    assert named >= {"Solar", "Load", "charging", "discharging", "importing", "exporting", "64 %"}


def test_labels_do_not_lie_on_each_other_or_on_a_curve() -> None:
    hill = pd.Series([0.0, 0.5, 0.8, 0.5, 0.0], index=[0.0, 0.25, 0.5, 0.75, 1.0])
    first = place("Solar", hill, "above", [])
    second = place("Load", hill, "above", [first])
    assert first is not None and second is not None
    assert (first.x, first.y) == (0.5, 0.8)
    assert not first.overlaps(second)
    wall = pd.Series([0.85], index=[0.5])
    assert place("Solar", hill, "above", [], [wall]).x != 0.5


def test_more_points_than_a_screen_can_show_are_refused() -> None:
    with pytest.raises(AssertionError, match="the query must thin"):
        draw(day_frame(SUMMER, solarPower=1.0).resample("30s").ffill())
    assert MOST_POINTS == 2000


def test_the_same_frame_gives_the_same_figure_and_keeps_the_zoom() -> None:
    assert draw(bell()) == draw(bell())
    assert draw(bell()).layout.uirevision == draw(bell(), scheme="dark").layout.uirevision
    assert draw(bell()).layout.uirevision != draw(bell(date(2026, 6, 20)), date(2026, 6, 20)).layout.uirevision


def test_schemes_have_colours_of_their_own() -> None:
    light, dark = draw(bell()), draw(bell(), scheme="dark")
    assert light.data[0].line.color != dark.data[0].line.color
    assert light.layout.meta["explicit_colours"]


def test_the_newest_reading_is_a_point_of_the_same_traces() -> None:
    figure = draw(bell(gridPower=-820.0))
    at = pd.Timestamp("2026-06-21T12:35:12Z")
    point = live_point({"solarPower": 4570.0, "gridPower": -1470.0, "deviceStatus": "on"}, at, DayAxis(SUMMER, MADRID))
    assert point["x"] == "2026-06-21 14:35:12"
    assert point["time"] == "14:35"
    assert set(point["points"]) <= {each.meta for each in figure.data}
    by_name = {each.name: point["points"].get(each.meta) for each in figure.data}
    assert by_name["Solar"] == [4.57, "4.57 kW"]
    assert by_name["Export"] == [-1.47, ""]
    assert by_name["Import"] == [0, ""]
    assert by_name["Grid"] == [-1.47, "1.47 kW exporting"]
    assert by_name["Load"] is None
    json.dumps(point)


def test_the_summary_says_what_the_chart_shows() -> None:
    assert summary(bell(stateOfCharge=64.0), SUMMER) == (
        "Power on Sunday, 21 June 2026: solar up to 4.00 kW, load up to 300 W, state of charge from 64 % to 64 %"
    )
    assert summary(bell().iloc[:0], SUMMER) == "Power on Sunday, 21 June 2026: no readings"

"""What the forecast page is made of: the outlook of a day, its figures, its cards, and the line on Monitor's day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components import forecast_cards as cards
from components.figures import day_forecast, forecast_days, forecast_energy
from components.figures.day import day_figure
from components.figures.local_time import DayAxis
from solar.outlook import outlook

ZONE = "UTC"
START = datetime(2026, 6, 21, tzinfo=UTC)
END, NOW = START + timedelta(days=1), START + timedelta(hours=10)
TODAY = START.date()


def half_hours(days: int = 8) -> pd.DataFrame:
    """A sun from 6 to 18 o'clock of 4 kW at noon, a house of 500 W, a battery that is full from 14 to 20 o'clock."""
    index = pd.date_range(START, periods=48 * days, freq="30min", name="timestamp")
    hour = (index.hour + index.minute / 60 + 0.25).to_numpy()
    solar = 4000 * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)
    charge = np.where((hour >= 14) & (hour < 20), 100.0, np.where((hour >= 4) & (hour < 7), 12.0, 50.0))
    columns = {}
    for name, values in (("solarPower", solar), ("loadPower", np.full(len(index), 500.0)), ("stateOfCharge", charge)):
        columns |= {f"{name}_p10": 0.8 * values, f"{name}_p50": values, f"{name}_p90": np.minimum(values * 1.2, 4500)}
    return pd.DataFrame(columns, index)


def daily(days: int = 8) -> pd.DataFrame:
    names = [(TODAY + timedelta(days=each)).isoformat() for each in range(days)]
    values = {f"solar_kwh_{name}": [value] * days for name, value in (("p10", 20.0), ("p50", 30.0), ("p90", 36.0))}
    return pd.DataFrame(values, index=pd.Index(names, name="date"))


def test_the_outlook_of_a_day() -> None:
    found = outlook(half_hours(), START, END, NOW)
    whole = float(half_hours(1)["solarPower_p50"].sum()) / 2000
    assert found.by_now_kwh is not None and found.left_kwh is not None
    assert found.by_now_kwh + found.left_kwh == pytest.approx(whole)
    assert found.best == (START + timedelta(hours=10.5), START + timedelta(hours=13.5))
    assert found.full_at == START + timedelta(hours=14)
    assert found.lowest == (START + timedelta(days=1, hours=4), 12.0)


def test_half_of_a_half_hour_counts_half() -> None:
    at = START + timedelta(hours=12, minutes=15)
    before, after = (outlook(half_hours(), START, END, each) for each in (START + timedelta(hours=12), at))
    step = float(half_hours().loc[START + timedelta(hours=12), "solarPower_p50"]) / 4000
    assert (after.by_now_kwh or 0) - (before.by_now_kwh or 0) == pytest.approx(step)


def test_after_sunset_the_best_hours_are_those_of_tomorrow() -> None:
    found = outlook(half_hours(), START, END, START + timedelta(hours=21))
    assert found.best is not None and found.best[0].date() == TODAY + timedelta(days=1)
    assert found.left_kwh == 0


def test_without_battery_or_surplus_nothing_is_promised() -> None:
    frame = half_hours()[["solarPower_p50", "loadPower_p50"]].assign(loadPower_p50=9000.0)
    found = outlook(frame, START, END, NOW)
    assert (found.best, found.full_at, found.lowest) == (None, None, None)
    assert outlook(frame[["loadPower_p50"]], START, END, NOW).left_kwh is None


def days_figure(frame: pd.DataFrame, measured: pd.DataFrame, last: date = TODAY + timedelta(days=7)) -> Any:
    return forecast_days.days_figure(
        frame, measured, first=TODAY, last=last, time_zone=ZONE, now=NOW, scheme="light"
    )


def test_the_days_have_bands_dashes_and_what_was_measured() -> None:
    index = pd.date_range(START, NOW, freq="5min")
    measured = pd.DataFrame({"solarPower": np.linspace(0, 3000, len(index))}, index)
    figure = days_figure(half_hours(), measured)
    names = [trace.name for trace in figure.data]
    assert names == ["solar low", "solar high", "Solar, forecast", "Solar, measured", "load low", "load high",
                     "Load, forecast", "battery low", "battery high", "Charge, forecast"]
    dashed = {trace.name for trace in figure.data if trace.line.dash}
    assert dashed == {"Solar, forecast", "Load, forecast", "Charge, forecast"}
    low, high, middle = figure.data[:3]
    assert high.fill == "tonexty"
    assert all(a <= b <= c for a, b, c in zip(low.y, middle.y, high.y, strict=True))
    assert len(days_figure(half_hours(), measured, TODAY + timedelta(days=2)).data[0].x) == 3 * 48
    assert "yaxis2" not in days_figure(half_hours().filter(like="Power"), measured).to_dict()["layout"]


def test_a_figure_without_forecast_says_so() -> None:
    nothing = half_hours().iloc[:0]
    assert days_figure(nothing, nothing).layout.annotations[0].text == "No forecast yet"
    figure = forecast_energy.energy_figure(daily().iloc[:0], None, TODAY, "dark")
    assert "No forecast" in figure.layout.annotations[0].text


def test_bars_have_ranges_and_what_today_gave() -> None:
    figure = forecast_energy.energy_figure(daily(), 12.5, TODAY, "dark")
    assert list(figure.data[0].y) == [30.0] * 8
    assert (figure.data[0].error_y.array[0], figure.data[0].error_y.arrayminus[0]) == (6.0, 10.0)
    assert list(figure.data[1].y) == [12.5]
    words = [each.text for each in figure.layout.annotations]
    assert words[0] == "kWh a day, line = 80 % range" and words.count("<b>30.0</b>") == 8
    assert "between 20.0 and 36.0 kWh" in forecast_days.summary(daily())


def test_monitors_day_gets_the_dashed_line_and_room_for_it() -> None:
    index = pd.date_range(START, NOW, freq="5min")
    figure = day_figure(pd.DataFrame({"solarPower": 100.0}, index), time_zone=ZONE, date=TODAY, scheme="light", now=NOW)
    day_forecast.add_forecast(figure, half_hours(), DayAxis(TODAY, ZONE), "light")
    added = figure.data[-1]
    assert (added.name, len(added.x), added.line.dash) == ("Load, forecast", 48, "4px,3px")
    assert figure.layout.yaxis.range[1] > 4
    # No panel for charge, so no line of it either.
    assert not any("Charge" in trace.name for trace in figure.data)


def words_of(component: Any) -> str:
    if component is None:
        return ""
    if isinstance(component, str | int | float):
        return str(component)
    if isinstance(component, list | tuple):
        return " ".join(words_of(each) for each in component)
    return words_of(getattr(component, "children", None))


def test_today_is_held_against_its_forecast() -> None:
    found = outlook(half_hours(), START, END, NOW)
    expected = float(half_hours(1)["solarPower_p50"].sum()) / 2000
    today = cards.Today(1.1 * (found.by_now_kwh or 0), expected, 20.0, 36.0)
    said = words_of(cards.today_card(today, found, ZONE, NOW))
    assert "+10 %" in said and "measured by now" in said
    assert "Best time for big loads 10:30 to 13:30" in said and "Lowest charge ahead 12 % at Mon 04:00" in said
    assert "first forecast" in words_of(cards.today_card(None, None, ZONE, NOW))


def row(lead: int, **values: Any) -> dict[str, Any]:
    return {"lead": lead, "count": 48.0, "mae": 200.0, "bias": -50.0, "rmse": 300.0, "skill": 0.25,
            "mae_percent_of_capacity": 3.0, "mae_percent_of_capacity_daylight": 6.04, "coverage_percent": 81.0,
            "baseline_mae": 270.0, "baseline_percent_of_capacity_daylight": 8.1, **values}


def test_scores_are_shares_of_capacity_or_watts() -> None:
    board = {"fields": {"solarPower": [row(1), row(2, skill=None)], "loadPower": [row(1)]}, "issues": 9, "days": 60}
    said = words_of(cards.scores(board, True))
    assert "Today 6.0 %" in said and "8.1 %" in said and "+25 %" in said and "81 %" in said and "9 forecasts" in said
    assert "1 day later" in said and "Load by day ahead" in said
    assert "200 W" in words_of(cards.scores(board, False))
    assert "first forecast day is over" in words_of(cards.scores({}, True))


def test_the_model_says_what_it_knows_and_lacks() -> None:
    model = {
        "trainedAt": NOW, "trainingSeconds": 4.2, "dataUsed": {"solarPower": 21.0}, "weatherDays": 0, "versions": {},
        "features": ["calendar", "clear sky"], "notes": {"left_out": {"clipped": 12, "curtailed": 0}}, "mae": 210.0,
        "rmse": 400.0, "r2": 0.9, "skill": 0.2, "modelVersion": 1, "reasons": {"stateOfCharge": "It stood still."},
    }
    said = words_of(cards.model_card(model, {"solarPower": ["memory: mix"] * 8}, None, NOW, ZONE))
    for part in ("memory of past days, weighted by its back-test", "12 half hours clipped", "21 days", "R² 0.90",
                 "Charge is not foreseen: It stood still.", "Without a weather forecast"):
        assert part in said, part
    assert words_of(cards.model_card({}, {}, None, NOW, ZONE)) == "No model yet."


def test_a_refusal_says_what_to_do() -> None:
    said = cards.refusal("Too little is known.", "abc", is_placed=False, has_capacity=False)
    assert "Too little is known." in words_of(said) and "Enter the place and installed capacity" in words_of(said)

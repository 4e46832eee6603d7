"""The forecast page's parts: today against the forecast, scores by day ahead, what the model is made of, notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from dash import dcc, html

from components.icons import icon
from components.quantities import MISSING, clock, energy, localised, percent, power, since
from components.tables import table
from components.weather_cards import notice
from solar.outlook import Outlook

_MINUS = "\N{MINUS SIGN}"
_FIELDS = {"solarPower": "Solar", "loadPower": "Load", "stateOfCharge": "Charge"}
_GROUNDS = {"weather": "weather and physics", "memory": "memory of past days"}
_KINDS = {"mix": "weighted by its back-test", "prior": "usual weights, few days seen", "baseline": "repeats last days"}


@dataclass(frozen=True, slots=True)
class Today:
    """kWh of today: measured so far (None: not measured), and expected in all with its range."""

    so_far: float | None
    expected: float
    low: float
    high: float


def today_card(today: Today | None, found: Outlook | None, time_zone: str, now: datetime) -> list[Any]:
    """Return today against its forecast, and what that means."""
    if found is None:
        return [html.P("Comes with the first forecast.", className="dim")]
    parts = [] if today is None else _against(today, found)
    rows = [] if found.left_kwh is None else [("Left today", str(energy(found.left_kwh)))]
    if found.best is not None:
        rows.append(("Best time for big loads", _span(*found.best, time_zone, now)))
    if found.full_at is not None:
        rows.append(("Battery full at about", _at(found.full_at, time_zone, now)))
    if found.lowest is not None:
        at, charge = found.lowest
        rows.append(("Lowest charge ahead", f"{percent(charge / 100)} at {_at(at, time_zone, now)}"))
    return [*parts, facts(rows)]


def _against(today: Today, found: Outlook) -> list[Any]:
    share = 0.0 if not today.so_far or today.expected <= 0 else min(today.so_far / today.expected, 1.0)
    words = f"expected {energy(today.expected)} ({energy(today.low).value} to {energy(today.high).value})"
    head: list[Any] = []
    if today.so_far is not None and found.by_now_kwh is not None and found.by_now_kwh >= 0.05 * today.expected > 0:
        change = today.so_far / found.by_now_kwh - 1
        sign = "+" if change >= 0 else _MINUS
        head = [html.Div([
            html.Span([html.Span(f"{sign}{localised(f'{abs(100 * change):.0f}')}", className="number"),
                       html.Span("%", className="unit")]),
            html.Span(f"{energy(today.so_far)} measured by now, {energy(found.by_now_kwh)} expected", className="dim"),
        ], className="forecast-against")]
    bar = html.Div(html.Div(className="meter-part solar", style={"--share": f"{100 * share:.0f}"}),
                   className="meter forecast-meter", **{"aria-hidden": "true"})
    ends = html.Div([html.Span(f"so far {energy(today.so_far)}"), html.Span(words)], className="forecast-ends dim")
    return [*head, bar, ends]


def _at(instant: datetime, time_zone: str, now: datetime) -> str:
    day = pd.Timestamp(instant).tz_convert(time_zone).date()
    today = pd.Timestamp(now).tz_convert(time_zone).date()
    return clock(instant, time_zone) if day == today else f"{day:%a} {clock(instant, time_zone)}"


def _span(start: datetime, end: datetime, time_zone: str, now: datetime) -> str:
    return f"{_at(start, time_zone, now)} to {clock(end, time_zone)}"


def facts(rows: Sequence[tuple[str, str]]) -> Any:
    """Return names with their values, one a line."""
    return html.Dl([html.Div([html.Dt(name, className="dim"), html.Dd(value)], className="forecast-fact")
                    for name, value in rows], className="forecast-facts")


def scores(board: Mapping[str, Any], capacity_known: bool) -> list[Any]:
    """Return the scoreboard as a table for solar power, with those of load and charge folded below it."""
    fields = board.get("fields") or {}
    if not any(fields.values()):
        return [html.P("The first scores come when the first forecast day is over. Each forecast is then held against "
                       "what was measured, and against repeating the last day or the mean of seven.", className="dim")]
    found = []
    rows = fields.get("solarPower") or []
    if rows:
        found.append(_solar_scores(rows, is_share=capacity_known))
    for field in ("loadPower", "stateOfCharge"):
        if fields.get(field):
            found.append(html.Details([html.Summary(f"{_FIELDS[field]} by day ahead"),
                                       _other_scores(fields[field], field)], className="weather-details"))
    found.append(html.P(
        f"{board['issues']} forecasts of the last {board['days']} days. Persistence is the better of the last known "
        "day and the mean of seven. A good 80 % band holds 80 % of the half hours.", className="dim forecast-note"))
    return found


def _solar_scores(rows: Sequence[Mapping[str, Any]], *, is_share: bool) -> Any:
    ours, theirs = (
        ("mae_percent_of_capacity_daylight", "baseline_percent_of_capacity_daylight") if is_share
        else ("mae", "baseline_mae")
    )
    most = max([float(row[name] or 0) for row in rows for name in (ours, theirs)] or [1.0]) or 1.0

    def written(value: float | None) -> str:
        if value is None:
            return MISSING
        return localised(f"{value:.1f} %") if is_share else str(power(value))

    body = [
        html.Tr([
            html.Th(_ahead(row["lead"]), scope="row"),
            html.Td(written(row[ours]), className="strong"),
            html.Td(_bars(row[ours], row[theirs], most), className="forecast-bars wide-only"),
            html.Td(written(row[theirs]), className="dim"),
            html.Td(_signed_power(row["bias"]), className="wide-only"),
            html.Td(MISSING if row["skill"] is None else _signed(100 * row["skill"], "%"), className="wide-only"),
            html.Td(f"{row['coverage_percent']:.0f} %"),
        ])
        for row in rows
    ]
    heads = ("", "Our error", "", "Persistence", "Bias", "Skill", "In band")
    head = html.Tr([html.Th(each, scope="col", className="wide-only" if each in ("Bias", "Skill") or at == 2 else "")
                    for at, each in enumerate(heads)])
    caption = html.Caption("Scores of solar power by day ahead", className="sr-only")
    return html.Div(html.Table([caption, html.Thead(head), html.Tbody(body)], className="table forecast-scores"),
                    className="table-view", tabIndex=0, **{"aria-label": "Scores of solar power"})


def _bars(ours: float | None, theirs: float | None, most: float) -> Any:
    return html.Div([
        html.Div(className=f"forecast-bar {name}", style={"width": f"{100 * float(value or 0) / most:.0f}%"})
        for name, value in (("ours", ours), ("theirs", theirs))
    ], **{"aria-hidden": "true"})


def _other_scores(rows: Sequence[Mapping[str, Any]], field: str) -> Any:
    def written(value: float | None) -> str:
        if value is None:
            return MISSING
        return str(power(value)) if field == "loadPower" else localised(f"{value:.1f} points")

    listed = [
        [_ahead(row["lead"]), written(row["mae"]), written(row["baseline_mae"]), written(row["rmse"]),
         f"{row['coverage_percent']:.0f} %"] for row in rows
    ]
    words = f"Scores of {_FIELDS[field].lower()} by day ahead"
    return html.Div(table(("", "Our error", "Persistence", "RMSE", "In band"), listed, words), className="table-view")


def _ahead(lead: int) -> str:
    return "Today" if lead == 1 else f"{lead - 1} day{'s' if lead > 2 else ''} later"


def _signed(value: float, unit: str) -> str:
    sign = "+" if value > 0.5 else _MINUS if value < -0.5 else "±"
    return f"{sign}{abs(value):.0f} {unit}"


def _signed_power(watts: float) -> str:
    return f"{'+' if watts >= 0 else _MINUS}{power(abs(watts))}"


def model_card(
    model: Mapping[str, Any], methods: Mapping[str, Sequence[str]], weather_at: datetime | None, now: datetime,
    time_zone: str, *, is_simulated: bool = False,
) -> list[Any]:
    """Return what the model is made of, how it did in its back-test, and why it is limited."""
    if not model.get("trainedAt"):
        return [html.P("No model yet.", className="dim")]
    used = model["dataUsed"]
    days = max(used.values(), default=0.0)
    versions = ", ".join(f"{name} {number}" for name, number in sorted(model["versions"].items()))
    rows = [
        ("Solar by", _method(methods.get("solarPower"))),
        *([("Load by", _method(methods["loadPower"]))] if "loadPower" in methods else []),
        *([("Charge by", _method(methods["stateOfCharge"]))] if "stateOfCharge" in methods else []),
        ("Trained", f"{since(model['trainedAt'], now, time_zone)}, in {model['trainingSeconds']:.0f} s"),
        ("Data", f"{days:.0f} days of half hours, weather of {model['weatherDays']} days"),
        ("Learnt from", ", ".join(model["features"])),
        ("Left out", _left_out(model["notes"].get("left_out") or {})),
        ("Weather ahead", _weather(weather_at, now, time_zone, is_simulated=is_simulated)),
        ("Back-test, first day", _back_test(model)),
        ("Versions", f"model {model['modelVersion']}, {versions}"),
    ]
    limits = _limits(model, days, weather_at)
    said = [html.Div([icon("info", 18), html.Span(each)], className="forecast-limit") for each in limits]
    return [facts(rows), *said]


def _weather(at: datetime | None, now: datetime, time_zone: str, *, is_simulated: bool) -> str:
    if at is None:
        return "none"
    return f"{'simulated' if is_simulated else 'Open-Meteo'}, issued {since(at, now, time_zone)}"


def _method(said: Sequence[str] | None) -> str:
    if not said:
        return MISSING
    first, rest = said[0], [each for each in said[1:] if each != said[0]]
    return f"{_words(first)}, later {_words(rest[-1])}" if rest else _words(first)


def _words(method: str) -> str:
    """A method as the forecast names it (weather: mix) in words."""
    grounds, _, kind = method.rpartition(": ")
    named = _KINDS.get(kind, kind)
    return f"{_GROUNDS.get(grounds, grounds)}, {named}" if grounds else named


def _left_out(counts: Mapping[str, Any]) -> str:
    numbers = {name: value for name, value in counts.items() if isinstance(value, int | float) and value}
    known = [f"{value:g} half hours {name}" for name, value in numbers.items()]
    return ", ".join(known) or "nothing"


def _back_test(model: Mapping[str, Any]) -> str:
    if model.get("mae") is None:
        return "too few days to say"
    words = f"error {power(model['mae'])}, RMSE {power(model['rmse'])}, R² {localised(format(model['r2'], '.2f'))}"
    skill = model.get("skill")
    return words if skill is None else f"{words}, {_signed(100 * skill, '%')} better than persistence"


def _limits(model: Mapping[str, Any], days: float, weather_at: datetime | None) -> list[str]:
    found = [] if not model["reasons"] else [
        f"{_FIELDS.get(name, 'Battery voltage')} is not foreseen: {sentence}"
        for name, sentence in model["reasons"].items() if "has not been reported" not in sentence
    ]
    if days < 60:
        found.append(f"Limited: it has seen {days:.0f} days. It is trained again as more come.")
    elif days < 330:
        found.append(f"Limited: it has seen {days:.0f} days and not every season yet.")
    if weather_at is None:
        found.append("Without a weather forecast the days ahead are foreseen from memory and the clear sky alone.")
    return found


def progress_panel(words: str, stage: str, share: int, stop: Any) -> Any:
    """Return how far the work is, and the button that stops it."""
    bar = html.Div(html.Div(className="weather-bar", style={"width": f"{share}%"}), className="weather-track",
                   role="progressbar", **{"aria-valuenow": str(share), "aria-valuemin": "0", "aria-valuemax": "100",
                                          "aria-label": words})
    head = html.Div([html.Strong(words), html.Strong(f"{share} %")], className="forecast-work-head")
    note = html.Div(f"{stage} · you may close this page", className="dim")
    body = html.Div([head, bar, note], className="forecast-work-body")
    return html.Section([icon("refresh", 20), body, stop], className="card forecast-work")


def refusal(sentence: str, source_id: str, *, is_placed: bool, has_capacity: bool) -> Any:
    """Return why there is no forecast, and what would change that."""
    lacks = [name for name, there in (("place", is_placed), ("installed capacity", has_capacity)) if not there]
    link = None
    if lacks:
        tab = "location" if not is_placed else "general"
        link = dcc.Link(f"Enter the {' and '.join(lacks)}", href=f"/source/{source_id}?tab={tab}",
                        className="button main")
    return notice("info", "There is no forecast of this source yet.", f"{sentence} It is tried again as more is known.",
                  link)


def nothing_yet(*, is_automatic: bool) -> Any:
    """Return what happens next before the first forecast."""
    words = "It is made by itself within minutes, or at once with Train." if is_automatic else (
        "Your settings say that forecasts are not made by themselves: press Train, or switch them on there."
    )
    return notice("clock", "No forecast yet.", words)


def failure(message: str, what: str, *, is_automatic: bool) -> Any:
    """Return what went wrong last time."""
    again = " It is tried again by itself." if is_automatic else ""
    return notice("alert", f"{what} ended early.", f"{message}{again}", kind="warning")


def old(issued_at: datetime, now: datetime, time_zone: str, *, is_automatic: bool) -> Any:
    """Return that the forecast is not of today."""
    words = "A new one comes by itself." if is_automatic else "Forecast now makes a new one."
    return notice("clock", f"This forecast is of {since(issued_at, now, time_zone)}.", words)


def half_hours_table(frame: pd.DataFrame, time_zone: str) -> Any:
    """Return the forecast as a table of means over three hours; `frame` as `data.forecasts.Issue.frame`."""
    known = [(field, name) for field, name in _FIELDS.items() if f"{field}_p50" in frame]
    parts = frame.resample("3h").mean() if len(frame) else frame
    rows = [
        [f"{at:%a} {at.day}, {at:%H:%M}", *[_cell(field, row) for field, _ in known]]
        for at, (_, row) in zip(pd.DatetimeIndex(parts.index).tz_convert(time_zone), parts.iterrows(), strict=True)
    ]
    return table(("From", *[f"{name}, p50 (p10 to p90)" for _, name in known]), rows, "Means over three hours")


def _cell(field: str, row: Any) -> str:
    low, middle, high = (row[f"{field}_{name}"] for name in ("p10", "p50", "p90"))
    if field == "stateOfCharge":
        return f"{percent(middle / 100)} ({percent(low / 100).value} to {percent(high / 100)})"
    return f"{power(middle)} ({power(low)} to {power(high)})"

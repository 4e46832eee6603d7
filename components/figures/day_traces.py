"""The series of the day chart: how each field becomes lines, areas and hover rows, with gaps left as gaps."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.local_time import DayAxis
from components.flow import battery_word, grid_word
from components.quantities import percent, power
from components.theme import Scheme

Panel = Literal["power", "signed", "charge"]
PANEL_TITLES: dict[Panel, str] = {
    "power": "Solar and load, kW", "signed": "Battery and grid, kW", "charge": "State of charge, %",
}
_AXES: dict[Panel, str] = {"power": "y", "signed": "y2", "charge": "y3"}
_FIELDS: dict[Panel, tuple[str, ...]] = {
    "power": ("solarPower", "loadPower"), "signed": ("batteryPower", "gridPower"), "charge": ("stateOfCharge",),
}
# The formulas bridge up to 90 minutes; readings that come more often are not joined over that long a silence.
_LONGEST_BRIDGE = pd.Timedelta(minutes=90)
_SHORTEST_BRIDGE = pd.Timedelta(minutes=15)
_MISSED_STEPS = 3
_WORTH_A_LABEL = 0.08
# How much of the day a short label covers on a phone.
_LABEL_TIME = pd.Timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class _Series:
    """One drawn series: which part of a field it shows, in which colour, and how its hover row is written."""

    field: str
    meaning: str
    name: str
    panel: Panel
    alpha: float
    part: Literal["whole", "positive", "negative"] = "whole"
    hover: bool = True
    drawn: bool = True
    scale: float = 0.001


# A signed grid is two areas in two colours, and one hover row.
SERIES: tuple[_Series, ...] = (
    _Series("solarPower", "solar", "Solar", "power", theme.AREA_ALPHA),
    _Series("loadPower", "load", "Load", "power", theme.LOAD_AREA_ALPHA),
    _Series("batteryPower", "battery", "Battery", "signed", theme.AREA_ALPHA),
    _Series("gridPower", "import", "Import", "signed", theme.AREA_ALPHA, part="positive", hover=False),
    _Series("gridPower", "export", "Export", "signed", theme.AREA_ALPHA, part="negative", hover=False),
    _Series("gridPower", "dim", "Grid", "signed", 0, drawn=False),
    _Series("stateOfCharge", "battery", "Charge", "charge", theme.CHARGE_AREA_ALPHA, scale=1.0),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series that deserves a direct label: its drawn values, words and on which side of its peak they go."""

    words: str
    meaning: str
    values: pd.Series
    side: Literal["above", "below"]


def axis_of(panel: Panel) -> str:
    """Return the name of a panel's y axis."""
    return _AXES[panel]


def _known(frame: pd.DataFrame, field: str) -> pd.Series:
    return frame[field].dropna() if field in frame else pd.Series(dtype=float, index=frame.index[:0])


def has(frame: pd.DataFrame, panel: Panel) -> bool:
    """Tell whether a panel has anything to show; the first one always stands."""
    return panel == "power" or any(not _known(frame, field).empty for field in _FIELDS[panel])


def title_of(frame: pd.DataFrame, panel: Panel) -> str:
    """Return the title of a panel, without the fields that are not there."""
    names = {"solarPower": "Solar", "loadPower": "Load", "batteryPower": "Battery", "gridPower": "Grid"}
    known = [names[field] for field in _FIELDS[panel] if field in names and not _known(frame, field).empty]
    return f"{known[0]}, kW" if len(known) == 1 else PANEL_TITLES[panel]


def traces(frame: pd.DataFrame, axis: DayAxis, scheme: Scheme) -> list[go.Scatter]:
    """Return the traces in the order of SERIES, a row with the time first on days whose times repeat or jump."""
    drawn = [trace for series in SERIES for trace in _traces(series, _known(frame, series.field), axis, scheme)]
    return [_times(frame, axis), *drawn] if axis.changes_clocks else drawn


def _times(frame: pd.DataFrame, axis: DayAxis) -> go.Scatter:
    return go.Scatter(
        x=axis.positions(frame.index), y=[0.0] * len(frame), customdata=axis.time_of_day(frame.index), mode="lines",
        opacity=0, line={"width": 0}, name="Time", hovertemplate="Time  <b>%{customdata}</b><extra></extra>",
    )


def _segments(values: pd.Series) -> list[pd.Series]:
    """Cut a series at every silence that is too long to be bridged by a line."""
    if len(values) < 2:
        return [values] if len(values) else []
    steps = values.index.to_series().diff()
    bridge = min(max(steps.median() * _MISSED_STEPS, _SHORTEST_BRIDGE), _LONGEST_BRIDGE)
    return [segment for _, segment in values.groupby((steps > bridge).cumsum())]


def _cut(values: pd.Series, series: _Series) -> pd.Series:
    if series.part == "positive":
        return values.clip(lower=0)
    return values.clip(upper=0) if series.part == "negative" else values


def hover_words(field: str, value: float) -> str:
    """Write one value as its hover row: words beat signs."""
    if math.isnan(value):
        return ""
    if field == "stateOfCharge":
        return str(percent(value / 100))
    word = {"batteryPower": battery_word, "gridPower": grid_word}.get(field)
    written = power(abs(value) if word else value)
    return f"{written} {word(value)}" if word else str(written)


def _without_rest(values: pd.Series) -> pd.Series:
    """Leave out where one way of a signed field rests at 0, but for the points where it begins and ends."""
    moves = values != 0
    return values.where(moves | moves.shift(1, fill_value=False) | moves.shift(-1, fill_value=False))


def _key(series: _Series) -> str:
    return f"{series.field} {series.part} {'drawn' if series.drawn else 'hover'}"


def _traces(series: _Series, values: pd.Series, axis: DayAxis, scheme: Scheme) -> Iterator[go.Scatter]:
    segments = _segments(_cut(values, series) * series.scale)
    if series.part != "whole":
        segments = [_without_rest(each) for each in segments]
    if not segments:
        return
    style = _style(series, scheme)
    # An area would be drawn across a gap, so a series with gaps has an area of its own that goes down to zero there.
    whole = len(segments) == 1
    if series.drawn and not whole:
        area = {**style, "line": {"width": 0}, "hoverinfo": "skip"}
        yield go.Scatter(**_points(_closed(segments), axis), **area)
    lines = _points(_joined(segments, math.nan), axis)
    extra: dict[str, Any] = {"hoverinfo": "skip"}
    if series.hover:
        words = [hover_words(series.field, value) for value in _joined(_segments(values), math.nan)]
        extra = {"customdata": words, "hovertemplate": f"{series.name}  <b>%{{customdata}}</b><extra></extra>"}
    yield go.Scatter(**lines, **(style if whole and series.drawn else {**style, "fill": "none"}), **extra)


def _style(series: _Series, scheme: Scheme) -> dict[str, Any]:
    tokens = theme.TOKENS[scheme]
    fill = tokens.get(f"{series.meaning}-fill", tokens[series.meaning])
    return {
        "name": series.name, "meta": _key(series), "mode": "lines", "yaxis": _AXES[series.panel], "connectgaps": False,
        "opacity": 1 if series.drawn else 0, "fill": "tozeroy", "fillcolor": theme.translucent(fill, series.alpha),
        "line": {"color": tokens[series.meaning], "width": theme.LINE_WIDTH if series.drawn else 0},
    }


def _joined(segments: list[pd.Series], between: float) -> pd.Series:
    """Join segments with one value between each two of them, a minute before the later one begins."""
    pieces = segments[:1]
    for segment in segments[1:]:
        pieces += [pd.Series(between, index=segment.index[:1] - pd.Timedelta(minutes=1)), segment]
    return pd.concat(pieces)


def _closed(segments: list[pd.Series]) -> pd.Series:
    pieces = []
    for at, segment in enumerate(segments):
        ends = (segment.index[:1] if at else segment.index[:0], segment.index[-1:] if at < len(segments) - 1 else [])
        pieces += [pd.Series(0.0, index=ends[0]), segment, pd.Series(0.0, index=pd.DatetimeIndex(ends[1], tz="UTC"))]
    return pd.concat([piece for piece in pieces if len(piece)])


def _points(values: pd.Series, axis: DayAxis) -> dict[str, list[Any]]:
    rounded = [None if math.isnan(value) else round(value, 3) for value in values]
    return {"x": axis.positions(pd.DatetimeIndex(values.index)), "y": rounded}


def live_point(fields: Mapping[str, Any], measured_at: pd.Timestamp, axis: DayAxis) -> dict[str, Any]:
    """Return the newest reading as one more point of each trace, by the trace's key (its `meta`)."""
    points = {}
    for series in SERIES:
        value = fields.get(series.field)
        if value is not None:
            drawn = float(_cut(pd.Series([float(value)]), series).iloc[0]) * series.scale
            points[_key(series)] = [round(drawn, 3), hover_words(series.field, float(value)) if series.hover else ""]
    time = axis.time_of_day(pd.DatetimeIndex([measured_at]))[0]
    return {"x": axis.position(measured_at), "time": time, "points": points}


def reach(frame: pd.DataFrame, panel: Panel) -> tuple[float, float]:
    """Return the y range of a panel in its own unit, with room for the labels above and below."""
    if panel == "charge":
        return 0.0, 108.0
    values = pd.concat([_known(frame, field) for field in _FIELDS[panel]]) / 1000
    low, high = (min(values.min(), 0.0), max(values.max(), 0.0)) if len(values) else (0.0, 1.0)
    span = max(high - low, 0.1)
    if panel == "power":
        return low, low + span * 1.22
    return low - span * (0.24 if low < 0 else 0.06), high + span * (0.24 if high > 0 else 0.06)


def labelled(frame: pd.DataFrame, panel: Panel) -> Iterator[Labelled]:
    """Yield the series of a panel that deserve a label, the most important first."""
    low, high = reach(frame, panel)
    if panel == "charge":
        charge = _known(frame, "stateOfCharge")
        if not charge.empty:
            newest = charge.iloc[-1]
            # A falling curve lies where the label would, so it goes under it while there is room.
            falls = charge[charge.index >= charge.index[-1] - _LABEL_TIME].max() > newest + 3 and newest > 30
            yield Labelled(str(percent(newest / 100)), "battery", charge.iloc[-1:], "below" if falls else "above")
        return
    cases: tuple[tuple[str, str, str, Literal["above", "below"]], ...] = (
        ("solarPower", "solar", "Solar", "above"), ("loadPower", "load", "Load", "above"),
    )
    if panel == "signed":
        cases = (
            ("batteryPower", "battery", "charging", "above"), ("batteryPower", "battery", "discharging", "below"),
            ("gridPower", "import", "importing", "above"), ("gridPower", "export", "exporting", "below"),
        )
    for field, meaning, words, side in cases:
        values = _known(frame, field) / 1000
        values = values if panel == "power" else values[values > 0] if side == "above" else values[values < 0]
        least = 0 if panel == "power" else _WORTH_A_LABEL * (high - low)
        if len(values) and values.abs().max() > least:
            yield Labelled(words, meaning, values, side)


def spoken_peak(frame: pd.DataFrame, field: str) -> str:
    """Say the greatest value of a power field."""
    values = _known(frame, field)
    return "" if values.empty else f"{field.removesuffix('Power')} up to {power(values.max())}"

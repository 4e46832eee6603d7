"""Energy per day, month or year as stacked bars: above zero what solar did, below what the house drew."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.template import template, title
from components.quantities import energy, localised, percent
from components.theme import Scheme
from solar.periods import Period

HEIGHT = 400
_WIDTH = 0.76
_LABEL_SHARE = 0.05
_HUNDREDTH = 0.01
_MARGIN_BELOW = 34


@dataclass(frozen=True, slots=True)
class _Part:
    column: str
    meaning: str
    name: str
    sign: int


_SPLIT = (_Part("self_used", "solar", "self-used", 1), _Part("exported", "export", "exported", 1))
_WHOLE = (_Part("produced", "solar", "produced", 1),)
_DRAWN = (_Part("discharged", "battery", "from battery", -1), _Part("imported", "import", "from grid", -1))


def energy_figure(
    bars: Sequence[Period], frame: pd.DataFrame, *, scheme: Scheme, former_words: str = "", now: date | None = None
) -> go.Figure:
    """Return the figure of a period.

    `frame` has a row per bar and columns of kWh (produced, self_used, exported, discharged, imported, consumed,
    recovered, former), NaN is not known; `covered` as a fraction. `former_words` say what a tick over a bar is; bars
    that begin after `now`, a local day, are still to come.
    """
    shown = [each for each in ("produced", "consumed", "imported", "discharged", "former") if each in frame]
    if frame[shown].dropna(how="all").empty:
        return _empty(bars, scheme)
    parts = [*(_SPLIT if frame["self_used"].notna().any() else _WHOLE), *_DRAWN]
    parts = [part for part in parts if frame[part.column].notna().any()]
    scale, unit = (1e-3, "MWh") if _top(frame) >= 1000 else (1.0, "kWh")
    figure = go.Figure([_trace(part, frame, bars, scheme, scale) for part in parts])
    figure.add_traces(list(_hover_rows(frame, bars, former_words)))
    figure.update_layout(_layout(bars, frame, scheme, scale, unit))
    _draw_former(figure, frame, scheme, scale, former_words)
    _label(figure, parts, frame, scheme, scale)
    _say_what_is_to_come(figure, bars, scheme, now)
    return figure


def _top(frame: pd.DataFrame) -> float:
    columns = frame[["produced", "former"]].max()
    return float(max(columns.max(), frame[["discharged", "imported"]].sum(axis=1).max(), 0.0))


def _words(bars: Sequence[Period]) -> list[str]:
    return [bar_words(bar) for bar in bars]


def bar_words(bar: Period) -> str:
    """Say what a bar stands for: Sun 21 June 2026, June 2026, 2026."""
    if bar.kind == "day":
        return f"{bar.first:%a} {bar.first.day} {bar.first:%B %Y}"
    return f"{bar.first:%B %Y}" if bar.kind == "month" else f"{bar.first:%Y}"


def _trace(part: _Part, frame: pd.DataFrame, bars: Sequence[Period], scheme: Scheme, scale: float) -> go.Bar:
    tokens = theme.TOKENS[scheme]
    values = frame[part.column]
    if part.column == "self_used":
        # Days on which only the production is known are solar's too; what became of it is not said.
        values = values.fillna(frame["produced"])
    hatched = [
        "/" if part.meaning == "solar" and recovered > _HUNDREDTH else ""
        for recovered in frame["recovered"].fillna(0.0)
    ]
    return go.Bar(
        x=_words(bars), y=_rounded(values * scale * part.sign), name=part.name.capitalize(), width=_WIDTH,
        hoverinfo="skip",
        marker={
            "color": tokens[f"{part.meaning}-fill"], "line": {"width": 1, "color": tokens["card"]},
            "pattern": {"shape": hatched, "fgcolor": tokens["card"], "fillmode": "overlay", "size": 6, "solidity": 0.3},
        },
    )


def _rounded(values: pd.Series) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 4) for value in values]


_ROWS = (
    ("produced", "Produced"), ("self_used", "Self-used"), ("exported", "Exported"), ("consumed", "Used"),
    ("charged", "To battery"), ("discharged", "From battery"), ("imported", "From grid"), ("recovered", "Recovered"),
)


def _hover_rows(frame: pd.DataFrame, bars: Sequence[Period], former_words: str) -> Iterator[go.Scatter]:
    """One invisible point a bar and row of the hover: the bars themselves are drawn with signs nobody should read."""
    names = [*_ROWS, ("former", former_words[:1].upper() + former_words[1:])] if former_words else list(_ROWS)
    for column, name in names:
        if column not in frame or frame[column].isna().all() or (column == "recovered" and not frame[column].any()):
            continue
        yield _row(bars, name, ["" if math.isnan(each) else str(energy(each)) for each in frame[column]])
    yield _row(bars, "Measured", ["nothing" if math.isnan(each) else str(percent(each)) for each in frame["covered"]])


def _row(bars: Sequence[Period], name: str, words: Sequence[str]) -> go.Scatter:
    return go.Scatter(
        x=_words(bars), y=[0.0 if each else None for each in words], customdata=list(words), mode="markers", opacity=0,
        name=name, hovertemplate=f"{name}  <b>%{{customdata}}</b><extra></extra>",
    )


def _layout(bars: Sequence[Period], frame: pd.DataFrame, scheme: Scheme, scale: float, unit: str) -> dict[str, Any]:
    low, high = _reach(frame, scale)
    ticks = _ticks(low, high)
    size = {"day": "day", "month": "month", "year": "year"}[bars[0].kind]
    below = [title(f"Drawn by the house, {unit}", 0, scheme) | {"xshift": 6, "yshift": 1}] if low < 0 else []
    return {
        "template": template(scheme),
        "height": HEIGHT,
        "barmode": "relative",
        "margin": {**theme.CHART_MARGIN, "b": _MARGIN_BELOW},
        "uirevision": f"{bars[0].first} {bars[-1].last}",
        "dragmode": False,
        # Bars of a week are wide: anywhere over one counts.
        "hoverdistance": -1,
        "meta": {"explicit_colours": True, "bars": [[bar.kind, bar.first.isoformat()] for bar in bars]},
        "xaxis": {
            "type": "category", "categoryorder": "array", "categoryarray": _words(bars), "fixedrange": True,
            "range": [-0.6, len(bars) - 0.4], "tickangle": 0, "showline": True, **_tick_words(bars),
        },
        "yaxis": {
            "range": [low, high], "fixedrange": True, "zeroline": True, "showline": True, "tickvals": ticks,
            "zerolinecolor": theme.TOKENS[scheme]["axis-line"],
            "ticktext": [localised(f"{abs(each):g}") for each in ticks],
        },
        "annotations": [title(f"Solar, {unit} per {size}", 1, scheme), *below],
    }


def _reach(frame: pd.DataFrame, scale: float) -> tuple[float, float]:
    high = max(_solar(frame).max(), frame["former"].max() if frame["former"].notna().any() else 0.0) * scale
    low = -float(frame[["discharged", "imported"]].sum(axis=1).max()) * scale
    high = max(float(high) if high == high else 0.0, 0.1 * abs(low), 0.1 if scale == 1 else 0.01)
    # Room below for the words of that side, above for ticks at the top.
    return (low - 0.09 * (high - low) if low < 0 else 0.0), high * 1.12


def _solar(frame: pd.DataFrame) -> pd.Series:
    return frame[["produced"]].max(axis=1).combine(frame["self_used"].fillna(0) + frame["exported"].fillna(0), max)


def _ticks(low: float, high: float) -> list[float]:
    """Round steps, four or five of them above zero, and the same below."""
    raw = high / 4
    power = 10 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= raw)
    return [round(at * step, 6) for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _tick_words(bars: Sequence[Period]) -> dict[str, Any]:
    words = _words(bars)
    if bars[0].kind == "year":
        wanted = {at: f"{bar.first:%Y}" for at, bar in enumerate(bars)}
    elif bars[0].kind == "month":
        every = 1 if len(bars) <= 12 else 3
        wanted = {
            at: f"{bar.first:%b}" + (f"<br>{bar.first:%Y}" if at == 0 or bar.first.month == 1 else "")
            for at, bar in enumerate(bars) if at % every == 0
        }
    elif len(bars) <= 8:
        wanted = {at: f"{bar.first:%a}<br>{bar.first.day} {bar.first:%b}" for at, bar in enumerate(bars)}
    else:
        wanted = {
            at: f"{bar.first.day}" + (f" {bar.first:%b}" if at == 0 or bar.first.day == 1 else "")
            for at, bar in enumerate(bars) if at == 0 or bar.first.day == 1 or (bar.first.day % 5 == 0 and at > 1)
        }
    return {"tickmode": "array", "tickvals": [words[at] for at in wanted], "ticktext": list(wanted.values())}


def _draw_former(figure: go.Figure, frame: pd.DataFrame, scheme: Scheme, scale: float, words: str) -> None:
    tokens = theme.TOKENS[scheme]
    for at, value in enumerate(frame["former"]):
        if not math.isnan(value):
            line = {"color": tokens["ink"], "width": 2}
            figure.add_shape(type="line", x0=at - 0.46, x1=at + 0.46, y0=value * scale, y1=value * scale, line=line)
    if words and frame["former"].notna().any():
        figure.add_annotation(
            x=1, y=1, xref="paper", yref="paper", xanchor="right", yanchor="bottom", yshift=5, showarrow=False,
            text=f"<b>– {words}</b>", font={"size": theme.SMALL_FONT_SIZE, "color": tokens["ink"]},
        )


def _label(figure: go.Figure, parts: Sequence[_Part], frame: pd.DataFrame, scheme: Scheme, scale: float) -> None:
    """Write the name of each part beside the last bar, over the others where that is the last one of all."""
    at = _last_known(frame)
    if _is_at_the_edge(frame):
        return
    low, high = _reach(frame, scale)
    for sign in (1, -1):
        floor, last = 0.0, -math.inf
        for part in [each for each in parts if each.sign == sign]:
            value = frame[part.column].fillna(frame["produced"] if part.column == "self_used" else 0.0)[at] * scale
            middle = max(floor + value / 2, last + _LABEL_SHARE * (high - low))
            floor, last = floor + value, middle
            figure.add_annotation(
                x=at + 0.6, y=middle * sign, xanchor="left", showarrow=False, text=f"<b>{part.name}</b>",
                bgcolor=theme.TOKENS[scheme]["card"], borderpad=1,
                font={"size": theme.CHART_FONT_SIZE, "color": theme.TOKENS[scheme][f"{part.meaning}-text"]},
            )


def _last_known(frame: pd.DataFrame) -> int:
    return int(frame.index[frame["produced"].notna() | frame["imported"].notna()][-1])


def _is_at_the_edge(frame: pd.DataFrame) -> bool:
    """Whether the last bar leaves no room for words beside it."""
    return _last_known(frame) >= len(frame) - max(2, len(frame) // 6)


def _say_what_is_to_come(figure: go.Figure, bars: Sequence[Period], scheme: Scheme, now: date | None) -> None:
    coming = [at for at, bar in enumerate(bars) if now is not None and bar.first > now]
    if len(coming) * 4 < len(bars) or not coming:
        return
    figure.add_annotation(
        x=(coming[0] + coming[-1]) / 2, y=0.06, yref="paper", yanchor="bottom", showarrow=False, text="still to come",
        font={"size": theme.SMALL_FONT_SIZE, "color": theme.TOKENS[scheme]["tick"]},
    )


def _empty(bars: Sequence[Period], scheme: Scheme) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template=template(scheme), height=270, uirevision=f"{bars[0].first} {bars[-1].last}",
        meta={"explicit_colours": True, "bars": []}, dragmode=False,
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text="<b>No energy is known of this time</b><br>Choose another one, or wait for readings.", x=0.5, y=0.5,
        xref="paper", yref="paper", showarrow=False, font={"color": theme.TOKENS[scheme]["dim"]},
    )
    return figure


def legend(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the names of the parts, each with its meaning (colour), where they do not stand beside the last bar."""
    if frame["produced"].isna().all() or not _is_at_the_edge(frame):
        return []
    parts = [*(_SPLIT if frame["self_used"].notna().any() else _WHOLE), *_DRAWN]
    return [(part.name, part.meaning) for part in parts if frame[part.column].notna().any()]


def summary(bars: Sequence[Period], frame: pd.DataFrame) -> str:
    """Return the figure in sentences for screen readers."""
    produced = frame["produced"].dropna()
    span = f"from {bar_words(bars[0])} to {bar_words(bars[-1])}" if len(bars) > 1 else bar_words(bars[0])
    if produced.empty:
        return f"Energy {span}: nothing is known of what was produced"
    best = int(produced.idxmax())
    missing = int(frame["produced"].isna().sum())
    words = [
        f"Energy {span}: {energy(produced.sum())} produced",
        f"most on {bar_words(bars[best])} with {energy(produced[best])}",
        *([f"{missing} of {len(bars)} bars without a value"] if missing else []),
    ]
    return ", ".join(words)

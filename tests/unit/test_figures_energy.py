"""The energy chart: signs, hatches, gaps, ticks of other days, and what it says where nothing is known."""

import math
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from components.figures.energy import energy_figure, legend, summary
from services.telemetry.energy_ranges import BAR_COLUMNS
from solar.periods import Period, bars_of, period_around

JUNE = period_around("month", date(2026, 6, 21))
TODAY = date(2026, 6, 21)


def frame_of(bars: int, **columns: list[float | None]) -> pd.DataFrame:
    """A row per bar, columns not given are not known."""
    return pd.DataFrame({name: columns.get(name, [None] * bars) for name in BAR_COLUMNS}, dtype=float)


def june(**more: list[float | None]) -> pd.DataFrame:
    """Three weeks of June, of which the 5th is missing and the 11th was recovered."""
    days: list[float | None] = [20.0 + day if day <= 21 and day != 5 else None for day in range(1, 31)]
    half = [None if value is None else value / 2 for value in days]
    recovered = [None if value is None else 9.0 if day == 11 else 0.0 for day, value in enumerate(days, start=1)]
    columns = {"produced": days, "self_used": half, "exported": half, "imported": half, "discharged": half,
               "recovered": recovered, "covered": [None if value is None else 1.0 for value in days]}
    return frame_of(30, **{**columns, **more})


def drawn(figure: go.Figure, name: str) -> Any:
    return next(each for each in figure.data if each.name == name and each.type == "bar")


def hovered(figure: go.Figure, name: str) -> list[str]:
    return list(next(each for each in figure.data if each.name == name and each.type == "scatter").customdata)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_solar_did_is_above_zero_and_what_the_house_drew_below(scheme: Any) -> None:
    figure = energy_figure(bars_of(JUNE), june(), scheme=scheme, now=TODAY)
    assert [each.name for each in figure.data if each.type == "bar"] == [
        "Self-used", "Exported", "From battery", "From grid",
    ]
    assert drawn(figure, "Self-used").y[0] == drawn(figure, "Exported").y[0] == 10.5
    assert drawn(figure, "From grid").y[0] == -10.5
    assert figure.layout.barmode == "relative"
    assert min(figure.layout.yaxis.tickvals) < 0 and all("-" not in words for words in figure.layout.yaxis.ticktext)


def test_missing_days_are_gaps_and_recovered_ones_are_hatched() -> None:
    figure = energy_figure(bars_of(JUNE), june(), scheme="light", now=TODAY)
    used = drawn(figure, "Self-used")
    assert used.y[4] is None and used.y[29] is None
    assert [at for at, shape in enumerate(used.marker.pattern.shape) if shape] == [10]
    assert set(drawn(figure, "Exported").marker.pattern.shape) == {""}
    assert hovered(figure, "Measured")[4] == "nothing"
    assert hovered(figure, "Produced")[:2] == ["21.0 kWh", "22.0 kWh"]


def test_other_days_are_ticks_and_never_bars() -> None:
    former: list[float | None] = [30.0] * 29 + [None]
    figure = energy_figure(bars_of(JUNE), june(former=former), scheme="light", former_words="same day of June 2025")
    lines = [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert len(lines) == 29 and {line.y0 for line in lines} == {30.0}
    assert "same day of June 2025" in " ".join(each.text for each in figure.layout.annotations)
    assert hovered(figure, "Same day of June 2025")[0] == "30.0 kWh"


def test_names_stand_beside_the_last_bar_or_under_the_chart() -> None:
    words = " ".join(each.text for each in energy_figure(bars_of(JUNE), june(), scheme="light").layout.annotations)
    assert "self-used" in words and legend(june()) == []
    full = june(produced=[1.0] * 30, self_used=[1.0] * 30)
    figure = energy_figure(bars_of(JUNE), full, scheme="light")
    assert "self-used" not in " ".join(each.text for each in figure.layout.annotations)
    assert [words for words, _ in legend(full)] == ["self-used", "exported", "from battery", "from grid"]


def test_a_source_without_a_meter_shows_what_it_produced() -> None:
    figure = energy_figure(bars_of(JUNE), frame_of(30, produced=[5.0] * 30), scheme="light")
    assert [each.name for each in figure.data if each.type == "bar"] == ["Produced"]
    assert list(drawn(figure, "Produced").y) == [5.0] * 30


def test_great_energies_are_in_mwh_and_bars_know_what_they_open() -> None:
    years = Period("all", date(2020, 5, 1), date(2026, 6, 21))
    figure = energy_figure(bars_of(years), frame_of(7, produced=[4200.0] * 7), scheme="light")
    assert drawn(figure, "Produced").y[0] == 4.2
    assert "MWh per year" in " ".join(each.text for each in figure.layout.annotations)
    assert figure.layout.meta["bars"][0] == ["year", "2020-05-01"]


def test_nothing_known_says_so() -> None:
    figure = energy_figure(bars_of(JUNE), frame_of(30), scheme="dark")
    assert not figure.data
    assert "No energy is known" in figure.layout.annotations[0].text
    assert "nothing is known" in summary(bars_of(JUNE), frame_of(30))


def test_words_for_screen_readers() -> None:
    assert summary(bars_of(JUNE), june()) == (
        "Energy from Mon 1 June 2026 to Tue 30 June 2026: 626 kWh produced, most on Sun 21 June 2026 with 41.0 kWh, "
        "10 of 30 bars without a value"
    )
    assert not math.isnan(june()["produced"].sum())

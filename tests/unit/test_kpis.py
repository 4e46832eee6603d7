"""Key figures: the shared vectors, the command that checks them, and rules with an example of their own."""

import json
from datetime import date
from pathlib import Path

import pytest

from solar.kpis import FIGURES, RADIATION, Installation, KeyFigures, key_figures
from solar.kpis.__main__ import main
from solar.kpis.vectors import check

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "kpis").glob("*.json"))
DAY = date(2025, 6, 10)


def figures(values: dict[str, float | None], soc: tuple[float, float] | None = None, **known: float) -> KeyFigures:
    start, end = soc or (None, None)
    return key_figures(
        {DAY: values},
        Installation("Europe/Berlin", **known),
        first=DAY,
        last=DAY,
        state_of_charge_start=start,
        state_of_charge_end=end,
    )


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 8


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    assert check(path)["differences"] == []


def test_the_command_prints_a_line_each_and_fails_when_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = json.loads(VECTORS[0].read_text(encoding="utf-8"))
    vector["expect"]["values"]["specificYield"] = None
    vector["expect"]["reasons"]["co2AvoidedKg"] = "no-capacity"
    vector["expect"]["daysUsed"]["specificYield"] = 9
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(vector), encoding="utf-8")
    assert main([str(path) for path in VECTORS]) == 0
    assert main([str(wrong), str(tmp_path / "none.json")]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len(VECTORS) + 2
    assert len(lines[-2]["differences"]) == 3
    assert set(lines[-1]) == {"name", "pass", "differences", "values", "reasons", "daysUsed"}
    assert main([]) == 2


def test_nothing_known_says_so_for_every_figure() -> None:
    empty = figures({})
    assert set(empty.reasons.values()) == {"missing-channel"}
    assert set(empty.values) == set(empty.reasons) == set(empty.days_used) == set(FIGURES)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_values_are_missing_rows(missing: float | None) -> None:
    assert figures({"produced": 5.0, "exported": missing}).reasons["selfConsumption"] == "missing-channel"


def test_more_exported_than_produced_is_clamped_and_imports_above_consumption_too() -> None:
    found = figures({"produced": 5.0, "exported": 8.0, "consumed": 4.0, "imported": 6.0})
    assert (found.values["selfConsumption"], found.values["selfSufficiency"]) == (0.0, 0.0)


def test_radiation_of_nothing_and_a_ratio_above_one() -> None:
    assert figures({"produced": 1.0, RADIATION: 0.0}, installed_capacity_watts=5000).reasons["performanceRatio"] == (
        "no-radiation"
    )
    dark = figures({"produced": 20.0, RADIATION: 3.6}, installed_capacity_watts=5000)
    assert dark.values["performanceRatio"] == pytest.approx(4.0)
    assert figures({"produced": 1.0, RADIATION: 0.0}).reasons["performanceRatio"] == "no-capacity"


@pytest.mark.parametrize(
    ("charged", "discharged", "soc", "capacity", "outcome"),
    [
        (10.0, 8.0, (50.0, 60.0), 10.0, 8 / 9),
        (10.0, 8.0, (60.0, 50.0), 10.0, 8 / 11),
        (10.0, 9.5, (50.0, 60.0), 10.0, "above-one"),
        (10.0, 9.0, (50.0, 60.0), 10.0, 1.0),
        (2.0, 0.5, (50.0, 61.0), 10.0, "too-little-energy"),
        (2.0, 0.5, (50.0, 60.0), 10.0, 0.5),
        (10.0, 8.0, None, 10.0, "stored-energy-unknown"),
        (500.0, 450.0, None, 10.0, 0.9),
        (499.9, 450.0, None, 10.0, "stored-energy-unknown"),
        (500.0, 450.0, (50.0, 60.0), 0.0, "stored-energy-unknown"),
    ],
)
def test_round_trip(
    charged: float, discharged: float, soc: tuple[float, float] | None, capacity: float, outcome: float | str
) -> None:
    found = figures({"charged": charged, "discharged": discharged}, soc, battery_capacity_kwh=capacity)
    if isinstance(outcome, str):
        assert found.reasons["batteryRoundTrip"] == outcome
    else:
        assert found.values["batteryRoundTrip"] == pytest.approx(outcome)


def test_state_of_charge_counts_only_where_every_day_is_paired() -> None:
    energies = {date(2025, 6, 10): {"charged": 10.0, "discharged": 8.0}, date(2025, 6, 11): {"charged": 10.0}}
    home = Installation("Europe/Berlin", battery_capacity_kwh=10)
    soc = {"state_of_charge_start": 50.0, "state_of_charge_end": 50.0}
    both = key_figures(energies, home, first=DAY, last=date(2025, 6, 11), **soc)
    one = key_figures(energies, home, first=DAY, last=DAY, **soc)
    assert both.reasons["batteryRoundTrip"] == "stored-energy-unknown"
    assert one.values["batteryRoundTrip"] == pytest.approx(0.8)


def test_a_date_the_zone_skipped_is_no_day_of_the_period() -> None:
    energies = {date(2011, 12, d): {"charged": 10.0, "discharged": 8.0, "produced": 12.0} for d in (29, 31)}
    found = key_figures(
        energies,
        Installation("Pacific/Apia", installed_capacity_watts=1000, battery_capacity_kwh=10),
        first=date(2011, 12, 29),
        last=date(2011, 12, 31),
        state_of_charge_start=50,
        state_of_charge_end=50,
    )
    assert found.values["batteryRoundTrip"] == pytest.approx(0.8)
    assert found.values["capacityFactor"] == pytest.approx(0.5)


def test_a_factor_of_zero_is_valid() -> None:
    assert figures({"produced": 5.0}, co2_kg_per_kwh=0.0).values["co2AvoidedKg"] == 0.0


@pytest.mark.parametrize("name", ["installed_capacity_watts", "battery_capacity_kwh", "co2_kg_per_kwh"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_impossible_facts_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Installation("Europe/Berlin", **{name: value})

"""Overview: alarms first, sums of what is live, curves over the whole day, and which rows a refresh sends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.fleet import (
    SPARK_HEIGHT,
    SPARK_WIDTH,
    cards,
    changed,
    fleet_tiles,
    lines_of,
    now_card,
    rows,
    spark_path,
)
from services.telemetry.overview import FleetSource, self_sufficiency

NOW = datetime(2026, 6, 21, 12, 35, tzinfo=UTC)


def source(name: str, age: timedelta | None = timedelta(seconds=4), **more: Any) -> FleetSource:
    newest = None if age is None else NOW - age
    given = {
        "id": name, "name": name, "group": None, "time_zone": "Europe/Madrid", "capacity_watts": 5000.0,
        "newest": newest, "received_at": newest, "values": {"solarPower": 1000.0}, "kwh": {"produced": 10.0},
        "covered_so_far": 1.0, "faults": (), "warnings": (),
    }
    return FleetSource(**{**given, **more})  # type: ignore[arg-type]


FLEET = [
    source("Calm"), source("anna"), source("Never", None, values={}, kwh={}, covered_so_far=None),
    source("Cabin", timedelta(hours=3)), source("Warm", warnings=["Too warm · W03"]),
    source("Broken", faults=["Insulation of the panels is low · F36"]), source("Late", timedelta(minutes=20)),
]


def words(component: Any) -> str:
    """All texts of a component, one after the other."""
    if isinstance(component, str):
        return component
    children = component if isinstance(component, list | tuple) else getattr(component, "children", None)
    return "" if children is None else " ".join(
        words(each) for each in (children if isinstance(children, list | tuple) else [children]) if each is not None
    )


def test_alarms_come_first_then_names() -> None:
    lines = lines_of(FLEET, NOW)
    assert [line.source.name for line in lines] == ["Broken", "Cabin", "Warm", "Late", "anna", "Calm", "Never"]
    assert [line.is_problem for line in lines] == [True, True, True, False, False, False, False]
    assert lines[1].reason == "No data for 3 h 0 min"


def test_only_what_is_live_counts_as_now_but_today_counts_all() -> None:
    said = words(now_card(lines_of(FLEET, NOW), 0.5))
    assert "Solar 4.00 kW" in said
    assert "60.0 kWh" in said
    assert "50 % self-sufficient" in said
    tiles = words(fleet_tiles(lines_of(FLEET, NOW), NOW))
    assert "Faults 1" in tiles and "Warnings 1" in tiles and "Offline 1" in tiles and "longest 3 h 0 min" in tiles


def test_nothing_known_is_a_dash_and_never_zero() -> None:
    alone = lines_of([source("Never", None, values={}, kwh={}, covered_so_far=None)], NOW)
    assert "–" in words(now_card(alone, None)) and "0 " not in words(now_card(alone, None))
    said = words(cards(alone, NOW))
    assert "No reading yet" in said and "kWh " not in said.replace("kWh/kWp", "")
    assert rows(alone)[0]["today"] is None


def test_curves_lie_over_the_whole_day() -> None:
    path = spark_path([(0.0, 0.0), (12.0, 1000.0), (24.0, 0.0)], 1000.0)
    points = [tuple(map(float, each.split(" "))) for each in path[1:].split("L")]
    assert points == [(0.0, SPARK_HEIGHT), (SPARK_WIDTH / 2, 2.0), (SPARK_WIDTH, SPARK_HEIGHT)]
    assert spark_path([(1.0, 5.0)], 1000.0) == ""


@pytest.mark.parametrize(
    ("age", "since", "is_changed"),
    [
        (timedelta(seconds=4), timedelta(seconds=10), True),
        (timedelta(minutes=5), timedelta(seconds=10), False),
        (timedelta(minutes=10, seconds=3), timedelta(seconds=10), True),
        (timedelta(minutes=30, seconds=3), timedelta(seconds=10), True),
        (timedelta(hours=5), timedelta(seconds=10), False),
    ],
)
def test_a_refresh_sends_what_was_heard_or_fell_silent(age: timedelta, since: timedelta, is_changed: bool) -> None:
    (line,) = lines_of([source("One", age)], NOW)
    assert changed(line, NOW - since) is is_changed


def test_self_sufficiency_of_many_is_that_of_their_sums() -> None:
    both = [source("A", kwh={"consumed": 10.0, "imported": 1.0}), source("B", kwh={"consumed": 30.0, "imported": 29.0})]
    assert self_sufficiency([*both, source("C")], NOW) == pytest.approx(0.25)
    assert self_sufficiency([source("C")], NOW) is None

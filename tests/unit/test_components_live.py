"""The live view: what a reading changes in flow and tiles, and what is said where something is not known."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pandas as pd
import pytest

from components.flow import Flow, flow_parts, sentence, spoken, supply_shares
from components.flow_drawing import drawing
from components.live_view import live_view, waiting_view
from components.tiles import Today, curve_parts, tile_grid, tile_parts
from solar.battery import Limit, capacity_of, time_to_limit

NOW = datetime(2026, 6, 21, 12, 35, 12, tzinfo=UTC)
SUNNY = Flow(
    solar=4570, load=1350, battery=1740, grid=-1470, charge=66, capacity_watts=5500, time_zone="Europe/Madrid",
    measured_at=NOW, limit=Limit("full", NOW + timedelta(minutes=70)),
)
DAY = Today({"produced": 21.5, "consumed": 10.1, "imported": 1.92, "exported": 14.0}, 0.964, 0.351, 0.81)


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (SUNNY, "Solar runs the house, charges the battery and exports the rest"),
        (Flow(solar=900, load=1350, grid=450), "Solar and grid run the house"),
        (Flow(solar=0, load=1350, battery=-1350, grid=0), "The battery runs the house"),
        (Flow(solar=0, load=300, battery=2000, grid=2300), "The grid runs the house and charges the battery"),
        (Flow(solar=500, load=900, battery=-200, grid=200), "Solar, battery and grid run the house"),
        (Flow(solar=500, load=0, grid=-500), "Solar exports everything"),
        (Flow(solar=2140), "Solar produces 2.14 kW"),
        (Flow(solar=0), "Solar rests"),
        (Flow(solar=0, load=0, battery=0, grid=0), "Nothing flows"),
        (Flow(), ""),
    ],
)
def test_the_sentence_says_where_the_power_goes(flow: Flow, words: str) -> None:
    assert sentence(flow) == words


def test_each_line_moves_with_its_own_measured_power() -> None:
    parts = flow_parts(SUNNY, "live")
    assert parts.classes["line-solar"] == "flowing"
    assert parts.classes["line-grid"] == "flowing export"
    assert parts.classes["line-battery"].split() == ["flowing"]
    assert parts.variables["line-solar"] == {"--track": "13.97", "--dash": "5.868", "--seconds": "1.071"}
    back = flow_parts(Flow(solar=0, load=1350, battery=-900, grid=450), "live")
    assert back.classes["line-solar"] == "still"
    assert back.classes["line-grid"] == "flowing back import"
    assert back.classes["line-battery"].split() == ["flowing", "back"]


def test_words_beat_signs() -> None:
    texts = flow_parts(SUNNY, "live").texts
    assert (texts["grid-value"], texts["grid-unit"], texts["grid-note"]) == ("1.47", "kW", "exporting")
    assert texts["battery-state"] == "66 % · charging"
    assert texts["battery-note"] == "full at about 15:45"
    assert (texts["house-note-1"], texts["house-note-2"]) == ("All house power", "comes from solar")


def test_the_house_ring_shares_what_flows_in() -> None:
    shares = supply_shares(Flow(solar=600, load=1000, battery=-300, grid=100))
    assert shares == {"solar": 0.6, "battery": 0.3, "import": 0.1}
    assert set(supply_shares(Flow()).values()) == {0.0}


@pytest.mark.parametrize("state", ["stale", "offline"])
def test_old_readings_stand_still_and_grey(state: str) -> None:
    parts = flow_parts(SUNNY, state)
    assert parts.classes["line-solar"] == "still"
    assert parts.classes["flow-solar"].split() == ["grey"]
    assert parts.texts["solar-value"] == "4.57"
    assert parts.texts["battery-state"] == "66 % at 14:35"
    assert parts.texts["grid-note"] == ""
    tiles = tile_parts(SUNNY, DAY, state, 5.4).texts
    assert tiles["tile-solar-now-value"] == "–"
    assert tiles["tile-solar-now-note-1"] == "last 4.57 kW at 14:35"
    assert tiles["tile-produced-note-1"] == "until 14:35, 96 % measured so far"


def test_what_is_not_reported_is_a_dash() -> None:
    parts = flow_parts(Flow(solar=2140, measured_at=NOW), "live")
    assert parts.texts["house-value"] == parts.texts["grid-value"] == "–"
    assert parts.classes["flow-house"].strip() == "unknown"
    tiles = tile_parts(Flow(solar=2140, has_battery=False), Today({"produced": 6.42}, 1.0), "live", None)
    assert tiles.texts["tile-consumption-value"] == "–"
    assert tiles.texts["tile-consumption-note-1"] == "needs grid readings"
    assert tiles.texts["tile-imported-value"] == "–"
    assert tiles.classes["tile-charge"].strip() == "gone"
    assert tiles.classes["tile-yield"].strip() == "shown"


def test_tiles_of_a_live_source() -> None:
    texts = tile_parts(SUNNY, DAY, "live", 5.4).texts
    assert (texts["tile-produced-value"], texts["tile-produced-unit"]) == ("21.5", "kWh")
    assert texts["tile-produced-note-2"] == "96 % measured so far"
    assert texts["tile-charge-note-1"] == "full at about 15:45"
    assert texts["tile-charge-note-2"] == "3.56 of 5.40 kWh"
    assert texts["tile-consumption-note-1"] == "7.55 of 21.5 kWh"
    assert texts["tile-sufficiency-value"] == "81"
    assert (texts["tile-imported-value"], texts["tile-exported-value"]) == ("1.92", "14.0")


def test_the_spark_line_is_todays_sun_with_its_peak() -> None:
    index = pd.date_range("2026-06-21T06:00Z", periods=72, freq="5min")
    frame = pd.DataFrame({"solarPower": [float(each * 50) for each in range(72)]}, index=index)
    parts = curve_parts(frame, "Europe/Madrid", NOW)
    assert parts.sparks["solar-spark"].startswith("M0 ")
    assert parts.sparks["solar-spark"].count("L") == 17
    assert parts.texts["tile-solar-now-note-1"] == "peak 3.55 kW at 13:55"
    assert curve_parts(frame.iloc[:0], "Europe/Madrid", NOW).sparks == {"solar-spark": ""}


def test_screen_readers_hear_the_whole_diagram() -> None:
    assert spoken(SUNNY, "live") == (
        "Live flow: solar 4.57 kW, house 1.35 kW, battery 1.74 kW charging at 66 %, grid 1.47 kW exporting. "
        "Solar runs the house, charges the battery and exports the rest."
    )
    assert spoken(SUNNY, "offline").startswith("Last known flow at 14:35: solar 4.57 kW")
    assert spoken(Flow(), "empty") == "Live flow: no readings yet"


@pytest.mark.parametrize("layout", ["wide", "phone"])
def test_the_drawing_is_sound_and_holds_every_part_a_refresh_sets(layout: str) -> None:
    drawn = ElementTree.fromstring(drawing(layout))
    parts = {each.get("data-part") for each in drawn.iter()} - {None}
    set_here = flow_parts(SUNNY, "live")
    wanted = {*set_here.texts, *set_here.classes, *set_here.variables} - {"flow-body"}
    if layout == "phone":
        wanted -= {"house-note-1", "house-note-2"}
    assert parts == wanted


def test_the_tiles_hold_every_part_a_refresh_sets() -> None:
    pieces = (each.to_plotly_json()["props"] for each in tile_grid()._traverse() if hasattr(each, "to_plotly_json"))
    drawn = {props.get("data-part") for props in pieces}
    parts = tile_parts(SUNNY, DAY, "live", 5.4)
    wanted = {*parts.texts, *parts.classes, *parts.variables} - {"tile-grid-note-2"}
    assert wanted <= drawn


def test_waiting_resets_every_part_that_a_view_sets() -> None:
    view = live_view(SUNNY, "live", NOW, [tile_parts(SUNNY, DAY, "live", 5.4)])
    waiting = waiting_view()
    assert set(view["texts"]) - {"badge-word"} <= set(waiting["texts"])
    assert set(view["classes"]) <= set(waiting["classes"])
    assert set(view["variables"]) <= set(waiting["variables"])
    assert waiting["classes"]["monitor-page"] == "waiting"


def test_a_refresh_is_small() -> None:
    view = live_view(SUNNY, "live", NOW, [tile_parts(SUNNY, DAY, "live", 5.4)])
    assert len(json.dumps(view)) < 5000


def test_when_a_battery_is_full_or_empty() -> None:
    assert time_to_limit(66, 1740, 5.4, NOW) == Limit("full", NOW + timedelta(hours=0.34 * 5400 / 1740))
    empty = time_to_limit(50, -500, 10, NOW)
    assert empty is not None
    assert (empty.which, empty.at) == ("empty", NOW + timedelta(hours=10))
    assert time_to_limit(66, 15, 5.4, NOW) is None
    assert time_to_limit(100, 500, 5.4, NOW) is None
    assert time_to_limit(50, -25, 10, NOW) is None


def test_a_batterys_capacity_is_the_owners_word_before_the_devices() -> None:
    assert capacity_of(10.0, 100, 51.2) == 10.0
    assert capacity_of(None, 100, 51.2) == pytest.approx(5.12)
    assert capacity_of(None, 100, None) is None

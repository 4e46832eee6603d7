"""Corrections against real stores: everything derived follows, readings stay, a line remains, and it can be undone."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from data import audit_log, mongo, postgres
from services.errors import Invalid, NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import retention
from services.sources import making as sources
from services.telemetry import corrections
from services.telemetry import queries as telemetry
from tests.storage import telemetry_data as made

ZONE, CAPACITY = "Europe/Berlin", 8000.0
START = datetime(2026, 5, 3, 22, tzinfo=UTC)
END = START + timedelta(days=3)
NOW = END + timedelta(hours=1)
DAY = date(2026, 5, 5)


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    """Somebody with a source."""
    return Viewer(accounts.create_user("owner@example.org", "Sunny-day-7", "", "").id, "", "")


@pytest.fixture
def frame() -> pd.DataFrame:
    return made.home(START, END, timedelta(minutes=5))


@pytest.fixture
def source_id(owner: Viewer, frame: pd.DataFrame) -> str:
    """A source of the owner with three days of readings, rolled up."""
    values = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": CAPACITY, "time_zone": ZONE}
    found = str(sources.create_source(owner.account_id, values, START).record.id)
    made.write(made.documents(found, frame))
    made.roll(found)
    return found


def test_an_excluded_slot_counts_as_not_reported_and_comes_back(
    owner: Viewer, source_id: str, frame: pd.DataFrame
) -> None:
    before = made.stored(source_id)
    start, end = START + timedelta(hours=30), START + timedelta(hours=40, minutes=2)
    made_here = corrections.exclude(owner, source_id, start, end, "sensor was loose", NOW, ["solarPower", "loadPower"])
    made.roll(source_id)
    hidden = frame.copy()
    hidden.loc[(frame.index >= start) & (frame.index < end), ["solarPower", "loadPower"]] = np.nan
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(hidden, ZONE, CAPACITY), abs=1e-9)
    found = telemetry.power_frame(owner, source_id, start, end - timedelta(minutes=5))
    assert found["solarPower"].isna().all() and found["gridPower"].notna().all()
    assert made.differences(made.stored(source_id), made.rebuilt(source_id)) == []
    with_load = {"loadPower": {"$exists": True}}
    assert mongo.database()["normalized_sun_source_data"].count_documents(with_load) == len(frame)
    corrections.undo(owner, source_id, made_here.id, NOW + timedelta(hours=1))
    made.roll(source_id)
    assert made.differences(before, made.stored(source_id)) == []


def test_a_wholly_excluded_slot_has_no_buckets(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    start, end = START + timedelta(hours=30), START + timedelta(hours=40)
    corrections.exclude(owner, source_id, start, end, "wrong house", NOW)
    made.roll(source_id)
    assert telemetry.power_frame(owner, source_id, start, end).empty
    rest = frame[(frame.index < start) | (frame.index >= end)]
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(rest, ZONE, CAPACITY), abs=1e-9)


def test_an_exclusion_holds_for_what_is_not_rolled_up_yet(owner: Viewer, source_id: str) -> None:
    corrections.exclude(owner, source_id, END - timedelta(hours=1), END, "test run", NOW)
    assert telemetry.power_frame(owner, source_id, END - timedelta(hours=1), END).empty


def test_a_corrected_day_stands_at_once_and_is_undone_at_once(owner: Viewer, source_id: str) -> None:
    measured = telemetry.day_energy(owner, source_id, DAY)["produced"]
    first = corrections.correct_day(owner, source_id, DAY, "produced", 33.0, "read off the meter", NOW)
    row = telemetry.day_energy(owner, source_id, DAY)["produced"]
    assert (row.kwh, row.method) == (33.0, "corrected")
    second = corrections.correct_day(owner, source_id, DAY, "produced", 34.0, "read again", NOW + timedelta(minutes=1))
    made.roll(source_id)
    assert telemetry.day_energy(owner, source_id, DAY)["produced"].kwh == 34.0
    assert [each.kwh for each in corrections.history(owner, source_id)] == [34.0, 33.0]
    with pytest.raises(NotFound):
        corrections.undo(owner, source_id, first.id, NOW)
    corrections.undo(owner, source_id, second.id, NOW)
    assert telemetry.day_energy(owner, source_id, DAY)["produced"].kwh == pytest.approx(measured.kwh)
    made.roll(source_id)
    assert telemetry.day_energy(owner, source_id, DAY)["produced"].kwh == pytest.approx(measured.kwh)
    assert [each.undone_by for each in corrections.history(owner, source_id)] == [owner.account_id] * 2


def test_consumption_from_the_balance_follows_a_corrected_part(owner: Viewer, source_id: str) -> None:
    mongo.database()["normalized_sun_source_data"].update_many({}, {"$unset": {"loadPower": "", "batteryPower": ""}})
    from services.rollups import updating as rollups

    rollups.request_rebuild(source_id)
    made.roll(source_id)
    before = telemetry.day_energy(owner, source_id, DAY)
    assert before["consumed"].method == "balance"
    corrections.correct_day(owner, source_id, DAY, "produced", before["produced"].kwh + 5, "read off the meter", NOW)
    after = telemetry.day_energy(owner, source_id, DAY)
    assert after["consumed"].kwh == pytest.approx(before["consumed"].kwh + 5)


def test_a_day_without_readings_may_be_given_a_total(owner: Viewer, source_id: str) -> None:
    corrections.correct_day(owner, source_id, date(2026, 4, 1), "exported", 7.5, "from the bill", NOW)
    made.roll(source_id)
    assert {name: row.kwh for name, row in telemetry.day_energy(owner, source_id, date(2026, 4, 1)).items()} == {
        "exported": 7.5
    }


def test_a_frozen_day_takes_totals_and_no_exclusions(owner: Viewer, source_id: str) -> None:
    assert retention.apply(source_id, END + timedelta(days=100)).readings == 3 * 288
    with pytest.raises(Invalid, match="retention has deleted"):
        corrections.exclude(owner, source_id, START + timedelta(hours=3), START + timedelta(hours=4), "x", NOW)
    before = telemetry.day_energy(owner, source_id, DAY)["produced"].kwh
    given = corrections.correct_day(owner, source_id, DAY, "produced", 1.0, "read off the meter", NOW)
    assert telemetry.day_energy(owner, source_id, DAY)["produced"].kwh == 1.0
    corrections.undo(owner, source_id, given.id, NOW)
    assert telemetry.day_energy(owner, source_id, DAY)["produced"].kwh == pytest.approx(before)


def test_every_step_leaves_a_line_in_the_audit_log(owner: Viewer, source_id: str) -> None:
    given = corrections.correct_day(owner, source_id, DAY, "produced", 1.0, "read off the meter", NOW)
    corrections.undo(owner, source_id, given.id, NOW)
    with postgres.session() as session:
        entries = audit_log.newest(session, 2)
    assert [each.action for each in entries] == ["telemetry-correction-undone", "telemetry-corrected"]
    assert {each.target_id for each in entries} == {source_id}
    assert entries[1].details["reason"] == "read off the meter"


def test_what_is_wrong_is_named(owner: Viewer, source_id: str) -> None:
    with pytest.raises(Invalid) as caught:
        corrections.exclude(owner, source_id, END, START, " ", NOW, ["colour"])
    assert set(caught.value.errors) == {"reason", "end", "fields"}
    with pytest.raises(Invalid) as caught:
        corrections.correct_day(owner, source_id, date(2027, 1, 1), "eaten", -1.0, "", NOW)
    assert set(caught.value.errors) == {"reason", "channel", "kwh", "date"}


def test_a_stranger_corrects_nothing(owner: Viewer, source_id: str) -> None:
    given = corrections.correct_day(owner, source_id, DAY, "produced", 1.0, "read off the meter", NOW)
    stranger = Viewer("somebody-else", "", "")
    with pytest.raises(NotFound):
        corrections.correct_day(stranger, source_id, DAY, "produced", 2.0, "mine now", NOW)
    with pytest.raises(NotFound):
        corrections.exclude(stranger, source_id, START, END, "mine now", NOW)
    with pytest.raises(NotFound):
        corrections.undo(stranger, source_id, given.id, NOW)
    with pytest.raises(NotFound):
        corrections.history(stranger, source_id)

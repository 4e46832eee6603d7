"""Retention against real stores: nothing goes that is not proven in the coarser level, and frozen days stay."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from data import mongo, rollup_marks
from data import retention as stored
from services.errors import Invalid
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import retention
from services.rollups import updating as rollups
from services.sources import changes as source_changes
from services.sources import making as sources
from services.telemetry import queries as telemetry
from tests.storage import telemetry_data as made

ZONE, CAPACITY = "Europe/Berlin", 8000.0
START = datetime(2026, 1, 9, 23, tzinfo=UTC)
END = START + timedelta(days=5)
LATER = END + timedelta(days=88)


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    """Somebody with a source."""
    return Viewer(accounts.create_user("owner@example.org", "Sunny-day-7", "", "").id, "", "")


@pytest.fixture
def source_id(owner: Viewer) -> str:
    """A source of the owner."""
    values = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": CAPACITY, "time_zone": ZONE}
    return str(sources.create_source(owner.account_id, values, START).record.id)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Five local days, a reading every five minutes."""
    return made.home(START, END, timedelta(minutes=5))


def _count(collection: str, source_id: str) -> int:
    return mongo.database()[collection].count_documents({"sunSourceId": source_id})


def _days(source_id: str) -> list[dict[str, Any]]:
    return list(mongo.database()["rollups_1d"].find({"sunSourceId": source_id}).sort("start", 1))


def test_old_readings_go_by_whole_days_and_totals_stay(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    before = made.stored(source_id)
    done = retention.apply(source_id, LATER)
    assert (done.readings, done.unproven_days) == (3 * 288, 0)
    assert _count("normalized_sun_source_data", source_id) == 2 * 288
    assert [("frozen" in each) for each in _days(source_id)] == [True] * 3 + [False] * 2
    assert retention.apply(source_id, LATER).readings == 0
    for each in _days(source_id)[:3]:
        assert "deleting" not in each["frozen"]
        key = f"rollups_1d {each['start'].isoformat()}"
        assert {name: each[name] for name in before[key]} == before[key]
    kept = retention.kept(owner, source_id)
    assert (kept.raw_days, kept.five_minutes_days) == (90, 730)
    assert kept.first_reading_at == START + timedelta(days=3)


def test_what_is_not_in_the_roll_ups_stays(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    database = mongo.database()
    lost = frame.index[300].to_pydatetime()
    database["normalized_sun_source_data"].update_one({"timestamp": lost}, {"$set": {"loadPower": 12345.0}})
    database["rollups_5m"].delete_one({"sunSourceId": source_id, "start": frame.index[600].to_pydatetime()})
    done = retention.apply(source_id, LATER)
    assert (done.readings, done.unproven_days) == (288, 2)
    assert _count("normalized_sun_source_data", source_id) == 4 * 288
    made.roll(source_id)
    assert retention.apply(source_id, LATER).readings == 2 * 288


def test_a_marked_day_stays(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    rollup_marks.mark_range(mongo.database(), source_id, START, START + timedelta(minutes=5))
    assert retention.apply(source_id, LATER).readings == 2 * 288


def test_a_frozen_day_refuses_late_readings_and_says_so(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    retention.apply(source_id, LATER)
    frozen = _days(source_id)[1]
    late = frame.iloc[300:302].copy()
    late.index = late.index + timedelta(minutes=1)
    made.write(made.documents(source_id, late))
    made.roll(source_id)
    assert _days(source_id)[1] == frozen
    assert retention.kept(owner, source_id).refused
    assert retention.apply(source_id, LATER).readings == 0
    assert _count("normalized_sun_source_data", source_id) == 2 * 288 + 2
    assert rollups.request_rebuild(source_id, START, END) == 3
    made.roll(source_id)
    assert _days(source_id)[1] == frozen


def test_days_after_frozen_ones_go_on_from_the_saved_state(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    retention.apply(source_id, LATER)
    mongo.database()["rollup_sources"].update_one({"_id": source_id}, {"$unset": {"tail": ""}})
    rollups.request_rebuild(source_id)
    made.roll(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(frame, ZONE, CAPACITY), abs=1e-9)


def test_an_interrupted_deletion_is_finished(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    database, day = mongo.database(), (START, START + timedelta(days=1))
    stored.freeze(database, source_id, day, datetime(2026, 8, 1, tzinfo=UTC), 288)
    (late,) = made.documents(source_id, frame.iloc[:1].set_axis([START + timedelta(minutes=1)]))
    made.write([{**late, "metadata": {**late["metadata"], "receivedAt": datetime(2026, 8, 2, tzinfo=UTC)}}])
    assert stored.resume_deleting(database, source_id) == 288
    assert _count("normalized_sun_source_data", source_id) == 4 * 288 + 1
    assert stored.resume_deleting(database, source_id) == 0


def test_a_reading_changed_after_the_snapshot_is_not_deleted(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame.iloc[:10]))
    taken = stored.snapshot(mongo.database(), source_id, (START, START + timedelta(days=1)))
    first = made.documents(source_id, frame.iloc[:1])[0]
    made.write([{**first, "batteryVoltage": 51.2}])
    made.write(made.documents(source_id, frame.iloc[10:11]))
    assert taken.size == 10
    assert stored.delete_snapshot(mongo.database(), taken) == 9
    assert _count("normalized_sun_source_data", source_id) == 2


def test_five_minutes_go_where_hours_prove_them_and_charts_go_on(
    owner: Viewer, source_id: str, frame: pd.DataFrame
) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    retention.apply(source_id, LATER)
    hour = START + timedelta(hours=30)
    mongo.database()["rollups_1h"].update_one({"sunSourceId": source_id, "start": hour}, {"$set": {"readings": 1}})
    much_later = START + timedelta(days=730 + 4, hours=1)
    done = retention.apply(source_id, much_later)
    assert (done.five_minutes, done.unproven_days) == (3 * 288, 1)
    found = telemetry.series(owner, source_id, START, START + timedelta(days=1), ["loadPower"])
    assert found.width == timedelta(hours=1)
    assert len(found.frame) == 24


def test_an_owner_may_keep_readings_longer_or_shorter(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    source_changes.update(owner, source_id, {"retention_raw_days": 400}, END)
    assert retention.kept(owner, source_id).raw_days == 400
    assert retention.apply(source_id, LATER).readings == 0
    with pytest.raises(Invalid, match="from 7 to 36,500"):
        source_changes.update(owner, source_id, {"retention_raw_days": 6}, END)
    source_changes.update(owner, source_id, {"retention_raw_days": 91}, END)
    assert retention.apply(source_id, LATER).readings == 2 * 288
    source_changes.update(owner, source_id, {"retention_raw_days": None}, END)
    assert retention.apply(source_id, LATER).readings == 288
    source_changes.update(owner, source_id, {"retention_five_minutes_days": 89}, END)
    assert retention.apply(source_id, LATER).five_minutes == 3 * 288
    assert len(_days(source_id)) == 5


def test_a_lost_mark_is_found_by_the_count_of_readings(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame.iloc[:-1]))
    made.roll(source_id)
    made.write(made.documents(source_id, frame.iloc[-1:]))
    mongo.database()["rollup_marks"].delete_many({})
    assert retention.apply(source_id, END + timedelta(hours=5)).unequal_days == 1
    made.roll(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(frame, ZONE, CAPACITY), abs=1e-9)

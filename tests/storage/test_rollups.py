"""Roll-ups against a real MongoDB: the same however and whenever readings come, and equal to sums made another way."""

import random
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import hypothesis
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from data import mongo, rollup_marks
from services.people import accounts
from services.rollups import shards
from services.rollups import updating as rollups
from services.sources import making as sources
from tests.storage import telemetry_data as made

ZONE, CAPACITY = "Europe/Berlin", 8000.0
START = datetime(2026, 3, 27, 23, tzinfo=UTC)
END = START + timedelta(days=2)


@pytest.fixture
def source_id(stores: dict[str, str]) -> str:
    """A source of an owner."""
    owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
    values = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": CAPACITY, "time_zone": ZONE}
    return str(sources.create_source(owner.id, values, START).record.id)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two days over the change of clocks, a reading every two minutes."""
    return made.home(START, END, timedelta(minutes=2))


def test_buckets_are_what_their_readings_say(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    for name, level in (("rollups_5m", "5min"), ("rollups_1h", "1h")):
        found = {each["start"]: each for each in mongo.database()[name].find({"sunSourceId": source_id})}
        grouped = frame.resample(level)
        for field in frame.columns:
            table = grouped[field].agg(["count", "mean", "min", "max", "last"])
            table = table[table["count"] > 0]
            got = {start: each["fields"][field] for start, each in found.items() if field in each["fields"]}
            assert got.keys() == set(table.index.to_pydatetime())
            expected = pd.DataFrame.from_dict(got, orient="index").reindex(table.index)
            pd.testing.assert_frame_equal(
                expected[list(table.columns)], table, check_freq=False, check_names=False, check_dtype=False, rtol=1e-12
            )


def test_days_are_local_and_their_energies_are_those_of_the_accounting(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    expected = made.expected_days(frame, ZONE, CAPACITY)
    assert made.stored_days(source_id) == pytest.approx(expected, abs=1e-9)
    days = list(mongo.database()["rollups_1d"].find({"sunSourceId": source_id}).sort("start", 1))
    assert [each["date"] for each in days] == ["2026-03-28", "2026-03-29", "2026-03-30"]
    assert [each["readings"] for each in days] == [720, 690, 30]


def test_energies_of_buckets_and_hours_add_up_to_the_days_of_power(source_id: str, frame: pd.DataFrame) -> None:
    power = frame[["loadPower", "gridPower"]]
    made.write(made.documents(source_id, power))
    made.roll(source_id)
    expected = made.expected_days(power, ZONE, CAPACITY)
    zone = pd.DatetimeIndex
    for name in ("rollups_5m", "rollups_1h"):
        found = list(mongo.database()[name].find({"sunSourceId": source_id}))
        dates = zone([each["start"] for each in found]).tz_convert(ZONE).strftime("%Y-%m-%d")
        for channel in ("consumed", "imported", "exported"):
            sums = pd.Series([each.get("energy", {}).get(channel, 0.0) for each in found]).groupby(dates).sum()
            assert {(day, channel): value for day, value in sums.items()} == pytest.approx(
                {key: value for key, value in expected.items() if key[1] == channel}, abs=1e-9
            )


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_doubling_gives_what_a_rebuild_gives(source_id: str, frame: pd.DataFrame, seed: int) -> None:
    chance = random.Random(seed)
    readings = made.documents(source_id, frame)
    order = readings + chance.sample(readings, 200)
    chance.shuffle(order)
    for start in range(0, len(order), 700):
        made.write(order[start : start + 700])
        if chance.random() < 0.6:
            made.roll(source_id)
    made.roll(source_id)
    found = made.stored(source_id)
    assert made.differences(found, made.rebuilt(source_id)) == []
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(frame, ZONE, CAPACITY), abs=1e-9)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@hypothesis.given(st.data())
def test_any_shuffle_doubling_and_splitting_of_a_day_gives_the_same(source_id: str, data: st.DataObject) -> None:
    day = made.home(START, START + timedelta(days=1), timedelta(minutes=15))
    readings = made.documents(source_id, day)
    order = data.draw(st.permutations(range(len(readings))))
    order += data.draw(st.lists(st.integers(0, len(readings) - 1), max_size=20))
    cuts = sorted(data.draw(st.lists(st.integers(1, len(order)), max_size=5)))
    for start, end in pairwise([0, *cuts, len(order)]):
        halved = data.draw(st.sets(st.sampled_from(order)))
        parts = [made.split(readings[each]) if each in halved else [readings[each]] for each in order[start:end]]
        made.write(list(chain.from_iterable(parts)))
        if data.draw(st.booleans()):
            made.roll(source_id)
    made.roll(source_id)
    found = made.stored(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(day, ZONE, CAPACITY), abs=1e-9)
    assert made.differences(found, made.rebuilt(source_id)) == []
    made.forget(source_id)


def test_live_in_order_gives_what_a_rebuild_gives(source_id: str, frame: pd.DataFrame) -> None:
    readings = made.documents(source_id, frame)
    for start in range(0, len(readings), 24):
        some = readings[start : start + 24]
        made.write(some)
        made.roll(source_id, some[-1]["timestamp"])
    made.roll(source_id)
    found = made.stored(source_id)
    assert made.differences(found, made.rebuilt(source_id)) == []


def test_late_and_deleted_readings_lead_to_what_a_rebuild_gives(source_id: str, frame: pd.DataFrame) -> None:
    readings = made.documents(source_id, frame)
    late = readings[300:420] + readings[750:751] + readings[1000:1150]
    held = {id(each) for each in late}
    made.write([each for each in readings if id(each) not in held])
    made.roll(source_id)
    made.write(late)
    made.roll(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(frame, ZONE, CAPACITY), abs=1e-9)
    gone = [*range(40), *range(500, 740), 751, *range(1300, len(frame))]
    made.delete(source_id, [frame.index[at].to_pydatetime() for at in gone])
    made.roll(source_id)
    rest = frame.drop(frame.index[gone])
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(rest, ZONE, CAPACITY), abs=1e-9)
    found = made.stored(source_id)
    assert made.differences(found, made.rebuilt(source_id)) == []


def test_everything_deleted_leaves_nothing(source_id: str, frame: pd.DataFrame) -> None:
    some = frame.iloc[:100]
    made.write(made.documents(source_id, some))
    made.roll(source_id)
    made.delete(source_id, [each.to_pydatetime() for each in some.index])
    made.roll(source_id)
    assert [name for name in made.stored(source_id) if name.startswith("rollups")] == []


def test_a_mark_raised_while_its_bucket_is_worked_at_is_not_lost(source_id: str, frame: pd.DataFrame) -> None:
    readings = made.documents(source_id, frame.iloc[:3])
    made.write(readings[:1])
    database = mongo.database()
    claimed = rollup_marks.claim(database, [source_id], made.FAR_AHEAD, 31)
    made.write(readings[1:])
    rollup_marks.finish(database, claimed)
    assert rollup_marks.due_sources(database, made.FAR_AHEAD) == [source_id]
    made.roll(source_id)
    assert [each["readings"] for each in database["rollups_5m"].find({"sunSourceId": source_id})] == [3]


def test_what_a_dead_worker_claimed_is_taken_up_again(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame.iloc[:10]))
    assert rollup_marks.claim(mongo.database(), [source_id], made.FAR_AHEAD, 31)
    made.roll(source_id)
    assert mongo.database()["rollups_1d"].find_one({"sunSourceId": source_id})["readings"] == 10  # type: ignore[index]


def test_the_open_bucket_stays_marked(source_id: str, frame: pd.DataFrame) -> None:
    readings = made.documents(source_id, frame.iloc[:4])
    made.write(readings)
    made.roll(source_id, readings[-1]["timestamp"] + timedelta(seconds=10))
    counts = [each["readings"] for each in mongo.database()["rollups_5m"].find({"sunSourceId": source_id})]
    assert counts == [3]
    assert rollup_marks.ranges(mongo.database(), source_id, START) == [
        (START + timedelta(minutes=5), START + timedelta(minutes=10))
    ]


def test_one_failing_source_does_not_stop_the_others(
    source_id: str, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.rollups import round as rollup_round

    owner = accounts.create_user("other@example.org", "Sunny-day-7", "", "")
    values = {"name": "Barn", "connection_type": 0, "time_zone": ZONE}
    other = str(sources.create_source(owner.id, values, START).record.id)
    for each in (source_id, other):
        made.write(made.documents(each, frame.iloc[:10]))
    real = rollup_round.account_for

    def failing(site: rollup_round.Site, *rest: object) -> object:
        if site.source_id == source_id:
            raise ValueError("a mistake of ours")
        return real(site, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(rollup_round, "account_for", failing)
    for shard in range(shards.SHARDS):
        rollups.refresh_shard(shard, made.FAR_AHEAD)
    assert mongo.database()["rollups_1d"].count_documents({"sunSourceId": other}) == 1
    monkeypatch.undo()
    made.roll(source_id)
    assert mongo.database()["rollups_1d"].count_documents({"sunSourceId": source_id}) == 1


def test_a_battery_seen_late_changes_consumption_of_all_days(source_id: str, frame: pd.DataFrame) -> None:
    plain = frame[["solarPower", "gridPower"]].fillna(0.0)
    made.write(made.documents(source_id, plain))
    made.roll(source_id)
    assert any(channel == "consumed" for _, channel in made.stored_days(source_id))
    at = frame.index[-1] + timedelta(minutes=2)
    last = pd.DataFrame({"batteryPower": [100.0]}, index=[at])
    made.write(made.documents(source_id, last))
    made.roll(source_id)
    whole = pd.concat([plain, last])
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(whole, ZONE, CAPACITY), abs=1e-9)
    assert not any(channel == "consumed" for _, channel in made.stored_days(source_id))
    made.delete(source_id, [at.to_pydatetime()])
    made.roll(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(plain, ZONE, CAPACITY), abs=1e-9)


def test_a_changed_source_has_its_energies_made_anew(source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    from uuid import UUID

    from data import postgres
    from data import sources as stored_sources

    with postgres.session() as session:
        changes = {"time_zone": "Asia/Kathmandu", "installed_capacity_watts": 2000.0}
        stored_sources.update_columns(session, UUID(source_id), changes)
    made.write(made.documents(source_id, frame.iloc[-1:]))
    made.roll(source_id)
    assert made.stored_days(source_id) == pytest.approx(made.expected_days(frame, "Asia/Kathmandu", 2000.0), abs=1e-9)
    found = made.stored(source_id)
    assert made.differences(found, made.rebuilt(source_id)) == []

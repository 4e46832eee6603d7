"""Queries against real stores: what was rolled up and what was not yet give together what the readings say."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from services.errors import NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import hours as rollup_hours
from services.sources import making as sources
from services.telemetry import queries as telemetry
from solar.vocabulary import POWER_FIELDS
from tests.storage import telemetry_data as made

ZONE, CAPACITY = "Europe/Berlin", 8000.0
START = datetime(2026, 6, 9, 22, tzinfo=UTC)
END = START + timedelta(days=3, hours=13, minutes=7)
FIELDS = ("solarPower", "loadPower", "stateOfCharge")


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    """Somebody with a source."""
    account = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
    return Viewer(account.id, "", "owner@example.org")


@pytest.fixture
def source_id(owner: Viewer) -> str:
    """A source of the owner."""
    values = {
        "name": "Roof", "connection_type": 0, "installed_capacity_watts": CAPACITY, "time_zone": ZONE,
        "battery_capacity_kwh": 10.0,
    }
    return str(sources.create_source(owner.account_id, values, START).record.id)


@pytest.fixture
def frame() -> pd.DataFrame:
    return made.home(START, END, timedelta(minutes=2))


STATES = ["nothing", "most", "everything"]


@pytest.fixture(params=STATES)
def written(request: pytest.FixtureRequest, source_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    """All readings are there, of which nothing, most or everything is rolled up."""
    readings = made.documents(source_id, frame)
    if request.param == "nothing":
        readings = readings[-26 * 30 :]
    made.write(readings[:-200])
    if request.param != "nothing":
        made.roll(source_id)
    made.write(readings[-200:])
    if request.param == "everything":
        made.roll(source_id)
    return frame.iloc[-len(readings) :]


def _expected(frame: pd.DataFrame, width: str) -> pd.DataFrame:
    local = frame[list(FIELDS)].tz_convert(ZONE)
    grouped = local.resample(width)
    return grouped.mean()[grouped.size() > 0].tz_convert("UTC")


WIDTHS = {2000: "5min", 100: "1h", 20: "6h", 4: "1D"}


def test_a_series_is_what_the_readings_say_at_any_width(
    owner: Viewer, source_id: str, frame: pd.DataFrame, written: pd.DataFrame
) -> None:
    for points, width in WIDTHS.items():
        found = telemetry.series(owner, source_id, START, END, FIELDS, points=points)
        assert found.width == pd.Timedelta(width)
        assert len(found.frame) <= points
        expected = _expected(written, width)
        if len(written) < len(frame) and width == "6h":
            # A point begins where the first hour that it holds does.
            first = written.index[0].floor("h")
            expected.index = expected.index.where(expected.index >= first, first)
        pd.testing.assert_frame_equal(
            found.frame, expected, check_freq=False, check_names=False, check_index_type=False, rtol=1e-12
        )


def test_statistics_come_beside_the_means(owner: Viewer, source_id: str, written: pd.DataFrame) -> None:
    found = telemetry.series(owner, source_id, START, END, ["loadPower"], points=100, statistics=("mean", "min", "max"))
    assert list(found.frame.columns) == ["loadPower", "loadPower.min", "loadPower.max"]
    hours = written["loadPower"].resample("1h")
    assert found.frame["loadPower.max"].tolist() == hours.max().tolist()
    assert found.frame["loadPower.min"].tolist() == hours.min().tolist()


def test_the_day_is_never_behind(owner: Viewer, source_id: str, written: pd.DataFrame) -> None:
    begin = END - timedelta(hours=15)
    found = telemetry.power_frame(owner, source_id, begin, END)
    assert list(found.columns) == [*POWER_FIELDS, "stateOfCharge"]
    expected = written[written.index >= made.rollup_marks.bucket_of(begin)].resample("5min").mean()
    pd.testing.assert_series_equal(
        found["loadPower"], expected["loadPower"], check_freq=False, check_names=False, check_index_type=False
    )


def test_energies_of_today_are_up_to_the_moment(owner: Viewer, source_id: str, written: pd.DataFrame) -> None:
    expected = made.expected_days(written, ZONE, CAPACITY)
    for day in (date(2026, 6, 12), date(2026, 6, 13)):
        got = {channel: row.kwh for channel, row in telemetry.day_energy(owner, source_id, day).items()}
        assert got == pytest.approx(
            {channel: kwh for (each, channel), kwh in expected.items() if each == day.isoformat()}, abs=1e-9
        )


def test_energies_over_a_range_with_coverage_and_method(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    found = telemetry.energies(owner, source_id, date(2026, 6, 1), date(2026, 6, 30))
    assert list(found.kwh.index) == [date(2026, 6, day) for day in (10, 11, 12, 13)]
    expected = made.expected_days(frame, ZONE, CAPACITY)
    assert found.kwh.at[date(2026, 6, 11), "produced"] == pytest.approx(expected["2026-06-11", "produced"])
    assert found.method.at[date(2026, 6, 11), "produced"] == "lifetime"
    assert found.method.at[date(2026, 6, 11), "charged"] == "power"
    assert 0.99 < found.coverage.at[date(2026, 6, 11), "imported"] <= 1
    figures = telemetry.kpis(owner, source_id, date(2026, 6, 10), date(2026, 6, 12), co2_kg_per_kwh=0.4)
    assert figures.days_used["selfSufficiency"] == 3
    assert figures.values["selfSufficiency"] is not None
    assert figures.values["co2AvoidedKg"] == pytest.approx(0.4 * found.kwh["produced"].iloc[:3].sum())


def test_a_number_is_explained(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    why = telemetry.explain(owner, source_id, date(2026, 6, 11), "produced")
    assert why.row is not None and why.row.method == "lifetime"
    assert {each.source: verdict for each, verdict in why.verdicts} == {
        "lifetime": "taken", "day": "knows-less", "power": "knows-less",
    }
    assert "from-midnight" in {note.kind for note in why.notes}


def test_hours_of_energy_add_up(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    made.write(made.documents(source_id, frame[["loadPower"]]))
    made.roll(source_id)
    found = telemetry.hourly(owner, source_id, START, START + timedelta(days=1))
    assert len(found) == 24
    assert found["consumed"].sum() == pytest.approx(
        telemetry.day_energy(owner, source_id, date(2026, 6, 10))["consumed"].kwh
    )
    assert found["produced"].isna().all()


def test_hours_of_a_source_with_counters_alone_add_up_to_its_days(
    owner: Viewer, source_id: str, frame: pd.DataFrame
) -> None:
    counters = frame[["totalEnergyProduced", "totalEnergyImported"]].copy()
    # The meter is changed on the second day, and its first reading is 0.4 kWh.
    late = counters.index >= START + timedelta(hours=34)
    at_change = counters["totalEnergyImported"][late].iloc[0]
    counters.loc[late, "totalEnergyImported"] += 0.4 - at_change
    readings = made.documents(source_id, counters)
    for start in range(0, len(readings), 300):
        made.write(readings[start : start + 300])
        made.roll(source_id)
    for day in range(3):
        begin, date_of_day = START + timedelta(days=day), date(2026, 6, 10 + day)
        found = telemetry.hourly(owner, source_id, begin, begin + timedelta(days=1))
        energies = telemetry.day_energy(owner, source_id, date_of_day)
        assert energies["produced"].method == "lifetime"
        for channel in ("produced", "imported"):
            assert len(found[channel].dropna()) == 24
            assert found[channel].sum() == pytest.approx(energies[channel].kwh, abs=1e-9)
            fine = rollup_hours.energies(source_id, ZONE, "rollups_5m", begin, begin + timedelta(days=1))
            assert len(fine) == 288
            assert sum(each["energy"][channel] for each in fine) == pytest.approx(energies[channel].kwh, abs=1e-9)
    noon = counters["totalEnergyProduced"][START + timedelta(hours=12) : START + timedelta(hours=13)]
    hours = telemetry.hourly(owner, source_id, START, START + timedelta(days=1))
    assert hours["produced"].iloc[12] == pytest.approx(noon.iloc[-1] - noon.iloc[0])
    stored = made.stored(source_id)
    assert made.differences(stored, made.rebuilt(source_id)) == []


def test_the_latest_state(owner: Viewer, source_id: str) -> None:
    assert telemetry.latest(owner, source_id) is None
    assert telemetry.newest_at(owner, source_id) is None
    assert telemetry.series(owner, source_id, START, END, FIELDS).frame.empty
    assert telemetry.day_energy(owner, source_id, date(2026, 6, 10)) == {}


def test_a_fleet_in_one_look(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    from services.ingestion import history

    values = {"name": "Barn", "connection_type": 0, "time_zone": "Asia/Tokyo"}
    silent = str(sources.create_source(owner.account_id, values, START).record.id)
    history.store_history(source_id, frame, END)
    made.roll(source_id, END + timedelta(minutes=10))
    found = telemetry.fleet(owner, END)
    assert found["name"].to_dict() == {silent: "Barn", source_id: "Roof"}
    assert pd.isna(found.at[silent, "timestamp"]) and pd.isna(found.at[silent, "produced"])
    assert found.at[source_id, "timestamp"] == frame.index[-1]
    assert found.at[source_id, "loadPower"] == frame["loadPower"].iloc[-1]
    today = telemetry.day_energy(owner, source_id, date(2026, 6, 13))
    assert found.at[source_id, "produced"] == pytest.approx(today["produced"].kwh)
    assert len(found.at[source_id, "spark"]) == 24
    tomorrow = telemetry.fleet(owner, END + timedelta(days=1), [source_id])
    assert pd.isna(tomorrow.at[source_id, "produced"])


def test_gaps_are_found_to_the_bucket(owner: Viewer, source_id: str, frame: pd.DataFrame) -> None:
    hole = (START + timedelta(hours=30), START + timedelta(hours=31, minutes=20))
    kept = frame[(frame.index < hole[0]) | (frame.index >= hole[1])]
    made.write(made.documents(source_id, kept))
    made.roll(source_id)
    found = telemetry.gaps(owner, source_id, START, START + timedelta(days=3))
    assert [(each.start, each.end) for each in found] == [hole]


def test_a_stranger_finds_nothing(owner: Viewer, source_id: str) -> None:
    stranger = Viewer("somebody-else", "", "")
    day = date(2026, 6, 10)
    for ask in (
        lambda: telemetry.series(stranger, source_id, START, END, FIELDS),
        lambda: telemetry.energies(stranger, source_id, day, day),
        lambda: telemetry.day_energy(stranger, source_id, day),
        lambda: telemetry.kpis(stranger, source_id, day, day),
        lambda: telemetry.explain(stranger, source_id, day, "produced"),
        lambda: telemetry.hourly(stranger, source_id, START, END),
        lambda: telemetry.gaps(stranger, source_id, START, END),
        lambda: telemetry.raw(stranger, source_id, START, END, FIELDS),
    ):
        with pytest.raises(NotFound):
            ask()
    assert telemetry.fleet(stranger, END).empty

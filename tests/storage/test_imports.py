"""Exports and imports against real stores: what goes out comes in again with equal totals, tried without a trace."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from data import mongo
from services.errors import Invalid, NotFound
from services.imports import run as import_run
from services.imports import steps as imports
from services.ingestion import history
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import retention
from services.sources import making as sources
from services.telemetry import exports
from services.telemetry import queries as telemetry
from tests.storage import telemetry_data as made

SHARED = Path(__file__).parents[3] / "shared" / "data"
ZONE, CAPACITY = "Europe/Berlin", 8000.0
START = datetime(2026, 5, 3, 22, tzinfo=UTC)
END = START + timedelta(days=3)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
EVER = (date(1990, 1, 1), date(2199, 12, 31))
# Six weeks of the measured sites over a change of clocks, with outages of hours (both) and of a week (Villena).
STRETCH = slice("2024-03-12", "2024-04-27")
PIECE = timedelta(days=9)


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    """Somebody without sources."""
    return Viewer(accounts.create_user("owner@example.org", "Sunny-day-7", "", "").id, "", "")


def _source(owner: Viewer, zone: str = ZONE, capacity: float | None = CAPACITY) -> str:
    values = {"name": "Süd Dach 1", "connection_type": 0, "installed_capacity_watts": capacity, "time_zone": zone}
    return str(sources.create_source(owner.account_id, values, START).record.id)


def _export(owner: Viewer, source_id: str, level: str, file_format: str = "csv") -> bytes:
    return b"".join(exports.export(owner, source_id, level, file_format, *EVER, NOW).chunks)


def _import(
    owner: Viewer, source_id: str, content: bytes, name: str = "file.csv", *, dry: bool = False, **change: Any
) -> dict[str, Any]:
    found = imports.upload(owner, source_id, name, io.BytesIO(content), NOW)
    plan = {**found.suggestion.as_json(), **change}
    record = imports.start(owner, source_id, found.upload_id, plan, NOW, dry=dry)
    import_run.run(str(record.id), NOW)
    done = imports.progress(owner, source_id, str(record.id))
    assert (done.state, done.error, done.rows_done) == ("done", None, done.rows_total)
    return done.counts


@pytest.fixture
def frame() -> pd.DataFrame:
    return made.home(START, END, timedelta(minutes=5))


@pytest.fixture
def full(owner: Viewer, frame: pd.DataFrame) -> str:
    """A source with three days of readings, rolled up."""
    source_id = _source(owner)
    made.write(made.documents(source_id, frame))
    made.roll(source_id)
    return source_id


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_readings_go_out_and_come_in_with_equal_totals(owner: Viewer, full: str, file_format: str) -> None:
    content = _export(owner, full, "raw", file_format)
    other = _source(owner)
    counts = _import(owner, other, content, f"file.{file_format}")
    assert (counts["stored"], counts["refused"]) == (3 * 288, 0)
    made.roll(other)
    assert made.stored_days(other) == pytest.approx(made.stored_days(full), abs=1e-9)
    again = _import(owner, other, content, f"file.{file_format}")
    assert (again["duplicate"], "stored" in again) == (3 * 288, False)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_days_go_out_and_come_in_with_equal_totals(owner: Viewer, full: str, file_format: str) -> None:
    content = _export(owner, full, "days", file_format)
    other = _source(owner)
    counts = _import(owner, other, content, f"file.{file_format}")
    assert counts["stored"] == 3
    assert made.stored_days(other) == pytest.approx(made.stored_days(full), abs=1e-9)
    assert telemetry.day_energy(owner, other, date(2026, 5, 5))["produced"].method == "imported"
    assert _import(owner, other, content, f"file.{file_format}")["duplicate"] == 3


@pytest.mark.parametrize("level", ["5m", "1h"])
def test_buckets_go_out_with_units_and_their_energies_come_in_as_days(
    owner: Viewer, frame: pd.DataFrame, level: str
) -> None:
    source_id = _source(owner)
    made.write(made.documents(source_id, frame[["loadPower", "gridPower"]]))
    made.roll(source_id)
    content = _export(owner, source_id, level)
    header = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert header[:4] == ["timestamp [UTC]", "time [Europe/Berlin]", "readings", "loadPower mean [W]"]
    other = _source(owner)
    energies = [
        {"name": f"{each} [kWh]", "target": each, "unit": "kWh"} for each in ("consumed", "imported", "exported")
    ]
    _import(owner, other, content, kind="days", columns=energies, timeColumn="time [Europe/Berlin]", timeZone=ZONE)
    assert made.stored_days(other) == pytest.approx(made.stored_days(source_id), abs=1e-9)


def test_a_workbook_opens_and_an_export_names_its_file(owner: Viewer, full: str) -> None:
    found = exports.export(owner, full, "1h", "xlsx", date(2026, 5, 4), date(2026, 5, 4), NOW)
    assert found.file_name == "ampra-s-d-dach-1-hours-2026-05-04-2026-05-04.xlsx"
    page = openpyxl.load_workbook(io.BytesIO(b"".join(found.chunks))).active
    assert page is not None and page.max_row == 25
    assert page["B2"].value == "2026-05-04T00:00:00+02:00"


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    owner: Viewer, full: str, frame: pd.DataFrame
) -> None:
    before = made.stored(full)
    lines = ["timestamp,loadPower [kW],batteryVoltage [V]"]
    lines += [f"{frame.index[at].isoformat()},0.3,51.2" for at in range(3)]
    lines += [f"{(END + timedelta(hours=at)).isoformat()},1.5," for at in range(4)] + ["never,1,2"]
    content = "\n".join(lines).encode()
    counts = _import(owner, full, content, dry=True)
    assert (counts["merged"], counts["stored"], counts["refused"]) == (3, 4, 1)
    assert counts["reasons"][0]["reason"] == "the time cannot be read"
    assert [each["date"] for each in counts["days"]] == ["2026-05-04", "2026-05-07"]
    assert counts["days"][0]["now"]["consumed"] > 0
    assert counts["days"][1] == {"date": "2026-05-07", "now": {}, "file": {"consumed": pytest.approx(4.5)}}
    made.roll(full)
    assert made.differences(before, made.stored(full)) == []
    taken = _import(owner, full, content)
    assert {name: taken.get(name) for name in ("merged", "stored", "refused")} == {
        "merged": 3, "stored": 4, "refused": 1,
    }


def test_imported_days_stand_back_behind_what_is_measured_and_can_be_taken_back(owner: Viewer, full: str) -> None:
    measured = made.stored_days(full)
    content = b"date,solar,home\n2026-05-05,99,98\n2025-01-01,7,8\n"
    counts = _import(owner, full, content, dry=True)
    assert [each["date"] for each in counts["days"]] == ["2025-01-01", "2026-05-05"]
    assert made.stored_days(full) == measured
    _import(owner, full, content)
    assert made.stored_days(full) == {**measured, ("2025-01-01", "produced"): 7.0, ("2025-01-01", "consumed"): 8.0}
    made.roll(full)
    assert imports.remove_days(owner, full, datetime(2024, 1, 1, tzinfo=UTC), NOW) == 2
    assert made.stored_days(full) == pytest.approx(measured)


def test_rows_of_frozen_days_are_refused(owner: Viewer, full: str, frame: pd.DataFrame) -> None:
    retention.apply(full, END + timedelta(days=88))
    at = START + timedelta(minutes=1)
    counts = _import(owner, full, f"timestamp,loadPower\n{at.isoformat()},500\n".encode())
    assert counts["reasons"][0]["reason"] == import_run.FROZEN
    assert mongo.database()["normalized_sun_source_data"].count_documents({"timestamp": at}) == 0


def test_a_file_that_is_gone_and_a_plan_that_does_not_fit_are_said_so(owner: Viewer, full: str) -> None:
    found = imports.upload(owner, full, "file.csv", io.BytesIO(b"timestamp,loadPower\n1,2\n"), NOW)
    with pytest.raises(Invalid):
        imports.start(owner, full, found.upload_id, {"kind": "readings"}, NOW)
    record = imports.start(owner, full, found.upload_id, found.suggestion.as_json(), NOW)
    assert imports.forget_old(NOW + timedelta(days=8)) == 1
    import_run.run(str(record.id), NOW)
    failed = imports.progress(owner, full, str(record.id))
    assert failed.state == "failed" and "brought again" in str(failed.error)


def test_a_worker_takes_in_what_was_asked_for(owner: Viewer, full: str) -> None:
    from tests.storage.test_queue import _run_waiting_jobs

    found = imports.upload(owner, full, "file.csv", io.BytesIO(b"date,solar\n2025-01-01,7\n"), NOW)
    record = imports.start(owner, full, found.upload_id, found.suggestion.as_json(), NOW)
    assert record.state == "waiting"
    _run_waiting_jobs()
    assert imports.progress(owner, full, str(record.id)).state == "done"
    assert [each.id for each in imports.newest(owner, full)] == [record.id]


def test_strangers_neither_take_out_nor_bring(owner: Viewer, full: str) -> None:
    stranger = Viewer("somebody-else", "", "")
    found = imports.upload(owner, full, "file.csv", io.BytesIO(b"date,solar\n2025-01-01,7\n"), NOW)
    other = _source(owner)
    with pytest.raises(NotFound):
        exports.export(stranger, full, "raw", "csv", *EVER, NOW)
    with pytest.raises(NotFound):
        imports.upload(stranger, full, "file.csv", io.BytesIO(b"date,solar\n2025-01-01,7\n"), NOW)
    with pytest.raises(NotFound):
        imports.newest(stranger, full)
    with pytest.raises(NotFound):
        imports.start(owner, other, found.upload_id, found.suggestion.as_json(), NOW)


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[tuple[pd.DataFrame, dict[str, Any]]]:
    """A stretch of a measured site: its telemetry and what is known of it."""
    folder = SHARED / "sites" / request.param
    if not folder.is_dir():
        pytest.skip("the measured sites of ../shared/data/sites are not here")
    about = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    with gzip.open(folder / "telemetry.csv.gz", "rt") as text:
        table = pd.read_csv(text, index_col="timestamp")
    table.index = pd.to_datetime(table.index, utc=True)
    yield table.loc[STRETCH].dropna(how="all"), about


@pytest.mark.parametrize("site", ["villena_home", "emhass_home"], indirect=True)
def test_a_measured_site_taken_out_and_brought_to_an_empty_source_has_the_same_days(
    owner: Viewer, site: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    table, about = site
    source_id = _source(owner, about["timezone"], about["installedCapacityWatts"])
    for _, piece in table.resample(PIECE):
        history.store_history(source_id, piece, NOW)
        made.roll(source_id)
    expected = made.expected_days(table, about["timezone"], about["installedCapacityWatts"])
    assert made.stored_days(source_id) == pytest.approx(expected, abs=1e-9)
    assert len({day for day, _ in expected}) > 35
    found = made.stored(source_id)
    content = _export(owner, source_id, "raw")
    other = _source(owner, about["timezone"], about["installedCapacityWatts"])
    counts = _import(owner, other, content)
    assert counts["refused"] == 0
    made.roll(other)
    assert made.stored_days(other) == pytest.approx(made.stored_days(source_id), abs=1e-6)
    assert made.differences(found, made.rebuilt(source_id)) == []


def test_five_years_of_days_of_a_measured_house(owner: Viewer) -> None:
    file = SHARED / "powerwall_daily" / "daily.csv"
    if not file.exists():
        pytest.skip("../shared/data/powerwall_daily is not here")
    source_id = _source(owner, "America/Los_Angeles", 11_000.0)
    counts = _import(owner, source_id, file.read_bytes())
    assert counts["stored"] == 1796
    table = pd.read_csv(file, index_col="date")
    found = telemetry.energies(owner, source_id, date(2020, 1, 1), date(2026, 1, 1))
    assert len(found.kwh) == 1796
    for column, channel in (("home", "consumed"), ("solar", "produced"), ("fromGrid", "imported")):
        assert found.kwh[channel].sum() == pytest.approx(table[column].sum(), abs=1e-6)

"""Files of people: tables in CSV and Excel of any usual kind, and what their columns are taken to mean."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from services.errors import Invalid
from services.imports import plans as import_plans
from services.imports import rows as import_rows
from services.imports import tables as import_tables
from services.imports.plans import Column, Plan
from solar import normalise

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def _table(text: str, name: str = "file.csv", encoding: str = "utf-8") -> import_tables.Table:
    return import_tables.read(name, io.BytesIO(text.encode(encoding)))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("time,solar power\n2026-01-01,5\n", "utf-8"),
        ("\ufefftime;solar power\r\n2026-01-01;5\r\n", "utf-8"),
        ("time\tsolar power\n2026-01-01\t5\n", "utf-16"),
        ("# made by hand\n\ntime|solar power\n2026-01-01|5\n", "utf-8"),
        ('"time","solar power"\n"2026-01-01","5"\n', "cp1252"),
    ],
)
def test_tables_of_any_usual_kind(text: str, encoding: str) -> None:
    table = _table(text, encoding=encoding)
    assert table.header == ["time", "solar power"]
    assert [list(row) for row in table.rows] == [["2026-01-01", "5"]]


def test_umlauts_of_old_programs() -> None:
    assert _table("Zeit;Überschuss\n1;2\n", encoding="cp1252").header == ["Zeit", "Überschuss"]


def test_a_workbook() -> None:
    book = openpyxl.Workbook()
    book.active.append(["time", "solar power [kW]", "note"])  # type: ignore[union-attr]
    book.active.append([datetime(2026, 1, 1, 12), 1.5, None])  # type: ignore[union-attr]  # noqa: DTZ001
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    table = import_tables.read("file.xlsx", file)
    assert table.header == ["time", "solar power [kW]", "note"]
    assert [list(row) for row in table.rows] == [[datetime(2026, 1, 1, 12), 1.5, None]]  # noqa: DTZ001


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PK\x03\x04 no workbook", b"\x89PNG\r\n\x1a\n\0\0\0\0"])
def test_what_is_no_table_is_said_so(content: bytes) -> None:
    name = "file.xlsx" if content.startswith(b"PK") else "file.csv"
    with pytest.raises(Invalid) as caught:
        import_tables.read(name, io.BytesIO(content))
    assert set(caught.value.errors) == {"file"}


def _suggested(text: str) -> Plan:
    table = _table(text)
    return import_plans.suggest(table.header, list(table.rows), "Europe/Berlin")


def test_names_and_units_speak_for_fields() -> None:
    header = "timestamp [UTC],time [Europe/Berlin],pv_power_kw,battery soc,gridPower [W],colour"
    plan = _suggested(f"{header}\n2026-01-01T00:00Z,x,1,2,3,4\n")
    assert (plan.kind, plan.time_column, plan.time_zone) == ("readings", "timestamp [UTC]", "UTC")
    assert plan.columns == (
        Column("pv_power_kw", "solarPower", "kw"), Column("battery soc", "stateOfCharge"),
        Column("gridPower [W]", "gridPower", "W"),
    )


def test_dates_and_channels_speak_for_days() -> None:
    plan = _suggested("date,home,solar,fromGrid,toGrid,fromBattery\n2020-05-01,11.2,0,12.4,0,0\n")
    assert (plan.kind, plan.time_column, plan.time_zone) == ("days", "date", "Europe/Berlin")
    assert {each.name: each.target for each in plan.columns} == {
        "home": "consumed", "solar": "produced", "fromGrid": "imported", "toGrid": "exported",
        "fromBattery": "discharged",
    }


def test_german_times_have_a_pattern() -> None:
    plan = _suggested("Zeit;PV Power [W]\n31.12.2025 23:55;5\n")
    assert plan.time_pattern == "%d.%m.%Y %H:%M"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "weeks"}, "kind"),
        ({"timeColumn": "when"}, "timeColumn"),
        ({"timeZone": "Berlin"}, "timeZone"),
        ({"timePattern": "%q"}, "timePattern"),
        ({"columns": []}, "columns"),
        ({"columns": [{"name": "x", "target": "solarPower"}]}, "columns"),
        ({"columns": [{"name": "a", "target": "colour"}]}, "columns"),
        ({"columns": [{"name": "a", "target": "solarPower", "unit": "kWh"}]}, "columns"),
        ({"columns": [{"name": n, "target": "solarPower"} for n in ("a", "b")]}, "columns"),
    ],
)
def test_a_wrong_plan_is_named(change: dict[str, Any], field: str) -> None:
    good: dict[str, Any] = {
        "kind": "readings", "timeColumn": "t", "timeZone": "UTC",
        "columns": [{"name": "a", "target": "solarPower", "unit": "kW"}],
    }
    assert import_plans.plan_of(import_plans.plan_of(good, ["t", "a"]).as_json(), ["t", "a"]).columns[0].unit == "kW"
    with pytest.raises(Invalid) as caught:
        import_plans.plan_of({**good, **change}, ["t", "a", "b"])
    assert set(caught.value.errors) == {field}


def _rows(text: str, plan: Plan) -> tuple[list[tuple[datetime, dict[str, Any]]], dict[str, int]]:
    refusals = import_rows.Refusals()
    source = normalise.Source(plan.time_zone, 5000.0)
    found = import_rows.readings(_table(text), plan, source, NOW, refusals)
    return [(each.timestamp, each.fields) for _, each in found if each is not None], dict(refusals.counts)


def test_rows_go_through_the_normaliser_and_refusals_say_why() -> None:
    plan = Plan("readings", "t", "UTC", (Column("pv", "solarPower", "kW"), Column("soc", "stateOfCharge")))
    text = "t;pv;soc\n2026-01-01 00:00;1,5;150\nsoon;1;2\n2026-01-01 00:05;;\n2027-01-01;1;2\n1767225900;unknown;40\n"
    rows, refused = _rows(text, plan)
    assert [(at.isoformat(), {n: v for n, v in fields.items() if v != []}) for at, fields in rows] == [
        ("2026-01-01T00:00:00+00:00", {"solarPower": 1500.0}),
        ("2026-01-01T00:05:00+00:00", {"stateOfCharge": 40.0}),
    ]
    assert sum(refused.values()) == 3
    assert refused["the time cannot be read"] == 1


def test_the_hour_that_autumn_repeats_is_told_apart_by_order() -> None:
    plan = Plan("readings", "t", "Europe/Berlin", (Column("pv", "solarPower"),))
    clocks = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    rows, _ = _rows("t,pv\n" + "".join(f"2025-10-26 {clock},1\n" for clock in clocks), plan)
    assert [at.strftime("%H:%M") for at, _ in rows] == ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"]


def test_energies_of_intervals_are_added_up_to_local_days() -> None:
    plan = Plan("days", "t", "America/New_York", (Column("use", "consumed", "Wh"),))
    refusals = import_rows.Refusals()
    rows = [("08T04:00", 100), ("08T05:00", 200), ("09T03:59", 300), ("09T04:00", -1)]
    text = "t,use\n" + "".join(f"2026-03-{at}:00Z,{energy}\n" for at, energy in rows)
    found, count = import_rows.day_energies(_table(text), plan, NOW, refusals)
    assert found == {date(2026, 3, 7): {"consumed": 0.1}, date(2026, 3, 8): {"consumed": 0.5}}
    assert count == 4
    assert dict(refusals.counts) == {"consumed is negative": 1}

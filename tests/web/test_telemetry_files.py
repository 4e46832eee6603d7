"""Exports and imports over HTTP: the owner's, and nobody else's."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.imports import run as import_run
from services.ingestion import history
from services.sources import making as sources
from tests.storage import telemetry_data as made
from tests.web.conftest import Person

START = datetime(2026, 5, 3, 22, tzinfo=UTC)


@pytest.fixture
def source_id(alice: Person) -> str:
    """A source of Alice with two days of readings, rolled up."""
    values = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Berlin"}
    found = str(sources.create_source(alice.account.id, values, START).record.id)
    frame = made.home(START, START + timedelta(days=2), timedelta(minutes=15))
    history.store_history(found, frame, START + timedelta(days=2))
    made.roll(found)
    return found


def _upload(client: FlaskClient, source_id: str, content: bytes, name: str = "file.csv") -> Any:
    return client.post(f"/telemetry/{source_id}/uploads", data={"file": (io.BytesIO(content), name)})


def test_the_owner_takes_out_and_brings_in(alice: Person, source_id: str) -> None:
    answer = alice.client.get(f"/telemetry/{source_id}/export?level=days&from=2026-05-04&to=2026-05-05")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="ampra-roof-days-2026-05-04-2026-05-05.csv"'
    )
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("date [Europe/Berlin],produced [kWh],consumed [kWh]")
    uploaded = _upload(alice.client, source_id, b"date,solar\n2025-01-01,7\nsoon,1\n").json
    assert uploaded["suggestion"]["columns"] == [{"name": "solar", "target": "produced", "unit": ""}]
    asked = {"uploadId": uploaded["uploadId"], "plan": uploaded["suggestion"], "dry": True}
    begun = alice.client.post(f"/telemetry/{source_id}/imports", json=asked)
    assert (begun.status_code, begun.json["state"]) == (202, "waiting")
    import_run.run(begun.json["id"], datetime.now(UTC))
    done = alice.client.get(f"/telemetry/{source_id}/imports/{begun.json['id']}").json
    assert (done["state"], done["rowsDone"], done["rowsTotal"], done["dry"]) == ("done", 2, 2, True)
    assert done["counts"]["days"] == [{"date": "2025-01-01", "now": {}, "file": {"produced": 7.0}}]
    listed = alice.client.get(f"/telemetry/{source_id}/imports").json["imports"]
    assert [each["id"] for each in listed] == [begun.json["id"]]


def test_a_workbook_is_streamed(alice: Person, source_id: str) -> None:
    answer = alice.client.get(f"/telemetry/{source_id}/export?level=raw&format=xlsx")
    assert answer.status_code == 200
    assert answer.is_streamed
    assert answer.data.startswith(b"PK")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("level=years", "level"), ("format=pdf", "format"), ("from=soon", "from"),
        ("from=2026-05-05&to=2026-05-04", "to"),
    ],
)
def test_what_is_wrong_is_named(alice: Person, source_id: str, query: str, field: str) -> None:
    answer = alice.client.get(f"/telemetry/{source_id}/export?{query}")
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {field}


def test_no_table_and_no_plan_are_named(alice: Person, source_id: str) -> None:
    assert _upload(alice.client, source_id, b"\x89PNG\0\0").status_code == 422
    assert alice.client.post(f"/telemetry/{source_id}/uploads").status_code == 422
    answer = alice.client.post(f"/telemetry/{source_id}/imports", json={"uploadId": "x"})
    assert set(answer.json["errors"]) == {"plan"}
    answer = alice.client.post(f"/telemetry/{source_id}/imports", json={"uploadId": "x", "plan": {}})
    assert answer.status_code == 404


ROUTES = (
    ("get", "export?level=days"), ("get", "export?level=raw&format=xlsx"), ("get", "imports"),
    ("get", "imports/00000000-0000-0000-0000-000000000000"), ("post", "uploads"), ("post", "imports"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_owner_finds_nothing(bob: Person, source_id: str, method: str, path: str) -> None:
    body: dict[str, Any] = {}
    if path == "uploads":
        body = {"data": {"file": (io.BytesIO(b"date,solar\n2025-01-01,7\n"), "file.csv")}}
    if path == "imports" and method == "post":
        body = {"json": {"uploadId": "x", "plan": {}}}
    assert getattr(bob.client, method)(f"/telemetry/{source_id}/{path}", **body).status_code == 404


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_stranger_is_turned_away(stranger: FlaskClient, source_id: str, method: str, path: str) -> None:
    assert getattr(stranger, method)(f"/telemetry/{source_id}/{path}").status_code in (302, 401)

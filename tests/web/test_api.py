"""The REST API: what it answers, to whom, and that its description says the same."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from services import simulating
from services.people import api_tokens
from services.returns import prices
from services.sources import making as sources
from tests import servers
from tests.storage.returns_data import store_days, store_hours
from tests.web.conftest import Person, sign_in

SOURCE = {"name": "Roof", "connection_type": 1, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid"}
START = datetime(2026, 6, 20, 22, tzinfo=UTC)
ENERGY = {"produced": 1.0, "consumed": 0.7, "imported": 0.2, "exported": 0.5}


@pytest.fixture
def source(alice: Person) -> str:
    return str(sources.create_source(alice.account.id, SOURCE, servers.now()).record.id)


def token(person: Person, scope: str = "read") -> dict[str, str]:
    made = api_tokens.make(person.account.id, f"script {scope}", scope, 7, servers.now())
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture
def read(alice: Person) -> dict[str, str]:
    return token(alice)


@pytest.fixture
def write(alice: Person) -> dict[str, str]:
    return token(alice, "write")


def test_sources_are_listed_and_shown(source: str, read: dict[str, str], stranger: FlaskClient) -> None:
    listed = stranger.get("/api/v1/sources", headers=read).get_json()["sources"]
    assert listed == [{
        "id": source, "name": "Roof", "group": None, "timeZone": "Europe/Madrid", "installedCapacityWatts": 8000.0,
        "hasBattery": None,
    }]  # fmt: skip
    assert stranger.get(f"/api/v1/sources/{source}", headers=read).get_json() == listed[0]


def test_a_reading_goes_in_and_comes_out(
    source: str, read: dict[str, str], write: dict[str, str], stranger: FlaskClient
) -> None:
    assert stranger.get(f"/api/v1/sources/{source}/latest", headers=read).get_json() == {
        "timestamp": None, "fields": {}, "measuredAt": {}
    }
    at = servers.now().replace(microsecond=0) - timedelta(minutes=1)
    body = {"timestamp": at.isoformat(), "solarPower": 4200, "soc": 150}
    said = stranger.post(f"/api/v1/sources/{source}/readings", json=body, headers=write).get_json()
    assert (said["stored"], list(said["rejected"])) == (1, ["stateOfCharge"])
    found = stranger.get(f"/api/v1/sources/{source}/latest", headers=read).get_json()
    assert found["fields"]["solarPower"] == 4200
    assert found["measuredAt"]["solarPower"] == found["timestamp"] == at.isoformat().replace("+00:00", "Z")
    assert "stateOfCharge" not in found["fields"]


def test_ranges_and_days_are_as_the_pages_show_them(source: str, read: dict[str, str], stranger: FlaskClient) -> None:
    simulating.make_past(source, START, START + timedelta(days=1), servers.now())
    path = f"/api/v1/sources/{source}"
    asked = {"start": "2026-06-21T10:00:00+02:00", "end": "2026-06-21T11:00:00+02:00", "fields": "solarPower"}
    found = stranger.get(f"{path}/readings", query_string=asked, headers=read).get_json()
    assert (found["start"], found["stepSeconds"], len(found["readings"])) == ("2026-06-21T08:00:00Z", 300.0, 12)
    assert set(found["readings"][0]) == {"timestamp", "solarPower"}
    asked = {"from": "2026-06-20", "to": "2026-06-21"}
    found = stranger.get(f"{path}/days", query_string=asked, headers=read).get_json()
    assert [each["date"] for each in found["days"]] == ["2026-06-20", "2026-06-21"]
    assert found["days"][0]["kwh"] == {}
    assert found["days"][1]["kwh"]["produced"] > 0
    assert 0.9 < found["days"][1]["measuredShare"]["produced"] <= 1


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("readings", {}, "start"), ("readings", {"start": "2026-06-21", "end": "2026-06-22"}, "start"),
        ("readings", {"start": "2026-06-21T10:00Z", "end": "2026-06-21T10:00Z"}, "end"),
        ("readings", {"start": "1900-01-01T00:00Z", "end": "2026-06-21T10:00Z"}, "end"),
        ("readings", {"start": "2026-06-21T10:00Z", "end": "2026-06-21T11:00Z", "fields": "rawData"}, "fields"),
        ("readings", {"start": "2026-06-21T10:00Z", "end": "2026-06-21T11:00Z", "fields": "faultCodes"}, "fields"),
        ("days", {}, "from"), ("days", {"from": "2026-06-21", "to": "2026-06-20"}, "to"),
        ("days", {"from": "2020-06-21", "to": "2026-06-20"}, "to"), ("days", {"from": "x", "to": "y"}, "from"),
    ],
)
def test_a_wrong_question_is_answered_by_what_is_allowed(
    source: str, read: dict[str, str], stranger: FlaskClient, path: str, asked: dict[str, str], field: str
) -> None:
    answer = stranger.get(f"/api/v1/sources/{source}/{path}", query_string=asked, headers=read)
    assert answer.status_code == 400
    assert set(answer.get_json()["fields"]) == {field}


@pytest.mark.parametrize("body", [b"", b"hello", b"[]", b'{"colour": "blue"}'])
def test_a_wrong_body_is_refused(source: str, write: dict[str, str], stranger: FlaskClient, body: bytes) -> None:
    answer = stranger.post(
        f"/api/v1/sources/{source}/readings", data=body, content_type="application/json", headers=write
    )
    assert answer.status_code == 400


def test_a_token_that_may_read_writes_nothing(source: str, read: dict[str, str], stranger: FlaskClient) -> None:
    answer = stranger.post(f"/api/v1/sources/{source}/readings", json={"solarPower": 1}, headers=read)
    assert answer.status_code == 403
    assert 'insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert stranger.get(f"/api/v1/sources/{source}/latest", headers=read).get_json()["timestamp"] is None


def test_others_see_and_write_nothing(app: ModuleType, source: str, bob: Person, stranger: FlaskClient) -> None:
    theirs = token(bob, "write")
    assert stranger.get("/api/v1/sources", headers=theirs).get_json() == {"sources": []}
    ranges = "/readings?start=2026-06-21T10:00Z&end=2026-06-21T11:00Z", "/days?from=2026-06-21&to=2026-06-21"
    for path in ("", "/latest", *ranges):
        assert stranger.get(f"/api/v1/sources/{source}{path}", headers=theirs).status_code == 404
    answer = stranger.post(f"/api/v1/sources/{source}/readings", json={"solarPower": 1}, headers=theirs)
    assert answer.status_code == 404


@pytest.mark.parametrize("shown", ["Bearer nonsense", "Bearer ampra_nonsense", "Bearer ", "bearer\tx"])
def test_a_token_that_does_not_hold_is_refused(stranger: FlaskClient, shown: str) -> None:
    answer = stranger.get("/api/v1/sources", headers={"Authorization": shown})
    assert answer.status_code == 401


def test_a_token_opens_nothing_but_the_api(app: ModuleType, write: dict[str, str], stranger: FlaskClient) -> None:
    for path in ("/_dash-layout", "/export/account", "/_dash-dependencies"):
        assert stranger.get(path, headers=write).status_code == 401
    assert stranger.post("/_dash-update-component", json={}, headers=write).status_code == 401


def test_a_browser_cannot_be_made_to_write_by_another_site(source: str, alice: Person) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = alice.client.post(f"/api/v1/sources/{source}/readings", json={"solarPower": 1}, headers=headers)
        assert answer.status_code == 403


def test_an_admin_s_token_sees_everybody_s_sources(app: ModuleType, source: str, stranger: FlaskClient) -> None:
    admin = sign_in(app, "admin@example.org", ("Admin",))
    listed = stranger.get("/api/v1/sources", headers=token(admin)).get_json()["sources"]
    assert [each["id"] for each in listed] == [source]


def test_the_description_names_every_route_and_no_other(
    app: ModuleType, read: dict[str, str], stranger: FlaskClient
) -> None:
    described = stranger.get("/api/v1/openapi.json", headers=read).get_json()
    said = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    said = {(path, method) for path, method in said if method != "PARAMETERS"}
    there = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in app.server.url_map.iter_rules() if rule.endpoint.startswith("api.")
        for method in rule.methods or () if method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }  # fmt: skip
    assert said == there


HOUR = {"start": "2026-06-21T12:00:00+02:00", "end": "2026-06-21T13:00:00+02:00", "price": 0.1, "exportPrice": "-0.01"}


def test_dynamic_prices_go_in_change_the_past_and_come_out(
    source: str, read: dict[str, str], write: dict[str, str], alice: Person, stranger: FlaskClient
) -> None:
    path, now = f"/api/v1/sources/{source}/hourly-prices", servers.now()
    entry = {"effectiveFrom": "2026-01-01", "pricePerKwh": "0.2", "hourly": True}
    prices.keep(prices.put(alice.viewer, source, entry, now))
    starts = [START + timedelta(hours=n) for n in range(24)]
    store_hours(source, [(start, ENERGY) for start in starts])
    store_days(source, [(date(2026, 6, 21), {name: 24 * kwh for name, kwh in ENERGY.items()})], "Europe/Madrid")
    day = [{"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), "price": "0.1"}
           for start in starts]
    told = {"currency": "EUR", "pastDays": 1, "firstDay": "2026-06-21", "lastDay": "2026-06-21", "savedBefore": "0"}
    tried = stranger.post(f"{path}?dryRun=true", json={"prices": day}, headers=write).get_json()
    assert (tried["kept"], tried.items() >= told.items()) == (0, True)
    said = stranger.post(path, json={"prices": day}, headers=write).get_json()
    assert (said["kept"], said.items() >= told.items()) == (24, True)
    # A day of 24 hours, 0.5 kWh used and not bought in each, at 0.2 + 0.1.
    assert Decimal(said["savedAfterwards"]) == 24 * Decimal("0.5") * Decimal("0.3")
    stranger.post(path, json={"prices": [HOUR]}, headers=write)
    asked = {"start": "2026-06-21T10:00:00Z", "end": "2026-06-21T12:00:00Z"}
    assert stranger.get(path, query_string=asked, headers=read).get_json() == {"currency": "EUR", "prices": [
        {"start": "2026-06-21T10:00:00Z", "end": "2026-06-21T11:00:00Z", "price": "0.1", "exportPrice": "-0.01"},
        {"start": "2026-06-21T11:00:00Z", "end": "2026-06-21T12:00:00Z", "price": "0.1"},
    ]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"), (b"[]", "prices"), (b'{"prices": 1}', "prices"), (b'{"prices": []}', "prices"),
        (json.dumps({"prices": [{**HOUR, "start": "noon"}]}).encode(), "price 1"),
        (json.dumps({"prices": [{**HOUR, "end": "2026-06-21T13:00:00"}]}).encode(), "price 1"),
        (json.dumps({"prices": [{**HOUR, "price": "dear"}]}).encode(), "price 1"),
        (json.dumps({"prices": [{**HOUR, "colour": 1}]}).encode(), "price 1"),
        (json.dumps({"prices": [HOUR, HOUR]}).encode(), "price 2"),
    ],
)
def test_dynamic_prices_at_fault_are_refused_whole(
    source: str, read: dict[str, str], write: dict[str, str], stranger: FlaskClient, body: bytes, field: str
) -> None:
    path = f"/api/v1/sources/{source}/hourly-prices"
    answer = stranger.post(path, data=body, content_type="application/json", headers=write)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (400, [field])
    asked = {"start": "2026-06-21T00:00:00Z", "end": "2026-06-22T00:00:00Z"}
    assert stranger.get(path, query_string=asked, headers=read).get_json()["prices"] == []


def test_a_source_says_how_long_its_telemetry_is_kept(
    source: str, read: dict[str, str], write: dict[str, str], stranger: FlaskClient
) -> None:
    path = f"/api/v1/sources/{source}/retention"
    house = {"readingsDays": 90, "fiveMinutesDays": 730, "own": []}
    assert stranger.get(path, headers=read).get_json() == house
    set_here = stranger.put(path, json={"readingsDays": 30}, headers=write)
    assert set_here.get_json() == {**house, "readingsDays": 30, "own": ["readingsDays"]}
    for sent, field in (({"readingsDays": 6}, "readingsDays"), ({"fiveMinutesDays": "x"}, "fiveMinutesDays"),
                        ({"days": 9}, "days"), ([], "body")):  # fmt: skip
        refused = stranger.put(path, json=sent, headers=write)
        assert (refused.status_code, list(refused.get_json()["fields"])) == (400, [field])
    assert stranger.put(path, json={"readingsDays": None}, headers=write).get_json() == house


def test_one_takes_the_own_data_away(alice: Person, source: str) -> None:
    answer = alice.client.get("/export/account")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        assert f"sources/roof-{source[:8]}/source_credentials.json" in opened.namelist()

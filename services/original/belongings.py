"""Groups and sources of the original, with their credentials, weather, prices and sharing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from data import arriving
from data import credentials as stored_credentials
from data import original as source
from data.credentials import Kind
from data.original import Original, Row
from data.postgres import Transaction
from data.sources import ConnectionType
from services import sealing
from services.ingestion import credentials
from services.original.tally import Report
from services.sources import rules
from services.sources.making import address_of, kind_of, mqtt_topic, zone_of

_SECRETS: Mapping[Kind, str] = {"mqtt": "mqtt_api_key", "webhook": "webhook_secret"}
_CHECKED = ("name", "connection_type", "latitude", "longitude", "installed_capacity_watts", "currency", "system_cost",
            "maintenance_cost_per_year")
_NEEDED = ("name", "connection_type", "currency")


def take_groups(session: Transaction, original: Original, users: Mapping[str, str], report: Report) -> set[UUID]:
    """Bring the groups; returns the ids of those that are here."""
    rows = source.rows(original, "PowerGroups")
    tally = report.of("groups", len(rows))
    good = [{**row, "user_id": users[row["user_id"]], "logo_url": None} for row in rows if row["user_id"] in users]
    tally.leave("their user did not come", len(rows) - len(good))
    _note_pictures(rows, "logo_url", report)
    tally.put(len(good), len(arriving.put(session, "power_groups", arriving.same_columns(good, "power_groups"))))
    return {row["id"] for row in good}


def take_sources(
    session: Transaction, original: Original, users: Mapping[str, str], groups: set[UUID], now: datetime, report: Report
) -> dict[UUID, str | None]:
    """Bring the sources; returns those that are here, each with the MQTT key in the clear that it has there, if any."""
    rows = source.rows(original, "SunSources")
    tally = report.of("sources", len(rows))
    good: list[Row] = []
    for row in rows:
        wrong = rules.faults({name: _plain(row[name]) for name in _CHECKED if name in row}, now)
        if row["user_id"] not in users:
            tally.leave("their user did not come")
        elif bad := next((name for name in _NEEDED if name in wrong), None):
            tally.leave(f"{bad} {wrong[bad]}")
        else:
            good.append(_source(row, wrong, users, groups, report))
    _note_pictures(rows, "icon_url", report)
    wanted = [{name: value for name, value in row.items() if name not in _SECRETS.values()} for row in good]
    added = {key for (key,) in arriving.put(session, "sun_sources", arriving.same_columns(wanted, "sun_sources"))}
    tally.put(len(good), len(added))
    for row in good:
        if row["id"] in added:
            _take_secret(session, row, now, report)
    return {row["id"]: row.get("mqtt_api_key") for row in good}


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _source(
    row: Row, wrong: Mapping[str, str], users: Mapping[str, str], groups: set[UUID], report: Report
) -> Row:
    empty: Row = dict.fromkeys(wrong)
    for name in wrong:
        report.note(f"sources came without {name}, as it {wrong[name]}")
    if "latitude" in wrong or "longitude" in wrong:
        empty |= {"latitude": None, "longitude": None}
    made = {**row, **empty, "icon_url": None, "user_id": users[row["user_id"]]}
    if row.get("power_group_id") not in groups:
        made["power_group_id"] = None
    topic = row.get("mqtt_topic")
    if topic and row["connection_type"] == ConnectionType.MQTT and topic != mqtt_topic(row["id"]):
        report.note("sources published to another topic and must be set to ampra/sources/ID/data")
    address = address_of(row["id"], ConnectionType(row["connection_type"]))
    zone = zone_of(made.get("latitude"), made.get("longitude"))
    return {**made, "mqtt_topic": None, "webhook_url": None, **address, "time_zone": zone}


def _take_secret(session: Transaction, row: Row, now: datetime, report: Report) -> None:
    """Keep what the device proves itself with: it goes on with it, and nobody reads it here."""
    kind = kind_of(ConnectionType(row["connection_type"]))
    secret = row.get(_SECRETS[kind])
    if not secret:
        report.note("sources had no key or secret and need a new one")
        return
    kept = credentials.kept_of(secret) if kind == "mqtt" else sealing.seal(secret)
    stored_credentials.add(session, row["id"], kind, kept, now)


def take_weather(session: Transaction, original: Original, sources: set[UUID], report: Report) -> None:
    """Bring the daily weather; it counts as a forecast, which what is observed replaces."""
    rows = [{**row, "issued_at": row["created_at"]} for row in source.rows(original, "WeatherData")]
    _take(session, "weather", "weather_data", rows, sources, report)


def take_prices(session: Transaction, original: Original, sources: set[UUID], report: Report) -> None:
    """Bring the price history; of several prices of one instant the newest counts."""
    rows = sorted(source.rows(original, "KwhPriceHistories"), key=lambda row: row["created_at"], reverse=True)
    _take(session, "prices", "kwh_price_histories", rows, sources, report)


def take_sharing(session: Transaction, original: Original, sources: set[UUID], report: Report) -> None:
    """Bring what is shown of sources to the public."""
    rows = source.rows(original, "SunSourceSharings")
    _take(session, "sharing", "sun_source_sharings", rows, sources, report)


def _take(
    session: Transaction, kind: str, table: str, rows: Sequence[Row], sources: set[UUID], report: Report
) -> None:
    tally = report.of(kind, len(rows))
    good = [row for row in rows if row["sun_source_id"] in sources]
    tally.leave("their source did not come", len(rows) - len(good))
    tally.put(len(good), len(arriving.put(session, table, arriving.same_columns(good, table))))


def _note_pictures(rows: Sequence[Row], column: str, report: Report) -> None:
    count = sum(bool(row.get(column)) for row in rows)
    report.note(f"pictures ({column}) lie in the original's object store and must be uploaded again", count)

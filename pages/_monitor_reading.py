"""Reads for Monitor what one refresh and one chart need of a source, and hands it to the components."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from components.figures.day_traces import live_point
from components.figures.local_time import DayAxis
from components.flow import Flow
from components.freshness import LIVE_FOR, Freshness, freshness
from components.live_view import live_view, missing_view
from components.panels import Connection, not_found, silence_notice, steps_to_first_reading
from components.tiles import Today, curve_parts, tile_parts
from pages._monitor_choice import source_of
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry
from services.telemetry.queries import Latest
from solar.battery import Limit, capacity_of, time_to_limit
from solar.days import end_of_day, local_date, start_of_day
from solar.kpis import Installation, key_figures

# The battery's pace is that of so many recent minutes: shorter jumps with every cloud, longer lags behind.
RECENT = timedelta(minutes=20)
_TURN = timedelta(minutes=telemetry.BUCKET_MINUTES)


def turn_of(instant: datetime) -> str:
    """Name the 5-minute bucket of an instant: the chart is drawn anew when it changes."""
    return str(int(instant.timestamp() // _TURN.total_seconds()))


def current_fields(latest: Latest) -> dict[str, Any]:
    """Return the fields measured with, or shortly before, the newest reading; older ones are no longer now."""
    return {name: value for name, value in latest.fields.items() if latest.timestamp - latest.times[name] <= LIVE_FOR}


def today_of(viewer: Viewer, source: Any, day: date, now: datetime) -> Today:
    """Return the energies of a local day and the shares of it."""
    energies = telemetry.day_energy(viewer, str(source.id), day)
    kwh = {channel: row.kwh for channel, row in energies.items()}
    installation = Installation(source.time_zone, source.installed_capacity_watts)
    shares = key_figures({day: kwh}, installation, first=day, last=day).values
    produced = energies.get("produced")
    return Today(
        kwh,
        None if produced is None else covered_so_far(produced.coverage, day, source.time_zone, now),
        shares["selfConsumption"],
        shares["selfSufficiency"],
    )


def covered_so_far(coverage: float, day: date, time_zone: str, now: datetime) -> float:
    """Return the covered share of that part of a local day which has passed, from the share of the whole day."""
    start, end = start_of_day(day, time_zone), end_of_day(day, time_zone)
    passed = min(now, end) - start
    return min(coverage * ((end - start) / passed), 1.0) if passed > timedelta(0) else 0.0


def flow_of(source: Any, latest: Latest | None, recent: pd.DataFrame | None, now: datetime) -> Flow:
    """Return the newest powers of a source with what its recent minutes say about the battery."""
    if latest is None:
        return Flow(capacity_watts=source.installed_capacity_watts, has_battery=source.has_battery is not False)
    fields = current_fields(latest)
    return Flow(
        solar=fields.get("solarPower"),
        load=fields.get("loadPower"),
        battery=fields.get("batteryPower"),
        grid=fields.get("gridPower"),
        charge=fields.get("stateOfCharge"),
        limit=_limit(source, latest, recent),
        capacity_watts=source.installed_capacity_watts,
        has_battery=source.has_battery is not False and _mentions_battery(source, latest),
        time_zone=source.time_zone,
        measured_at=latest.timestamp,
    )


def _mentions_battery(source: Any, latest: Latest) -> bool:
    """Whether to draw a battery: the owner says so, or nobody does and a reading speaks of one."""
    return bool(source.has_battery) or bool({"batteryPower", "stateOfCharge", "batteryVoltage"} & set(latest.fields))


def capacity_kwh(source: Any, latest: Latest | None) -> float | None:
    """Return what the battery holds: as the owner says, else as its readings do; None where neither does."""
    fields: Mapping[str, Any] = {} if latest is None else latest.fields
    return capacity_of(source.battery_capacity_kwh, fields.get("batteryCapacity"), fields.get("batteryVoltage"))


def _limit(source: Any, latest: Latest, recent: pd.DataFrame | None) -> Limit | None:
    charge, capacity = latest.fields.get("stateOfCharge"), capacity_kwh(source, latest)
    if charge is None or not capacity or recent is None or recent["batteryPower"].dropna().empty:
        return None
    return time_to_limit(charge, float(recent["batteryPower"].mean()), capacity, latest.timestamp)


def refresh(viewer: Viewer, source_id: str, now: datetime, seen: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Return the page's changes, its notice and what was seen, or None where nothing is new since `seen`."""
    source = source_of(viewer, source_id)
    if source is None:
        return {"view": {**missing_view(), "turn": None}, "notice": not_found("source"), "seen": None}
    latest = telemetry.latest(viewer, source_id)
    state = freshness(latest.timestamp if latest else None, now)
    marks = {"newest": latest.timestamp.isoformat() if latest else "", "state": state, "turn": turn_of(now)}
    if seen and seen["newest"] == marks["newest"] and seen["state"] == state:
        return None
    recent = telemetry.power_frame(viewer, source_id, now - RECENT, now) if latest and state == "live" else None
    flow = flow_of(source, latest, recent, now)
    day = local_date(now, source.time_zone)
    today = today_of(viewer, source, day, now) if latest else Today()
    parts = [tile_parts(flow, today, state, capacity_kwh(source, latest))]
    if state == "live" and (not seen or seen["turn"] != marks["turn"]):
        frame = telemetry.power_frame(viewer, source_id, start_of_day(day, source.time_zone), now)
        parts.append(curve_parts(frame, source.time_zone, now))
    view = live_view(flow, state, now, parts, point=point_of(latest, source, day, state))
    notice = None if seen and seen["state"] == state else _notice(source, latest, state, now)
    return {"view": {**view, "turn": marks["turn"]}, "notice": notice, "seen": marks}


def point_of(latest: Latest | None, source: Any, day: date, state: Freshness) -> dict[str, Any] | None:
    """Return the newest reading as a point of the day's chart; None where it is not live."""
    if latest is None or state != "live":
        return None
    axis = DayAxis(day, source.time_zone)
    return {**live_point(current_fields(latest), pd.Timestamp(latest.timestamp), axis), "day": day.isoformat()}


def _notice(source: Any, latest: Latest | None, state: Freshness, now: datetime) -> Any:
    if latest is None:
        way = source.connection_type.name
        address = source.mqtt_topic if way == "MQTT" else source.webhook_url
        connection = Connection(way, address or "", source.created_at.astimezone(UTC))
        return steps_to_first_reading(source.name, connection, now, source.time_zone)
    return [] if state == "live" else silence_notice(latest.timestamp, state, now, source.time_zone)

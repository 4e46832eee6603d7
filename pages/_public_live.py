"""A shared source as it is now, as on its owner's Monitor: flow, tiles, badge and the newest point of the chart."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from components import shared_parts
from components.freshness import Freshness, freshness
from components.live_view import live_view
from components.markup import markup
from components.panels import silence_notice
from components.tiles import Today, curve_parts, tile_parts
from pages import _monitor_reading as reading
from services.access import SourceRecord
from services.people.viewer import Viewer
from services.sharing.shown import Shown, ShownSource
from services.telemetry import queries as telemetry
from services.telemetry.queries import Latest
from solar.days import local_date, start_of_day


def shown_now(guest: Viewer, now: datetime) -> datetime:
    """Return the instant that counts as now for a guest: held back by the delay of their link."""
    return guest.until or now


def live(shown: Shown, source: ShownSource, now: datetime) -> dict[str, Any]:
    """Return what one refresh of a shared source changes."""
    guest, record = shown.guest(now), source.record
    at, source_id = shown_now(guest, now), str(record.id)
    latest = telemetry.latest(guest, source_id)
    state = freshness(latest.timestamp if latest else None, at)
    recent = telemetry.power_frame(guest, source_id, at - reading.RECENT, at) if latest and state == "live" else None
    flow = reading.flow_of(record, latest, recent, at)
    day = local_date(at, record.time_zone)
    today = reading.today_of(guest, record, day, at) if latest else Today()
    parts = [tile_parts(flow, today, state, reading.capacity_kwh(record, latest))]
    if state == "live":
        frame = telemetry.power_frame(guest, source_id, start_of_day(day, record.time_zone), at)
        parts.append(curve_parts(frame, record.time_zone, at))
    view = live_view(flow, state, now, parts, point=reading.point_of(latest, record, day, state))
    if shown.delay and latest is not None:
        view["texts"]["badge-word"] = "Delayed ·"
    return {**view, "turn": reading.turn_of(at), "slots": {"notice": markup(_notice(record, latest, state, at))}}


def _notice(record: SourceRecord, latest: Latest | None, state: Freshness, at: datetime) -> Any:
    """Say why nothing moves; how to connect a device is its owner's business."""
    if latest is None:
        return shared_parts.note("No readings yet", "This page fills itself as soon as the first one arrives.", "clock")
    if state == "live":
        return None
    return silence_notice(latest.timestamp, state, at, record.time_zone)


def group(shown: Shown, now: datetime) -> dict[str, Any]:
    """Return what one refresh of a shared group changes: its sums, and a line for each source."""
    guest = shown.guest(now)
    lines = [_line(guest, each, now) for each in shown.sources if "monitor" in each.views]
    solar, load, today = (_sum(values) for values in zip(*(line[1:] for line in lines), strict=True)) if lines else (
        None, None, None,
    )  # fmt: skip
    others = [
        shared_parts.SourceLine(each.record.name, each.key, "empty", None, None)
        for each in shown.sources if "monitor" not in each.views
    ]  # fmt: skip
    sums = shared_parts.sums(solar, load, today, len(shown.sources)) if lines else None
    cards = shared_parts.source_cards([*(line[0] for line in lines), *others])
    return {"slots": {"sums": markup(sums), "sources": markup(cards)}}


def _line(
    guest: Viewer, source: ShownSource, now: datetime
) -> tuple[shared_parts.SourceLine, float | None, float | None, float | None]:
    at, record = shown_now(guest, now), source.record
    latest = telemetry.latest(guest, str(record.id))
    state = freshness(latest.timestamp if latest else None, at)
    fields = reading.current_fields(latest) if latest and state == "live" else {}
    energies = telemetry.day_energy(guest, str(record.id), local_date(at, record.time_zone)) if latest else {}
    produced = energies["produced"].kwh if "produced" in energies else None
    line = shared_parts.SourceLine(record.name, source.key, state, fields.get("solarPower"), produced)
    return line, fields.get("solarPower"), fields.get("loadPower"), produced


def _sum(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None and not math.isnan(each)]
    return sum(known) if known else None


def facts(shown: Shown, now: datetime) -> dict[str, Any] | None:
    """Return the newest powers in W and today's energies in kWh as plain values, None where they are not shared.

    Of a group they are the sums of its sources; what no source reports is absent.
    """
    guest, some = shown.guest(now), [each for each in shown.sources if "monitor" in each.views]
    if not some:
        return None
    at, powers, energies = shown_now(guest, now), [], []
    newest = None
    for each in some:
        latest = telemetry.latest(guest, str(each.record.id))
        if latest is None:
            continue
        newest = latest.timestamp if newest is None else max(newest, latest.timestamp)
        if freshness(latest.timestamp, at) == "live":
            powers.append(reading.current_fields(latest))
        day = telemetry.day_energy(guest, str(each.record.id), local_date(at, each.record.time_zone))
        energies.append({channel: row.kwh for channel, row in day.items()})
    fields = ("solarPower", "loadPower", "batteryPower", "gridPower")
    if len(some) == 1:
        fields = (*fields, "stateOfCharge")
    return {
        "title": shown.title,
        "measured_at": None if newest is None else newest.isoformat(),
        "now": {name: round(value, 1) for name in fields
                if (value := _sum(each.get(name) for each in powers)) is not None},
        "today_kwh": {name: round(value, 3) for name in ("produced", "consumed", "imported", "exported")
                      if (value := _sum(each.get(name) for each in energies)) is not None},
    }  # fmt: skip

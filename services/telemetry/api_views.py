"""What the REST API answers, as plain values: sources, newest readings, readings of a range, and energies of days."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from services import access
from services.errors import Invalid
from services.ingestion import entering as ingest
from services.people.viewer import Viewer
from services.sources import cards as source_cards
from services.sources.cards import SourceCard
from services.telemetry import queries as telemetry
from solar import normalise
from solar.vocabulary import CHANNELS, FIELDS, NUMERIC_FIELDS

MOST_DAYS = 400
LONGEST_RANGE = timedelta(days=366 * 5)
LARGEST_BODY_BYTES = 1024 * 1024


def sources(viewer: Viewer) -> list[dict[str, Any]]:
    """Return the sources that the viewer may see, by name."""
    return [_source(each) for each in source_cards.visible_sources(viewer)]


def source(viewer: Viewer, source_id: str) -> dict[str, Any]:
    """Return one source; raises NotFound."""
    wanted = access.source_for(viewer, source_id).id
    return next(_source(each) for each in source_cards.visible_sources(viewer) if each.id == wanted)


def latest(viewer: Viewer, source_id: str) -> dict[str, Any]:
    """Return the newest value of each field with its time; both are empty before the first reading."""
    found = telemetry.latest(viewer, source_id)
    if found is None:
        return {"timestamp": None, "fields": {}, "measuredAt": {}}
    times = {name: _time(at) for name, at in found.times.items()}
    return {"timestamp": _time(found.timestamp), "fields": dict(found.fields), "measuredAt": times}


def readings(viewer: Viewer, source_id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return fields over `[start, end)` in at most 2,000 means; `stepSeconds` says over how long. Raises Invalid."""
    start, end = _range(asked)
    fields = _fields(asked.get("fields", ""))
    found = telemetry.series(viewer, source_id, start, end, fields)
    rows = [_row(at, values) for at, values in found.frame[list(fields)].to_dict("index").items()]
    step = found.width.total_seconds() if found.width is not None else None
    return {"start": _time(start), "end": _time(end), "stepSeconds": step, "readings": rows}


def days(viewer: Viewer, source_id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the energies (kWh) of local days from `from` to `to`, both included; what is not known is absent."""
    first, last = _day(asked, "from"), _day(asked, "to")
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise Invalid({"to": f"must be the day in from or later, {MOST_DAYS} days at most"})
    zone = access.source_for(viewer, source_id).time_zone
    found = telemetry.energies(viewer, source_id, first, last)
    rows = []
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        rows.append({"date": day.isoformat(), **_energies(found, day)})
    return {"timeZone": zone, "days": rows}


def take_reading(
    viewer: Viewer, source_id: str, body: bytes, content_type: str | None, now: datetime
) -> dict[str, Any]:
    """Take in a reading, or a list of them, as a webhook would; raises NotFound, Invalid and StorageUnavailable."""
    record = access.source_for(viewer, source_id, manage=True)
    if len(body) > LARGEST_BODY_BYTES:
        raise Invalid({"body": "must have at most 1 MiB"})
    message = normalise.Message("api", "", body, now, content_type)
    (receipt,) = ingest.accept([ingest.Delivery(str(record.id), message)], now)
    if receipt.refused:
        raise Invalid({"source": f"takes nothing in: {receipt.refused}"})
    if receipt.dead and not receipt.stored:
        raise Invalid({"body": f"was not understood: {', '.join(receipt.dead)}"})
    return {
        "stored": receipt.stored, "merged": receipt.merged, "duplicate": receipt.duplicate,
        "rejected": dict(receipt.rejected), "notUnderstood": list(receipt.dead),
    }


def _row(at: Any, values: Mapping[Any, Any]) -> dict[str, Any]:
    return {"timestamp": _time(at), **{name: value for name, value in values.items() if value == value}}


def _source(card: SourceCard) -> dict[str, Any]:
    return {
        "id": str(card.id), "name": card.name, "group": card.group, "timeZone": card.time_zone,
        "installedCapacityWatts": card.installed_capacity_watts, "hasBattery": card.has_battery,
    }


def _energies(found: telemetry.Energies, day: date) -> dict[str, Any]:
    return {"kwh": _known(found.kwh, day), "measuredShare": _known(found.coverage, day)}


def _known(frame: pd.DataFrame, day: date) -> dict[str, float]:
    if day not in frame.index:
        return {}
    values = {channel: float(str(frame.at[day, channel])) for channel in CHANNELS if channel in frame}
    return {channel: value for channel, value in values.items() if value == value}


def _range(asked: Mapping[str, str]) -> tuple[datetime, datetime]:
    start, end = _instant(asked, "start"), _instant(asked, "end")
    if not timedelta(0) < end - start <= LONGEST_RANGE:
        raise Invalid({"end": f"must be after start, by {LONGEST_RANGE.days} days at most"})
    return start, end


def _instant(asked: Mapping[str, str], name: str) -> datetime:
    allowed = "must be a time with its offset, such as 2026-06-21T10:00:00Z"
    try:
        found = datetime.fromisoformat(asked.get(name, ""))
    except ValueError:
        raise Invalid({name: allowed}) from None
    if found.tzinfo is None:
        raise Invalid({name: allowed})
    return found.astimezone(UTC)


def _day(asked: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        raise Invalid({name: "must be a day such as 2026-06-21"}) from None


def _fields(text: str) -> Sequence[str]:
    asked = [each.strip() for each in text.split(",") if each.strip()] or ["solarPower", "loadPower"]
    unknown = [each for each in asked if each not in NUMERIC_FIELDS]
    if unknown:
        kind = "is no number" if unknown[0] in FIELDS else "is not in the vocabulary"
        raise Invalid({"fields": f"{unknown[0][:60]} {kind}"})
    return list(dict.fromkeys(asked))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

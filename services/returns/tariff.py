"""The tariff of a source as its prices are stored, and its prices as rows to store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from data import postgres, prices, returns_settings
from data.prices import HourRecord, PriceRecord
from data.returns_settings import ReturnsRecord
from data.sources import SourceRecord
from services.returns import holiday_calendar
from solar.tariffs import HourlyPrice, PriceEntry, Tariff, effective_instant, window_from_json, window_to_json

# Holidays are known so many years ahead of the last day that is counted.
_YEARS_AHEAD = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """The prices of a source as they are stored; `entries` by their id, oldest first."""

    entries: Mapping[UUID, PriceEntry]
    hours: tuple[HourlyPrice, ...]
    settings: ReturnsRecord


def load(source_id: UUID) -> Stored:
    """Return all prices of a source; dynamic ones only where an entry of the history uses them."""
    with postgres.session() as session:
        entries = {record.id: _entry(record) for record in prices.history(session, source_id)}
        uses_hours = any(entry.hourly for entry in entries.values())
        found = prices.hours(session, source_id) if uses_hours else []
        return Stored(entries, tuple(map(_hour, found)), returns_settings.get(session, source_id))


def hours(source_id: UUID) -> tuple[HourlyPrice, ...]:
    """Return the dynamic prices of a source in time order."""
    with postgres.session() as session:
        return tuple(map(_hour, prices.hours(session, source_id)))


def tariff_of(stored: Stored, time_zone: str, year: int) -> Tariff:
    """Return the tariff of a source in its zone, with the holidays up to the year after `year`."""
    return tariff(
        tuple(stored.entries.values()), stored.hours, time_zone,
        (stored.settings.holiday_country, stored.settings.holiday_region), year,
    )


def tariff(
    entries: tuple[PriceEntry, ...],
    hourly: tuple[HourlyPrice, ...],
    time_zone: str,
    holidays: tuple[str | None, str | None],
    year: int,
) -> Tariff:
    """Put a tariff together; holidays (country, region) matter only where an entry has windows."""
    has_windows = any(entry.windows for entry in entries)
    days = holiday_calendar.dates_of(*holidays, year + _YEARS_AHEAD) if has_windows else frozenset()
    return Tariff(entries, time_zone, hourly, days)


def row_of(entry: PriceEntry, source: SourceRecord) -> dict[str, Any]:
    """Return an entry as the columns of its row; a plain date starts at midnight in the source's zone."""
    return {
        "effective_from": effective_instant(entry, source.time_zone),
        "price_per_kwh": entry.price_per_kwh,
        "export_price_per_kwh": entry.export_price_per_kwh,
        "windows": [window_to_json(window) for window in entry.windows],
        "hourly": entry.hourly,
        "standing_charge": entry.standing_charge,
        "standing_period": entry.standing_period,
    }


def hour_row(hour: HourlyPrice) -> HourRecord:
    """Return a dynamic price as its row."""
    return HourRecord(hour.starts_at, hour.ends_at, hour.price_per_kwh, hour.export_price_per_kwh)


def _entry(record: PriceRecord) -> PriceEntry:
    return PriceEntry(
        record.effective_from.astimezone(UTC),
        record.price_per_kwh,
        record.export_price_per_kwh,
        tuple(window_from_json(each) for each in record.windows),
        record.hourly,
        record.standing_charge,
        record.standing_period,  # type: ignore[arg-type] # the table allows only those three words
    )


def _hour(record: HourRecord) -> HourlyPrice:
    return HourlyPrice(
        record.starts_at.astimezone(UTC), record.ends_at.astimezone(UTC),
        record.price_per_kwh, record.export_price_per_kwh,
    )

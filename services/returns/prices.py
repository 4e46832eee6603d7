"""Prices of a source: listed, and changed by proposals that first show what they do to days of the past.

Whoever may change the source may change its prices. A proposal raises Invalid with a sentence for each field (or line)
at fault; `keep` stores what a proposal showed, or refuses where the prices changed since.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from data import postgres, prices, returns_settings
from data.sources import SourceRecord
from services import access
from services.errors import Invalid, NotFound
from services.people.viewer import Viewer
from services.returns import holiday_calendar
from services.returns import tariff as source_tariff
from services.returns.basis import last_day
from services.returns.price_proposals import Proposal, settled, with_past
from solar.tariffs import (
    HourlyPrice,
    LineError,
    PriceEntry,
    Tariff,
    effective_date,
    entry_clashes,
    hourly_clashes,
    parse_entries,
    parse_hourly,
    read_entry,
    read_hour,
)

MOST_PRICES = 2_000
MOST_HOURS = 200_000
_MOST_SENTENCES = 20


@dataclass(frozen=True, slots=True)
class Price:
    """A price of the history with the local dates it holds on; `last_date` None: until further notice.

    `first_date` None: a later price of the same local date stands before it, so that it holds on no day.
    """

    id: str
    entry: PriceEntry
    starts_on: date
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True, slots=True)
class PriceList:
    """All prices of a source, newest first, and how many dynamic ones there are over which time."""

    prices: tuple[Price, ...]
    hours: int
    hours_from: datetime | None
    hours_until: datetime | None
    holiday_country: str | None
    holiday_region: str | None


def price_list(viewer: Viewer, source_id: str) -> PriceList:
    """Return the prices of a source that the viewer may see."""
    source = access.source_for(viewer, source_id)
    stored = source_tariff.load(source.id)
    with postgres.session() as session:
        span = prices.hours_span(session, source.id)
    tariff = Tariff(tuple(stored.entries.values()), source.time_zone)
    held = {id(entry): (first, until) for first, until, entry in tariff.history()}
    rows = tuple(_price(key, entry, held.get(id(entry)), source) for key, entry in stored.entries.items())
    return PriceList(rows[::-1], *span, stored.settings.holiday_country, stored.settings.holiday_region)


def _price(key: UUID, entry: PriceEntry, held: tuple[date, date | None] | None, source: SourceRecord) -> Price:
    first, until = held or (None, None)
    last = until - timedelta(days=1) if until else None
    return Price(str(key), entry, effective_date(entry, source.time_zone), first, last)


def put(
    viewer: Viewer, source_id: str, values: Mapping[str, Any], now: datetime, *, price_id: str | None = None
) -> Proposal:
    """Propose a new price, or a change of one: the fields of `solar.tariffs.read_entry`, and with holidayCountry or
    holidayRegion the calendar of the source."""
    source = access.source_for(viewer, source_id, manage=True)
    entry, errors = read_entry(values)
    holidays = _holidays(values)
    errors |= holiday_calendar.check(*holidays) if holidays else {}
    existing = dict(source_tariff.load(source.id).entries)
    key = _known(price_id, existing) if price_id else None
    others = [each for other, each in existing.items() if other != key]
    if entry is not None:
        entry = settled([entry], source.time_zone)[0]
        errors |= {clash.field: clash.message for clash in entry_clashes([entry], source.time_zone, others)}
    if entry is None or errors:
        raise Invalid(_without_names(errors))
    change = ((key, entry),) if key else ()
    added = () if key else (entry,)
    _check_count(len(others) + 1)
    return _proposed(Proposal(source, 0, add=added, change=change, holidays=holidays), now)


def drop(viewer: Viewer, source_id: str, price_id: str, now: datetime) -> Proposal:
    """Propose to delete a price; raises NotFound where the source has none of that id."""
    source = access.source_for(viewer, source_id, manage=True)
    key = _known(price_id, source_tariff.load(source.id).entries)
    return _proposed(Proposal(source, 0, remove=(key,)), now)


def take_history(viewer: Viewer, source_id: str, text: str, now: datetime) -> Proposal:
    """Propose to add the prices of a CSV (see `solar.tariffs.parse_entries`); nothing where any line is at fault."""
    source = access.source_for(viewer, source_id, manage=True)
    existing = tuple(source_tariff.load(source.id).entries.values())
    read = parse_entries(text, source.time_zone, existing)
    _refuse_lines(read.errors)
    _check_count(len(existing) + len(read.prices))
    return _proposed(Proposal(source, 0, add=settled(read.prices, source.time_zone)), now)


def take_hours(viewer: Viewer, source_id: str, text: str, now: datetime) -> Proposal:
    """Propose dynamic prices of a CSV (see `solar.tariffs.parse_hourly`); they replace what they overlap."""
    source = access.source_for(viewer, source_id, manage=True)
    read = parse_hourly(text, source.time_zone)
    _refuse_lines(read.errors)
    return _proposed(Proposal(source, 0, hours=read.prices), now)


def take_hour_values(viewer: Viewer, source_id: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> Proposal:
    """Propose dynamic prices given as values: start and end (ISO 8601 with a zone), price, exportPrice."""
    source = access.source_for(viewer, source_id, manage=True)
    hours: list[HourlyPrice] = []
    errors: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        if number > MOST_HOURS:
            errors["prices"] = f"must be at most {MOST_HOURS:,} prices at once"
            break
        try:
            hours.append(
                read_hour(_instant(row, "start"), _instant(row, "end"), row.get("price"), row.get("exportPrice"))
            )
        except ValueError as error:
            errors[f"price {number}"] = str(error)
    errors |= {f"price {clash.position + 1}": clash.message for clash in hourly_clashes(hours)} if not errors else {}
    if not hours and not errors:
        errors["prices"] = "must hold at least one price"
    if errors:
        raise Invalid(_some(errors))
    return _proposed(Proposal(source, 0, hours=tuple(hours)), now)


def attempt(make: Callable[[], Proposal]) -> tuple[Proposal | None, dict[str, str]]:
    """Make a proposal; returns it, or None and a sentence for each field at fault, for forms that show them."""
    try:
        return make(), {}
    except Invalid as error:
        return None, error.errors


def keep(proposal: Proposal) -> None:
    """Store what a proposal showed; raises Invalid where the prices of the source changed since it was made."""
    source = proposal.source
    with postgres.session() as session:
        prices.lock(session, source.id)
        if returns_settings.get(session, source.id).prices_version != proposal.version:
            raise Invalid({"prices": "were changed meanwhile; please look again at what this change does"})
        for key in proposal.remove:
            prices.remove(session, source.id, key)
        for key, entry in proposal.change:
            prices.change(session, source.id, key, source_tariff.row_of(entry, source))
        prices.add(session, source.id, [source_tariff.row_of(entry, source) for entry in proposal.add])
        prices.replace_hours(session, source.id, [source_tariff.hour_row(hour) for hour in proposal.hours])
        if proposal.holidays is not None:
            country, region = proposal.holidays
            returns_settings.save(session, source.id, {"holiday_country": country, "holiday_region": region})
        returns_settings.raise_prices_version(session, source.id)


def _proposed(proposal: Proposal, now: datetime) -> Proposal:
    return with_past(proposal, last_day(now, proposal.source.time_zone))


def _holidays(values: Mapping[str, Any]) -> tuple[str | None, str | None] | None:
    if not {"holidayCountry", "holidayRegion"} & values.keys():
        return None
    return values.get("holidayCountry") or None, values.get("holidayRegion") or None


def _known(price_id: str, entries: Mapping[UUID, PriceEntry]) -> UUID:
    found = next((key for key in entries if str(key) == str(price_id).lower()), None)
    if found is None:
        raise NotFound("there is no such price")
    return found


def _instant(row: Mapping[str, Any], name: str) -> datetime:
    value = row.get(name)
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError(f"{name} must be an ISO 8601 time with its zone, such as 2026-01-31T13:00:00Z.")
    return instant


def _check_count(count: int) -> None:
    if count > MOST_PRICES:
        raise Invalid({"prices": f"must be at most {MOST_PRICES:,} for a source"})


def _refuse_lines(errors: Iterable[LineError]) -> None:
    found = {f"line {each.line}": f"{each.field}: {each.message}" if each.field else each.message for each in errors}
    if found:
        raise Invalid(_some(found))


def _some(errors: dict[str, str]) -> dict[str, str]:
    """Keep the first sentences of many, and say how many more there are."""
    if len(errors) <= _MOST_SENTENCES:
        return errors
    first = dict(list(errors.items())[:_MOST_SENTENCES])
    return {**first, "more": f"{len(errors) - _MOST_SENTENCES} more like these"}


def _without_names(errors: Mapping[str, str]) -> dict[str, str]:
    """Drop the field's name from the head of its sentence: errors are shown at the field."""
    return {name: text.removeprefix(f"{name}: ").removeprefix(f"{name} ") for name, text in errors.items()}

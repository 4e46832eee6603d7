"""Checks on prices before they are kept: readable fields, and no two prices for the same instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any, cast

from solar.money import decimal_of, plain
from solar.tariffs.prices import (
    NOTHING,
    STANDING_PERIODS,
    HourlyPrice,
    PriceEntry,
    StandingPeriod,
    effective_date,
    effective_instant,
)
from solar.tariffs.windows import Window, overlap, window_from_json, window_to_json

FIRST_DATE = date(1900, 1, 1)
HIGHEST_PRICE = Decimal(1_000_000)
MOST_DECIMALS = 10


@dataclass(frozen=True, slots=True)
class Clash:
    """Two prices (positions in what was given, `other` may be None for one that exists) that share an instant."""

    position: int
    other: int | None
    field: str
    message: str


def read_price(value: object, name: str) -> Decimal:
    """Read a price per kWh, negative ones too; raises ValueError with a sentence naming the field."""
    price = decimal_of(value, name)
    if abs(price) > HIGHEST_PRICE:
        raise ValueError(f"{name} must lie between -{HIGHEST_PRICE} and {HIGHEST_PRICE}.")
    if -cast("int", price.as_tuple().exponent) > MOST_DECIMALS:
        raise ValueError(f"{name} must have at most {MOST_DECIMALS} decimals.")
    return price


def read_start(value: object, name: str) -> date | datetime:
    """Read a local date or an ISO 8601 timestamp (without zone: local time); raises ValueError naming the field."""
    if isinstance(value, date):
        start: date | datetime = value
    else:
        text = str(value or "").strip()
        try:
            start = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{name} must be a date like 2026-01-31 or a timestamp, not {value!r}.") from None
    if not FIRST_DATE.year <= start.year <= 9998:
        raise ValueError(f"{name} must lie between {FIRST_DATE.year} and 9998.")
    return start


def read_entry(values: Mapping[str, Any]) -> tuple[PriceEntry | None, dict[str, str]]:
    """Read an entry of the price editor or an import; returns it, or None and a sentence for each field at fault.

    Fields: effectiveFrom, pricePerKwh, optional exportPricePerKwh, hourly, standingCharge, standingPeriod and windows
    (a list as `window_to_json` writes).
    """
    errors: dict[str, str] = {}

    def read(name: str, reader: Any, default: Any = None) -> Any:
        value = values.get(name)
        if value in (None, "") and name not in ("effectiveFrom", "pricePerKwh"):
            return default
        try:
            return reader(value, name)
        except ValueError as error:
            errors[name] = str(error)
            return default

    entry = PriceEntry(
        effective_from=read("effectiveFrom", read_start, FIRST_DATE),
        price_per_kwh=read("pricePerKwh", read_price, NOTHING),
        export_price_per_kwh=read("exportPricePerKwh", read_price),
        windows=read("windows", _windows, ()),
        hourly=bool(values.get("hourly")),
        standing_charge=read("standingCharge", _charge, NOTHING),
        standing_period=read("standingPeriod", _period, "month"),
    )
    return (None if errors else entry), errors


def entry_to_json(entry: PriceEntry) -> dict[str, Any]:
    """Write an entry in the words that `read_entry` reads; decimals as text."""
    export = entry.export_price_per_kwh
    return {
        "effectiveFrom": entry.effective_from.isoformat(),
        "pricePerKwh": plain(entry.price_per_kwh),
        "exportPricePerKwh": None if export is None else plain(export),
        "hourly": entry.hourly,
        "windows": [window_to_json(window) for window in entry.windows],
        "standingCharge": plain(entry.standing_charge),
        "standingPeriod": entry.standing_period,
    }


def entry_clashes(entries: Sequence[PriceEntry], time_zone: str, existing: Sequence[PriceEntry] = ()) -> list[Clash]:
    """Find entries that start at the instant of an earlier or an existing one."""
    known: dict[datetime, int | None] = {effective_instant(entry, time_zone): None for entry in existing}
    clashes = []
    for position, entry in enumerate(entries):
        instant = effective_instant(entry, time_zone)
        if instant in known:
            day = effective_date(entry, time_zone)
            message = f"effectiveFrom: there is already a price that starts at this instant of {day}."
            clashes.append(Clash(position, known[instant], "effectiveFrom", message))
        else:
            known[instant] = position
    return clashes


def hourly_clashes(hours: Sequence[HourlyPrice]) -> list[Clash]:
    """Find intervals that overlap one that starts earlier (or equally, but is given earlier)."""
    order = sorted(range(len(hours)), key=lambda position: hours[position].starts_at)
    clashes = []
    longest: int | None = None
    for position in order:
        if longest is not None and hours[position].starts_at < hours[longest].ends_at:
            start = hours[position].starts_at.isoformat()
            clashes.append(Clash(position, longest, "start", f"start: there is already a price at {start}."))
        if longest is None or hours[position].ends_at > hours[longest].ends_at:
            longest = position
    return clashes


def window_clash(windows: Sequence[Window]) -> str | None:
    """Return a sentence naming two windows that share a minute, or None."""
    for one, other in combinations(windows, 2):
        if overlap(one, other):
            return f"windows: {one.name} and {other.name} overlap; every minute may have one price only."
    return None


def read_hour(start: datetime, end: datetime, price: object, export: object) -> HourlyPrice:
    """Build an hourly price from aware instants; raises ValueError naming start, end, price or exportPrice."""
    if not timedelta(0) < end - start <= timedelta(days=1):
        raise ValueError("end must be after start, by a day at most.")
    return HourlyPrice(
        start, end, read_price(price, "price"), None if export in (None, "") else read_price(export, "exportPrice")
    )


def _windows(value: object, name: str) -> tuple[Window, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} must be a list of windows.")
    windows = []
    for number, each in enumerate(value, start=1):
        if not isinstance(each, Mapping):
            raise ValueError(f"{name}: window {number} must be an object.")
        try:
            windows.append(window_from_json(each))
        except ValueError as error:
            raise ValueError(f"{name}: window {number}: {error}") from None
    clash = window_clash(windows)
    if clash:
        raise ValueError(clash)
    return tuple(windows)


def _charge(value: object, name: str) -> Decimal:
    charge = read_price(value, name)
    if charge < 0:
        raise ValueError(f"{name} must not be negative.")
    return charge


def _period(value: object, name: str) -> StandingPeriod:
    if value not in STANDING_PERIODS:
        raise ValueError(f"{name} must be one of {', '.join(STANDING_PERIODS)}.")
    return value

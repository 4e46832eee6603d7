"""What a kilowatt-hour costs and from when: entries of a price history, and prices of single hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from solar.days import local_date, start_of_day, zone_of
from solar.tariffs.windows import Window

StandingPeriod = Literal["day", "month", "year"]
STANDING_PERIODS: tuple[StandingPeriod, ...] = ("day", "month", "year")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """The contract from one local date on, until a newer entry takes over.

    effective_from: a local date, or a timestamp (without zone it is local time of the source). The entry holds for the
    whole local day of its timestamp (formulas, section 3).
    price_per_kwh: of imported energy, also where no window applies. With `hourly` it is the fixed part that is added
    to the price of each hour. export_price_per_kwh: None is unpaid feed-in; with `hourly` it is added likewise.
    windows: other prices by time of use (see Window). standing_charge: due per `standing_period` with and without the
    plant; it enters bills, never savings.
    """

    effective_from: date | datetime
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal | None = None
    windows: tuple[Window, ...] = ()
    hourly: bool = False
    standing_charge: Decimal = NOTHING
    standing_period: StandingPeriod = "month"

    @property
    def varies_within_day(self) -> bool:
        """Whether a day's energy is not enough to price the day."""
        return self.hourly or bool(self.windows)


@dataclass(frozen=True, slots=True)
class HourlyPrice:
    """The dynamic price of one interval [starts_at, ends_at) in UTC, usually an hour; export None is unpaid."""

    starts_at: datetime
    ends_at: datetime
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal | None = None


def effective_instant(entry: PriceEntry, time_zone: str) -> datetime:
    """Return the UTC instant an entry starts at; a plain date starts at local midnight."""
    start = entry.effective_from
    if not isinstance(start, datetime):
        return start_of_day(start, time_zone)
    return (start if start.tzinfo else start.replace(tzinfo=zone_of(time_zone))).astimezone(UTC)


def effective_date(entry: PriceEntry, time_zone: str) -> date:
    """Return the local date from which an entry holds."""
    start = entry.effective_from
    if not isinstance(start, datetime):
        return start
    return local_date(start, time_zone) if start.tzinfo else start.date()

"""Who is measured beside the kept data sets: an account with a reporting source and ten years of days, for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from benchmarks.energy import ZONE
from benchmarks.queries import datasets
from data import people, postgres, sources, users
from services import housekeeping
from services.ingestion import entering
from services.people import accounts
from services.people.viewer import Viewer
from services.returns import prices
from services.sources import making
from solar import normalise
from solar.days import local_date, start_of_day
from tests.storage.returns_data import seasonal, store_days

EMAIL = "guest@example.org"
YEARS, DAYS_OF_READINGS, SECONDS = 10, 2, 10


@dataclass(frozen=True)
class Guest:
    """The account, its source that reports, and its source with ten years of days."""

    email: str
    live: str
    years: str

    def report(self, watts: float) -> None:
        """Let the device of the live source send a reading."""
        now = datetime.now(UTC)
        body = (
            f'{{"timestamp":"{now.isoformat()}","solarPower":{watts},"loadPower":400,"batteryPower":300,'
            f'"gridPower":{700 - watts},"stateOfCharge":66}}'
        )
        message = normalise.Message("mqtt", "data", body.encode(), now)
        entering.accept([entering.Delivery(self.live, message)], now)


@contextmanager
def guests() -> Iterator[Guest]:
    """Make the guest, and take away all of it afterwards; also what an interrupted run left."""
    _remove()
    owner = accounts.create_user(EMAIL, datasets.PASSWORD, "Guest", "", is_email_verified=True)
    try:
        yield Guest(EMAIL, _reporting(owner.id), _years(owner.id))
    finally:
        _remove()


def _remove() -> None:
    with postgres.session() as session:
        found = users.by_normalized_email(session, EMAIL.upper())
        owned = sources.list_owned(session, found.id) if found else []
    for source in owned:
        housekeeping.purge(str(source.id))
        with postgres.session() as session:
            sources.remove(session, source.id)
    if found:
        with postgres.session() as session:
            people.remove(session, found.id)


def _source(owner_id: str, name: str, **values: object) -> str:
    given = {"name": name, "connection_type": 0, "time_zone": ZONE, "installed_capacity_watts": 10_000.0, **values}
    return str(making.create_source(owner_id, given, datetime.now(UTC)).record.id)


def _reporting(owner_id: str) -> str:
    """A source with two days of readings until now, the newest of them not rolled up yet, as always."""
    source_id, now = _source(owner_id, "Reporting", has_battery=True, battery_capacity_kwh=10.0), datetime.now(UTC)
    frame = datasets.table(DAYS_OF_READINGS + 2, SECONDS)
    shift = local_date(now, ZONE) - timedelta(days=DAYS_OF_READINGS) - frame.index[0].date()
    frame.index = frame.index + shift
    datasets.write(source_id, frame[frame.index < now], now)
    return source_id


def _years(owner_id: str) -> str:
    first = local_date(datetime.now(UTC), ZONE) - timedelta(days=round(365.25 * YEARS))
    money = {"system_cost": Decimal(9000), "maintenance_cost_per_year": Decimal(60), "currency": "EUR"}
    source_id = _source(owner_id, "Ten years", installation_date=start_of_day(first, ZONE), **money)
    store_days(source_id, seasonal(first, round(365.25 * YEARS)), ZONE)
    viewer = Viewer(owner_id, "Guest", EMAIL)
    prices.keep(prices.take_history(viewer, source_id, _price_list(first.year), datetime.now(UTC)))
    return source_id


def _price_list(first_year: int) -> str:
    lines = [f"{first_year + number}-01-01,0.{26 + number},0.08" for number in range(YEARS)]
    return "\n".join(["from,price,export", *lines, ""])


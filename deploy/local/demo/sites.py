"""What the demo consists of: its owner, its group and its two installations, and how they come into the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from data.settings import Settings
from services import access
from services.errors import Invalid
from services.ingestion import credentials
from services.people import accounts
from services.people.viewer import Viewer
from services.returns import prices
from services.returns import terms as returns_terms
from services.sources import groups
from services.sources import making as sources
from solar.days import local_date
from solar.simulation import SiteSpec

EMAIL = "demo@ampra.local"
TIME_ZONE = "Europe/Berlin"
_PLACE = {"latitude": 49.79, "longitude": 9.95, "time_zone": TIME_ZONE}
_MQTT, _WEBHOOK = 0, 1
# Sees everybody's sources, to tell an empty database from one in use; never signs in.
_STARTER = Viewer("", "", "", frozenset({"Overseer"}))


@dataclass(frozen=True, slots=True)
class Site:
    """One demo installation: what is simulated, and what its owner entered about it."""

    key: str
    transport: str
    spec: SiteSpec
    entered: Mapping[str, Any]
    # What a kilowatt-hour costs and earns, by how many days after the start; and what was paid once.
    prices: tuple[tuple[int, str, str], ...]
    grant: str


SITES = (
    Site(
        "hybrid", "mqtt",
        SiteSpec(49.79, 9.95, TIME_ZONE, 38, 175, 8.2, 8.0, 10.0, 5.0, 4600, 11),
        {
            "name": "Family house", "description": "8.2 kWp on the south roof, 10 kWh battery, by MQTT",
            "connection_type": _MQTT, "has_battery": True, "battery_capacity_kwh": 10.0,
            "system_cost": Decimal(17900), "maintenance_cost_per_year": Decimal(140),
        },
        ((0, "0.3420", "0.0803"), (200, "0.3275", "0.0803")), "-1500",
    ),
    Site(
        "plain", "webhook",
        SiteSpec(49.79, 9.95, TIME_ZONE, 20, 235, 5.4, 4.6, None, None, 2900, 12, counter_step_kwh=0.01),
        {
            "name": "Workshop", "description": "5.4 kWp on the west roof, no battery, by webhook",
            "connection_type": _WEBHOOK, "has_battery": False,
            "system_cost": Decimal(7900), "maintenance_cost_per_year": Decimal(90),
        },
        ((0, "0.3420", "0.0803"), (200, "0.3275", "0.0803")), "-400",
    ),
)


def is_empty() -> bool:
    """Return whether the database has no source of anybody."""
    return not access.visible_sources(_STARTER)


def existing(source_ids: set[str]) -> set[str]:
    """Return those of the ids that are sources still."""
    return source_ids & {str(each.id) for each in access.visible_sources(_STARTER)}


def make_owner(settings: Settings) -> str | None:
    """Return the id of the demo owner, made where there is none; None where the address is somebody else's."""
    try:
        return accounts.create_user(EMAIL, settings.demo_password, "Demo", "Owner", is_email_verified=True).id
    except Invalid as error:
        if "password" in error.errors:
            raise
        return None


def known_owner(settings: Settings, now: datetime) -> str | None:
    """Return the id of the demo owner that an interrupted first start left, or None."""
    found = accounts.authenticate(EMAIL, settings.demo_password, now)
    return found.id if found else None


def has_owner(owner_id: str) -> bool:
    """Return whether the demo owner's account is still there."""
    return accounts.load(owner_id) is not None


def make_sources(owner_id: str, origin: datetime, now: datetime) -> dict[str, tuple[str, str]]:
    """Make the group and the sources that are not there yet; returns the id and plain secret of each by its key.

    A source that an interrupted first start left gets a new secret, since the first one is lost.
    """
    viewer = Viewer(owner_id, "Demo Owner", EMAIL)
    left = {each.name: each for each in access.visible_sources(viewer)}
    group_id = next((each.power_group_id for each in left.values()), None)
    made = {}
    for site in SITES:
        found = left.get(site.entered["name"])
        if found is not None:
            kind = sources.kind_of(found.connection_type)
            made[site.key] = (str(found.id), credentials.rotate(found.id, kind, now))
        else:
            group_id = group_id or groups.create_group(owner_id, "Home", "The demo's two installations").id
            made[site.key] = _make(site, owner_id, group_id, origin, now)
        _state_costs(site, viewer, made[site.key][0], origin, now)
    return made


def _make(site: Site, owner_id: str, group_id: UUID, origin: datetime, now: datetime) -> tuple[str, str]:
    values = {
        **_PLACE, **site.entered, "currency": "EUR", "installation_date": origin,
        "installed_capacity_watts": site.spec.capacity_kwp * 1000,
        "tilt_degrees": site.spec.tilt_degrees, "azimuth_degrees": site.spec.azimuth_degrees,
    }
    new = sources.create_source(owner_id, values, now, group_id=group_id)
    return str(new.record.id), new.secret


def _state_costs(site: Site, owner: Viewer, source_id: str, origin: datetime, now: datetime) -> None:
    """Enter the prices and what was paid once, as the owner would, where no price is there yet."""
    if prices.price_list(owner, source_id).prices:
        return
    first = local_date(origin, TIME_ZONE)
    grant = {"date": first.isoformat(), "amount": site.grant, "note": "Grant of the town"}
    returns_terms.save_costs(owner, source_id, [grant], now)
    lines = [f"{first + timedelta(days=after)},{buy},{sell}" for after, buy, sell in site.prices]
    prices.keep(prices.take_history(owner, source_id, "\n".join(["from,price,export", *lines]), now))

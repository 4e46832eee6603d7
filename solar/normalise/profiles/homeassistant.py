"""Home Assistant: states posted as `{"entity_id", "state", ...}`, state streams, and entities of discovery."""

import re
from collections.abc import Iterable
from typing import Any

from solar.normalise.discovery import known_tail
from solar.normalise.generic import match
from solar.normalise.profiles.base import Context, Item, Key, Profile
from solar.normalise.times import to_instant

_ENTITY = re.compile(r"(?:^|/)sensor/([^/]+)$")


def _unfold(value: Any, context: Context) -> Iterable[Item]:
    """All states as one reading at their newest `last_updated`; objects that are no states stay as they are."""
    states = _states(value)
    if not states:
        return [Item(value, raw=value)]
    domains: dict[str, dict[str, Any]] = {}
    for state in states:
        domain, _, object_id = state["entity_id"].partition(".")
        attributes = state.get("attributes")
        unit = attributes.get("unit_of_measurement") if isinstance(attributes, dict) else None
        wrapped = {"value": state["state"], **({"unit": unit} if isinstance(unit, str) and unit else {})}
        domains.setdefault(domain, {}).setdefault(object_id or domain, wrapped)
    times = [to_instant(state.get("last_updated"), context.zone, context.received_at) for state in states]
    newest = max((time for time in times if time is not None), default=None)
    return [Item(domains, newest, newest is not None, value)]


def _states(value: Any) -> list[dict[str, Any]]:
    """The states of a list, of a list below one key, or the one that the payload is."""
    if isinstance(value, list):
        return [entry for entry in value if _is_state(entry)]
    if _is_state(value):
        return [value]
    lists = value.values() if isinstance(value, dict) else ()
    return next((found for child in lists if isinstance(child, list) and (found := _states(child))), [])


def _is_state(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("entity_id"), str) and "state" in entry


def _sensor(path: str, flags: frozenset[str]) -> Key | None:
    """The field of a sensor by its object id; prefixes such as the device's name may stand before."""
    found = _ENTITY.search(path)
    name = known_tail(found[1]) if found else None
    meaning = match(name) if name else None
    if meaning is None:
        return None
    return Key(
        meaning.field, unit=meaning.unit, channel=meaning.channel, part="/".join(meaning.part), unit_may_differ=True
    )


PROFILES = [
    Profile(
        name="homeassistant",
        marks=(("entity_id", "state"), ("homeassistant/",)),
        reshape=_unfold,
        adapt=_sensor,
        last=True,
    )
]

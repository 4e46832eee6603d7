"""Finds the readings inside one payload: lists of readings, lists of devices, and what profiles unfold."""

import re
from typing import Any, NamedTuple

from solar.normalise.keys import TIME_KEYS, join, plain
from solar.normalise.leaves import Leaves, flatten
from solar.normalise.model import Message, Source
from solar.normalise.profiles import PROFILES, recognise
from solar.normalise.profiles.base import Context, Item, Profile

#: Keys that tell one device of a list from the next.
_IDENTITIES = (
    "id",
    "serial",
    "serial_number",
    "serialNumber",
    "sn",
    "device",
    "device_id",
    "deviceId",
    "inverter",
    "name",
)
_SAMPLE = 5
_ROWS = re.compile(r"[0-9]{8}\s*,\s*[0-9]{1,2}:[0-9]{2}")
GENERIC_CHOICE = "generic"


class Part(NamedTuple):
    """One reading inside a payload: its leaves, its time where a profile read it, its raw form, its family."""

    leaves: Leaves
    item: Item
    profile: Profile | None


def parts_of(message: Message, source: Source, fallback: Profile | None = None) -> list[Part]:
    """The readings inside a message that is JSON or a form; `fallback` describes what no mark recognises."""
    key = (source.profile, source.time_zone, fallback)
    parts = message.worked_out.get(key)
    if parts is None:
        parts = message.worked_out[key] = _parts_of(message, source, fallback)
    return parts


def _parts_of(message: Message, source: Source, fallback: Profile | None) -> list[Part]:
    value = message.parsed.value
    chosen = PROFILES.get(source.profile) if source.profile else None
    free = source.profile in (None, "") or (chosen is None and source.profile != GENERIC_CHOICE)
    listed = _timed_list(value)
    leaves = flatten(listed[:_SAMPLE] if listed is not None else value)
    profile = _recognised(message, leaves) if free else chosen
    if profile is not None and profile.reshape is not None:
        context = Context(message.topic, message.received_at, source.time_zone)
        return [Part(flatten(item.value), item, profile) for item in profile.reshape(value, context)]
    profile = profile or (fallback if free else None)
    if listed is not None:
        return [_listed_part(item, message, profile, free) for item in listed]
    inner = _unfolded(value) if profile is None else None
    if inner is not None:
        return [Part(flatten(item.value), item, profile) for item in inner]
    return [Part(leaves, Item(value, raw=value), profile)]


def _recognised(message: Message, leaves: Leaves) -> Profile | None:
    """The family by the marks on all paths; those of a form stand below `form` too, with a hint at its `data`."""
    if message.parsed.kind != "form":
        return recognise(message.path, leaves.paths)
    data = str(message.parsed.value.get("data", "")).lstrip()
    hint = "form/data=rows" if _ROWS.match(data) else "form/data=json" if data[:1] in ("[", "{") else "form"
    return recognise(
        "", [*(join(message.path, path) for path in leaves.paths), *(f"form/{path}" for path in leaves.paths), hint]
    )


def _listed_part(item: Any, message: Message, profile: Profile | None, free: bool) -> Part:
    """One element of a list of readings; each may belong to a family of its own."""
    leaves = flatten(item)
    own = recognise(message.path, leaves.paths) if free else None
    return Part(leaves, Item(item, raw=item), own if own and own.reshape is None else profile)


def _timed_list(value: Any) -> list[Any] | None:
    """A list of readings: objects of which the first few have a time of their own."""
    if type(value) is not list or not value:
        return None
    return value if any(_has_time(item) for item in value[:_SAMPLE]) else None


def _has_time(item: Any) -> bool:
    return type(item) is dict and any(plain(key) in TIME_KEYS for key in item)


def _unfolded(value: Any) -> list[Item] | None:
    """Readings in a list below one key (`{"site": "x", "readings": [{"time": ...}, ...]}`), or devices in a plain
    list.
    """
    if type(value) is list:
        return _devices(value)
    if type(value) is not dict:
        return None
    inner = [(key, child) for key, child in value.items() if _timed_list(child) is not None]
    if len(inner) != 1:
        return None
    key, children = inner[0]
    times = {str(_time_of(child)) for child in children}
    if len(times) < 2 and len(children) > 1:
        return None
    rest = {name: child for name, child in value.items() if name != key}
    items = [Item({key: child}, raw={key: child}) for child in children]
    return [Item(rest, raw=rest), *items] if any(type(child) in (int, float) for child in rest.values()) else items


def _time_of(item: Any) -> Any:
    if type(item) is not dict:
        return None
    return next((child for key, child in item.items() if plain(key) in TIME_KEYS), None)


def _devices(value: list[Any]) -> list[Item] | None:
    """A list of objects that each name a device: its parts, as if the devices were keys."""
    if len(value) < 2 or not all(type(item) is dict for item in value):
        return None
    for key in _IDENTITIES:
        names = [item.get(key) for item in value]
        if all(type(name) in (str, int) for name in names) and len(set(names)) == len(names):
            if any("value" in item or "Value" in item for item in value):
                return None
            return [
                Item({"devices": dict(zip((str(name) for name in names), value, strict=True))}, raw={"payload": value})
            ]
    return None

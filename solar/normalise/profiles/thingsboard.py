"""P24 ThingsBoard telemetry: `{"ts", "values"}`, lists of those, and the gateway's `{"<device>": [...]}`; names are
ours.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from solar.normalise.profiles.base import Context, Item, Profile
from solar.normalise.times import says_nothing


def _unfold(value: Any, context: Context) -> Iterable[Item]:
    """One item a `ts`; several devices at one `ts` are parts of one reading."""
    gathered: dict[str, tuple[Any, dict[str, Any]]] = {}
    for device, entry in _entries(value):
        time, values = (entry.get("ts"), entry["values"]) if isinstance(entry.get("values"), dict) else (None, entry)
        if device is None:
            yield Item(values, time, not says_nothing(time), entry)
        else:
            gathered.setdefault(str(time), (time, {}))[1].setdefault(device, {}).update(values)
    for time, devices in gathered.values():
        yield Item({"devices": devices}, time, not says_nothing(time), {"ts": time, "devices": devices})


def _entries(value: Any) -> Iterator[tuple[str | None, dict[str, Any]]]:
    if isinstance(value, dict) and "values" not in value:
        for device, entries in value.items():
            for entry in entries if isinstance(entries, list) else []:
                if isinstance(entry, dict):
                    yield device, entry
        return
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            yield None, entry


PROFILES = [
    Profile(
        name="thingsboard",
        marks=(("ts", "values/"),),
        reshape=_unfold,
    )
]

"""Turns a payload into leaves: a path of keys joined by `/`, a value, and the unit written beside it."""

from typing import Any, NamedTuple

from solar.normalise.keys import TIME_KEYS, join, plain

#: Containers deeper than this are not read.
MAX_DEPTH = 64
#: A message with more leaves than this is read so far; what is beyond stays in `rawData`.
MAX_LEAVES = 4000

UNIT_KEYS = ("unit", "unit_of_measurement", "units", "uom", "unitOfMeasurement")
_NAME_KEYS = (
    "variable",
    "address",
    "key",
    "name",
    "id",
    "sensor",
    "metric",
    "field",
    "parameter",
    "channel",
    "topic",
    "label",
)
_VALUE_KEYS = ("value", "Value", "VALUE")
_SCALARS = frozenset((str, int, float, bool, type(None)))
_TOLD = (int, float)


class Leaves(NamedTuple):
    """The leaves of one payload in the order sent; `units` holds what a message says of a path's unit."""

    paths: list[str]
    values: list[Any]
    units: dict[str, str]


def flatten(value: Any) -> Leaves:
    """All leaves of a JSON value; a bare value has the empty path."""
    leaves = Leaves([], [], {})
    if type(value) is dict:
        named = _named(value)
        if named is not None:
            _add_named(value, named, "", leaves)
        else:
            _add_object(value, "", 1, leaves)
    else:
        _add(value, "", 0, leaves)
    del leaves.paths[MAX_LEAVES:], leaves.values[MAX_LEAVES:]
    return leaves


def _add(value: Any, path: str, depth: int, leaves: Leaves) -> None:
    if type(value) is dict:
        _add_object(value, path, depth + 1, leaves)
    elif type(value) is list:
        _add_list(value, path, depth + 1, leaves)
    elif len(leaves.paths) < MAX_LEAVES:
        leaves.paths.append(path)
        leaves.values.append(value)


def _add_object(value: dict[str, Any], path: str, depth: int, leaves: Leaves) -> None:
    """One object; `{"value": x, "unit": u}` is a leaf at the object's own path."""
    paths, values = leaves.paths, leaves.values
    if depth > MAX_DEPTH or len(paths) >= MAX_LEAVES:
        return
    wrapped = _value_key(value)
    if wrapped is None and type(value.get("Values")) is dict and "Unit" in value:
        # Fronius: one unit for the values of all inverters
        leaves.units.update({f"{path}/Values/{key}": str(value["Unit"]) for key in value["Values"]})
        value = {key: child for key, child in value.items() if key != "Unit"}
    for key, child in value.items():
        if key == wrapped:
            _add(child, path, depth, leaves)
        elif type(child) in _SCALARS:
            if wrapped and key in (*UNIT_KEYS, "Unit"):
                leaves.units[path] = str(child)
            else:
                paths.append(f"{path}/{key}" if path else key)
                values.append(child)
        else:
            _add(child, f"{path}/{key}" if path else key, depth, leaves)


def _value_key(value: dict[str, Any]) -> str | None:
    """The key that holds the value of a wrapped one, when there is one."""
    for key in _VALUE_KEYS:
        if key in value:
            return key
    return None


def _add_list(items: list[Any], path: str, depth: int, leaves: Leaves) -> None:
    """A list of scalars is one leaf; of objects that name themselves, each is a leaf; else the index is a segment."""
    if depth > MAX_DEPTH:
        return
    if all(type(item) in _SCALARS for item in items):
        if len(leaves.paths) < MAX_LEAVES:
            leaves.paths.append(path)
            leaves.values.append(items)
        return
    for index, item in enumerate(items):
        named = _named(item) if type(item) is dict else None
        if named is not None:
            _add_named(item, named, path, leaves)
        else:
            _add(item, f"{path}/{index}" if path else str(index), depth, leaves)


def _named(item: dict[str, Any]) -> tuple[str, str] | None:
    """(name, key of the value) of an object like `{"name": "pv_power", "value": 2450, "unit": "W"}`."""
    value_key = _value_key(item)
    if value_key is None:
        return ("", "v") if _is_senml(item) else None
    for key in _NAME_KEYS:
        name = item.get(key)
        if type(name) is str and name and not name.isdigit():
            return name, value_key
    return None


def _is_senml(item: dict[str, Any]) -> bool:
    """SenML (RFC 8428) records: `n` names, `v` is the value, `u` the unit."""
    return type(item.get("n")) is str and "v" in item and set(item) <= {"n", "v", "u", "t", "bn", "bt", "bu"}


def _add_named(item: dict[str, Any], named: tuple[str, str], path: str, leaves: Leaves) -> None:
    """The value under its name, other numbers and times below it; texts about it are no data."""
    name, value_key = named
    unit = next((item[key] for key in UNIT_KEYS if key in item), None)
    if value_key == "v":
        name, unit = item["n"], item.get("u")
    here = join(path, name)
    before = len(leaves.paths)
    _add(item[value_key], here, MAX_DEPTH - 1, leaves)
    if type(unit) is str and len(leaves.paths) > before:
        leaves.units[here] = unit
    for key, child in item.items():
        is_told = type(child) in _TOLD or (type(child) in _SCALARS and plain(key) in TIME_KEYS)
        if key != value_key and is_told:
            leaves.paths.append(join(here, key))
            leaves.values.append(child)

"""P23 Emoncms inputs (`input/post`, `input/bulk`): forms that carry JSON, half JSON or values only, under a node."""

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from solar.normalise.numbers import Absent, to_number
from solar.normalise.profiles.base import Context, Item, Profile
from solar.normalise.times import says_nothing, to_instant

_MOST_ITEMS = 5000


def _unfold(value: Any, context: Context) -> Iterable[Item]:
    """One item of `fulljson`, `json` or `csv`; one an entry of `data=[[t, node, value, ...], ...]`."""
    if not isinstance(value, dict):
        return []
    data = _json(value.get("data"))
    if isinstance(data, list):
        return _bulk(data, value, context)
    named = next(
        (found for key in ("fulljson", "json", "data") if (found := _object(value.get(key))) is not None), None
    )
    if named is None and isinstance(value.get("csv"), str):
        named = {str(number): text for number, text in enumerate(value["csv"].split(",")[:500], 1)}
    raw = {key: child for key, child in value.items() if key not in ("fulljson", "json", "csv", "data")}
    time = value.get("time", (named or {}).get("time"))
    return [Item(_under(value.get("node"), named or {}), time, not says_nothing(time), {**raw, "values": named})]


def _under(node: Any, named: dict[str, Any]) -> dict[str, Any]:
    return {str(node): named} if isinstance(node, str | int) and str(node) else named


def _json(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _object(text: Any) -> dict[str, Any] | None:
    """An object, also with the unquoted keys of the legacy `json` format: `{pv_power:2950,load_power:640}`."""
    found = _json(text)
    if isinstance(found, dict):
        return found
    if not isinstance(text, str) or not text.strip():
        return None
    pairs = re.findall(r"[\"']?([^\"'{},:]+)[\"']?\s*:\s*[\"']?([^\"'{},]*)", text[:100_000])
    return {key.strip(): child.strip() for key, child in pairs} or None


def _bulk(data: list[Any], value: dict[str, Any], context: Context) -> list[Item]:
    """Entries at their own times: after `time`, or before now by the sender's clock, or the last one now."""
    entries = [entry for entry in data[:_MOST_ITEMS] if isinstance(entry, list) and len(entry) > 2]
    offsets = [to_number(entry[0]) for entry in entries]
    usable = [(entry, offset) for entry, offset in zip(entries, offsets, strict=True) if not isinstance(offset, Absent)]
    if not usable:
        return []
    start = _start(value, usable[-1][1], context)
    return [
        Item(_under(entry[1], _values(entry[2:])), _after(start, offset), True, {"entry": entry})
        for entry, offset in usable
    ]


def _start(value: dict[str, Any], last: float, context: Context) -> datetime | None:
    """The instant from which the entries' seconds count."""
    if not says_nothing(value.get("time")):
        return to_instant(value["time"], context.zone, context.received_at)
    for key in ("sentat", "offset"):
        sent = to_number(value.get(key))
        if not isinstance(sent, Absent):
            return _after(context.received_at, -sent)
    return _after(context.received_at, -last)


def _after(start: datetime | None, seconds: float) -> datetime | None:
    try:
        return start + timedelta(seconds=seconds) if start is not None else None
    except OverflowError:
        return None


def _values(children: list[Any]) -> dict[str, Any]:
    """Named values, or numbered ones from 1."""
    named: dict[str, Any] = {}
    for number, child in enumerate(children, 1):
        if isinstance(child, dict):
            named.update(child)
        else:
            named[str(number)] = child
    return named


PROFILES = [
    Profile(
        name="emoncms",
        marks=(("form/fulljson",), ("form/json",), ("form/csv",), ("form/data=json",)),
        reshape=_unfold,
    )
]

"""Reads modes, states and codes: texts trimmed and otherwise as sent, codes always as a list of texts."""

import json
from typing import Any

_NO_CODE = frozenset(("", "0", "none", "ok", "null"))
_SILENT = frozenset(("", "unknown", "unavailable", "none", "null"))
_LONGEST = 1000
_MOST_CODES = 200


def to_text(value: Any) -> str | None:
    """A text field's value; None when it was not reported."""
    if type(value) is str:
        text = value.strip()
        return None if text.lower() in _SILENT else text[:_LONGEST]
    return _number_text(value)


def to_codes(value: Any) -> list[str] | None:
    """A list field's value, empty when the device says that there is no code; None when it says nothing."""
    if type(value) is list:
        entries = [_entry(item) for item in value[:_MOST_CODES]]
    elif type(value) is str:
        if value.strip().lower() in ("unknown", "unavailable"):
            return None
        entries = [part.strip() for part in value.split(",")[:_MOST_CODES]]
    else:
        number = _number_text(value)
        if number is None:
            return None
        entries = [number]
    return [entry[:_LONGEST] for entry in entries if entry.strip("0") and entry.lower() not in _NO_CODE]


def _entry(item: Any) -> str:
    if type(item) is str:
        return item.strip()
    return _number_text(item) or ("" if item is None or type(item) is bool else json.dumps(item))


def _number_text(value: Any) -> str | None:
    if type(value) is int:
        return str(value)
    if type(value) is float and value == value and abs(value) != float("inf"):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None

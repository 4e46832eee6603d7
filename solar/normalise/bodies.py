"""Reads the bytes of a message: JSON first (with the bare NaN some devices write), then forms, else plain text."""

import json
import re
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

import orjson

MAX_BYTES = 1_048_576

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n\x0b\x0c\0"
_FORM = re.compile(r"[\w.\-\[\]%+]{1,100}=")
_LONGEST_INTEGER = 18


class Parsed(NamedTuple):
    """What a body is: `json` (any value), `form` (a dict of texts), `text` (neither), `empty` or `large`."""

    kind: Literal["json", "form", "text", "empty", "large"]
    value: Any


def parse(body: bytes, *, form_allowed: bool) -> Parsed:
    """Read `body`; never raises. Bytes that are not UTF-8 are replaced and the rest is read."""
    if len(body) > MAX_BYTES:
        return Parsed("large", None)
    trimmed = body.removeprefix(_BOM).strip(_SPACE)
    if not trimmed:
        return Parsed("empty", None)
    try:
        return Parsed("json", orjson.loads(trimmed))
    except orjson.JSONDecodeError:
        return _parse_leniently(trimmed.decode("utf-8", "replace"), form_allowed)


def _parse_leniently(text: str, form_allowed: bool) -> Parsed:
    if text[0] in '{["-0123456789NI':
        try:
            value = json.loads(text, parse_int=_integer)
            return Parsed("json", _mended(value) if "\\ud" in text.lower() else value)
        except (ValueError, RecursionError):
            pass
    if form_allowed and _FORM.match(text):
        try:
            return Parsed("form", dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=2000)))
        except ValueError:
            pass
    return Parsed("text", text)


def _integer(digits: str) -> int | float:
    """A JSON integer; one longer than 64 bits hold becomes a double (infinite when even that is too small)."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _mended(value: Any) -> Any:
    """The value without lone surrogates, which no database takes."""
    if type(value) is str:
        return value.encode("utf-8", "replace").decode("utf-8")
    if type(value) is list:
        return [_mended(item) for item in value]
    if type(value) is dict:
        return {_mended(key): _mended(child) for key, child in value.items()}
    return value

"""Reads one value as a number: JSON numbers, texts with spaces, decimal commas, exponents, units, or not reported."""

import math
import re
from enum import Enum
from typing import Any

from solar.normalise.units import known_unit


class Absent(Enum):
    """Why there is no number: the device did not report one, or sent something that is none."""

    NOT_REPORTED = "not reported"
    NO_NUMBER = "is no number"


NOT_REPORTED = Absent.NOT_REPORTED
NO_NUMBER = Absent.NO_NUMBER

#: Words that mean *not reported*, in lower case.
SILENT_WORDS = frozenset({"", "nan", "inf", "infinity", "null", "none", "unknown", "unavailable", "offline"})

_SPACES = "\t \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NUMBER = re.compile(
    rf"([+\-\u2212]?)[{_SPACES}]*([0-9.,{_SPACES}]+?)(?:[eE]([+\-]?[0-9]{{1,4}}))?[{_SPACES}]*([^0-9.,{_SPACES}].*)?"
)
#: Groups of three, or of two before the last three as in India.
_GROUPED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{2,3}})*[{_SPACES}][0-9]{{3}}|[0-9]+")
_LONGEST_TEXT = 64


def to_number(value: Any) -> float | Absent:
    """`value` as a finite double without looking at a unit; see `to_quantity` for texts that carry one."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else NOT_REPORTED
    if kind is int:
        return float(value)
    return to_quantity(value)[0]


def to_quantity(value: Any) -> tuple[float | Absent, str | None]:
    """`value` as a finite double and the unit its text carries, if any."""
    if type(value) is str:
        return _from_text(value)
    if value is None or type(value) is bool:
        return NOT_REPORTED, None
    if type(value) in (int, float):
        return to_number(value), None
    return NO_NUMBER, None


def is_silent(text: str) -> bool:
    """Whether a text stands for *not reported*."""
    return text.strip().lstrip("+-").lower() in SILENT_WORDS


def _from_text(text: str) -> tuple[float | Absent, str | None]:
    try:
        if text.isascii() and "_" not in text:
            number = float(text)
            return (number if math.isfinite(number) else NOT_REPORTED), None
    except ValueError:
        pass
    stripped = text.strip()
    if len(stripped) > _LONGEST_TEXT:
        return NO_NUMBER, None
    if is_silent(stripped):
        return NOT_REPORTED, None
    return _from_pieces(stripped)


def _from_pieces(text: str) -> tuple[float | Absent, str | None]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return NO_NUMBER, None
    sign, digits, exponent, unit = match.groups()
    if unit is not None and not known_unit(unit):
        return NO_NUMBER, None
    plain = _plain(digits.strip(_SPACES))
    if plain is None:
        return NO_NUMBER, None
    number = float(f"{'-' if sign in ('-', chr(0x2212)) else ''}{plain}e{exponent or 0}")
    return (number if math.isfinite(number) else NOT_REPORTED), unit


def _plain(digits: str) -> str | None:
    """Digits with marks as `1234.5`: one comma alone is a decimal comma; of both kinds the last one is the decimal
    mark.
    """
    points, commas = digits.count("."), digits.count(",")
    mark = ""
    if points and commas:
        mark = "." if digits.rfind(".") > digits.rfind(",") else ","
    elif points == 1 or commas == 1:
        mark = "." if points else ","
    whole, fraction = digits, ""
    if mark:
        if digits.count(mark) != 1:
            return None
        whole, fraction = digits.split(mark)
        if fraction and not fraction.isdigit():
            return None
    groups = whole.replace(".", " ").replace(",", " ") if points + commas > (1 if mark else 0) else whole
    if groups and _GROUPED.fullmatch(groups) is None:
        return None
    kept = "".join(character for character in groups if character.isdigit())
    return f"{kept or '0'}.{fraction or '0'}" if kept or fraction else None

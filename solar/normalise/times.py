"""Reads the times devices send: ISO 8601 with or without zone, epoch seconds, milliseconds or microseconds."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from solar.normalise.numbers import is_silent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST = datetime(2010, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
_NEAR = timedelta(minutes=30)
_NUMERIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?")
#: Date, clock, then an optional zone: letters do not count unless they say UTC (`CEST+0200` is +02:00).
_ISO = re.compile(r"([0-9/\-WT: .,]*?[0-9.])\s*([A-Za-z]{0,5})\s*([+-][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?)?")
_LONGEST = 48


def to_instant(value: Any, zone: str, received_at: datetime) -> datetime | None:
    """The instant `value` names, in whole milliseconds UTC; None when it names none. `zone` reads clocks without
    zone.
    """
    if type(value) in (int, float):
        return _from_epoch(value)
    if type(value) is not str or len(value) > _LONGEST:
        return None
    text = value.strip()
    if _NUMERIC.fullmatch(text):
        return _from_epoch(float(text.replace(",", ".")))
    moment = _from_iso(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        return whole_milliseconds(local_instant(moment, zone, received_at))
    try:
        return whole_milliseconds(moment.astimezone(UTC))
    except OverflowError:
        return None


def says_nothing(value: Any) -> bool:
    """Whether a time was left out: null, a boolean, an empty text or one of the words for it."""
    return value is None or type(value) is bool or (type(value) is str and is_silent(value))


def fault_of(instant: datetime, received_at: datetime) -> str | None:
    """Why a sent time cannot be the time of measurement, if it cannot."""
    if instant < _OLDEST:
        return "is before 2010, the clock was never set"
    if instant - received_at > _AHEAD:
        return "is more than 5 minutes ahead of its receipt"
    return None


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant with digits below the millisecond dropped, as MongoDB keeps it."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def local_instant(clock: datetime, zone: str, received_at: datetime) -> datetime:
    """A clock without zone, read in `zone`.

    The hour that autumn repeats is its first pass unless the receipt lies within 30 minutes of the second one; in the
    hour that spring leaves out the clock is taken as not yet moved.
    """
    info = _zone(zone)
    try:
        first = clock.replace(tzinfo=info, fold=0).astimezone(UTC)
        second = clock.replace(tzinfo=info, fold=1).astimezone(UTC)
    except OverflowError:
        return _EPOCH
    return second if second > first and abs(received_at - second) < _NEAR else first


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _from_epoch(number: float) -> datetime | None:
    """Seconds, milliseconds from 1e11, microseconds from 1e14, by the size of the number."""
    try:
        if number >= 1e14:
            micros = int(number)
        elif number >= 1e11:
            micros = round(number * 1e3)
        else:
            micros = round(number * 1e6)
        return _EPOCH + timedelta(milliseconds=micros // 1000)
    except (OverflowError, ValueError):
        return None


def _from_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    match = _ISO.fullmatch(text.replace("t", "T") if "t" in text[:12] else text)
    if match is None:
        return None
    clock, letters, offset = match.groups()
    zone = offset or ("+00:00" if letters.upper() in ("Z", "UTC", "GMT") else "")
    try:
        return datetime.fromisoformat(clock.strip().replace("/", "-") + zone)
    except ValueError:
        return None

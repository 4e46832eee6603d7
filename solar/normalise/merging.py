"""Joins two readings of one instant: the first reported value stays, missing ones are added, derived ones are made
anew.
"""

from typing import Any

from solar.normalise.checks import limits_for
from solar.normalise.derive import derive
from solar.normalise.model import Reading, Source
from solar.normalise.profiles import PROFILES
from solar.vocabulary import LIST_FIELDS

GENERIC = "generic"
_MOST_UNMAPPED = 200
_MOST_RAW = 1000


def merge(earlier: Reading, later: Reading, source: Source) -> Reading:
    """One reading out of two for the same instant; `earlier` is the one stored or received first.

    A reported value replaces a derived one and is never replaced; an empty list of codes says that none was reported,
    so codes that arrive later are added.
    """
    fields = _reported(earlier)
    for name, value in _reported(later).items():
        if name not in fields or (name in LIST_FIELDS and not fields[name]):
            fields[name] = value
    rejected = {**later.metadata.get("rejected", {}), **earlier.metadata.get("rejected", {})}
    profiles = [reading.metadata.get("profile", GENERIC) for reading in (earlier, later)]
    derived = derive(
        fields,
        rejected,
        limits_for(source.installed_capacity_watts),
        has_battery=source.has_battery,
        feeds_in=all(feeds_in(name) for name in profiles),
    )
    if all("timestamp" in reading.metadata.get("derived", ()) for reading in (earlier, later)):
        derived.insert(0, "timestamp")
    metadata = {
        **earlier.metadata,
        "profile": next((name for name in profiles if name != GENERIC), GENERIC),
        "derived": derived,
        "rejected": rejected,
        "unmapped": _union(earlier.metadata.get("unmapped", ()), later.metadata.get("unmapped", ())),
    }
    return Reading(earlier.timestamp, fields, metadata, _raw(earlier.raw, later.raw))


def feeds_in(profile: str) -> bool:
    """Whether inverters of this family can export; those nobody described can."""
    known = PROFILES.get(profile)
    return known is None or known.feeds_in


def _raw(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """Both payloads in one, the first stays; past a thousand keys no more are added."""
    fresh = [key for key in later if key not in earlier][: max(0, _MOST_RAW - len(earlier))]
    return {**earlier, **{key: later[key] for key in fresh}} if fresh else earlier


def _reported(reading: Reading) -> dict[str, Any]:
    derived = reading.metadata.get("derived", ())
    return {name: value for name, value in reading.fields.items() if name not in derived}


def _union(first: Any, second: Any) -> list[str]:
    return list(dict.fromkeys((*first, *second)))[:_MOST_UNMAPPED]

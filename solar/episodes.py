"""When a fault was there: sightings of a code joined to episodes, as long as nothing but silence lies between."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Readings that come every five minutes may miss two and still tell of one and the same episode.
APART = timedelta(minutes=16)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code seen from `first` to `last` (aware), in so many readings."""

    code: str
    first: datetime
    last: datetime
    readings: int


@dataclass(frozen=True, slots=True)
class Episodes:
    """All times that a code was there: the first and last sighting, how often it came, and how long it was there.

    `latest` is when the newest episode began. Between two sightings of one episode the code counts as there.
    """

    code: str
    first: datetime
    last: datetime
    latest: datetime
    times: int
    duration: timedelta


def episodes_of(sightings: Iterable[Sighting], apart: timedelta = APART) -> list[Episodes]:
    """Return the episodes of each code, the newest last; sightings further apart than `apart` are two episodes."""
    by_code: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_code[sighting.code].append(sighting)
    joined = [_joined(code, some, apart) for code, some in by_code.items()]
    return sorted(joined, key=lambda each: (each.last, each.code))


def _joined(code: str, sightings: list[Sighting], apart: timedelta) -> Episodes:
    ordered = sorted(sightings, key=lambda each: each.first)
    spans = [[ordered[0].first, ordered[0].last]]
    for each in ordered[1:]:
        if each.first - spans[-1][1] <= apart:
            spans[-1][1] = max(spans[-1][1], each.last)
        else:
            spans.append([each.first, each.last])
    duration = sum((end - start for start, end in spans), timedelta(0))
    return Episodes(code, spans[0][0], max(end for _, end in spans), spans[-1][0], len(spans), duration)

"""Energies of the hours and 5 minutes within days: from power where it is known, else from the counter of the day.

On a day on which the power of a channel was not reported, its hours are those of the counter that the day's total comes
from, each step of it evenly over its time. They add up to the day's energy.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from data import mongo, rollup_reads, rollups
from solar import days

Document = dict[str, Any]
WIDTHS = {rollups.FIVE_MINUTES: timedelta(minutes=5), rollups.HOURS: timedelta(hours=1)}
_HOUR = timedelta(hours=1)
_LONGEST_DAY = timedelta(hours=25)


def energies(source_id: str, time_zone: str, level: str, start: datetime, end: datetime) -> list[Document]:
    """Return `start` (aware UTC) and `energy` (kWh by channel) of the 5 minutes or hours of a window, in order.

    A channel of which nothing is known is absent, and so is what would have none. Raises StorageUnavailable.
    """
    database = mongo.database()
    found = rollup_reads.energies(database, level, source_id, start, end)
    counted = rollup_reads.counted_days(database, source_id, start - _LONGEST_DAY, end)
    if not counted:
        return found
    by_start = {each["start"]: each for each in found}
    for begin, channel, kwh in _buckets(counted, time_zone, WIDTHS[level]):
        if start <= begin < end:
            bucket = by_start.setdefault(begin, {"start": begin, "energy": {}})
            bucket["energy"].setdefault(channel, kwh)
    return [by_start[begin] for begin in sorted(by_start)]


def _buckets(counted: Iterable[Document], time_zone: str, width: timedelta) -> Iterator[tuple[datetime, str, float]]:
    """Yield start, channel and kWh of each bucket of some days."""
    for day in counted:
        end = days.end_of_day(days.local_date(day["start"], time_zone), time_zone)
        for channel, hours in day["hours"].items():
            yield from ((begin, channel, kwh) for begin, kwh in _cut(day["start"], end, hours, width))


def _cut(begin: datetime, end: datetime, hours: Sequence[float], width: timedelta) -> Iterator[tuple[datetime, float]]:
    for number, kwh in enumerate(hours):
        start = begin + number * _HOUR
        # Where clocks change by half an hour, the last hour of a day may be half a one.
        pieces = max(1, (min(start + _HOUR, end) - start) // width)
        for piece in range(pieces):
            yield start + piece * width, kwh / pieces

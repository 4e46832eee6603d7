"""How fine a series is read: as fine as the chart is wide, from as few stored buckets as give that."""

from dataclasses import dataclass
from datetime import timedelta

from data import rollups

MOST_POINTS = 2000
# A week of five minutes may be read to be joined to ten; a year of hours may not.
_MOST_READ = 2100


@dataclass(frozen=True, slots=True)
class Resolution:
    """The level that is read, and the width of the points made of it."""

    level: str
    width: timedelta

    @property
    def joined(self) -> timedelta | None:
        """The width where buckets of the level are joined, else None."""
        return None if self.width == BASE[self.level] else self.width


BASE = {
    rollups.FIVE_MINUTES: timedelta(minutes=5),
    rollups.HOURS: timedelta(hours=1),
    rollups.DAYS: timedelta(days=1),
}
_MINUTES, _HOURS, _DAYS = (5, 10, 15, 30), (1, 2, 3, 6, 12), (1, 7, 28, 91)
LADDER = (
    *(Resolution(rollups.FIVE_MINUTES, timedelta(minutes=each)) for each in _MINUTES),
    *(Resolution(rollups.HOURS, timedelta(hours=each)) for each in _HOURS),
    *(Resolution(rollups.DAYS, timedelta(days=each)) for each in _DAYS),
)


def resolution_for(span: timedelta, points: int, finest: str = rollups.FIVE_MINUTES) -> Resolution:
    """Return the finest resolution that gives a span at most so many points (and never more than MOST_POINTS)."""
    most = max(1, min(points, MOST_POINTS))
    rungs = [each for each in LADDER if BASE[each.level] >= BASE[finest]]
    for rung in rungs:
        is_cheap = rung.level == rollups.DAYS or span / BASE[rung.level] <= _MOST_READ
        if is_cheap and span / rung.width <= most:
            return rung
    # Longer than any ladder: points of as many whole days as it takes.
    return Resolution(rollups.DAYS, timedelta(days=-(-span // (most * timedelta(days=1)))))

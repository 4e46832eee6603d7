"""One local day as a time axis: Plotly knows no zones, so instants become wall time; odd days get their own ticks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from solar.days import end_of_day, start_of_day

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayAxis:
    """The axis of one local day `[start, end)` in an IANA zone.

    Positions are the wall time that a clock would show that is never changed during the day. On ordinary days this is
    the local time; where clocks change, the axis stays even (23 or 25 hours long) and only its labels jump.
    """

    day: date
    time_zone: str

    @property
    def start(self) -> datetime:
        """The first instant of the day, UTC."""
        return start_of_day(self.day, self.time_zone)

    @property
    def end(self) -> datetime:
        """The first instant after the day, UTC."""
        return end_of_day(self.day, self.time_zone)

    @property
    def _shift(self) -> timedelta:
        return self._offset(self.start)

    def _offset(self, instant: datetime) -> timedelta:
        return instant.astimezone(ZoneInfo(self.time_zone)).utcoffset() or timedelta(0)

    @property
    def changes_clocks(self) -> bool:
        """Whether clocks change during the day."""
        return self._offset(self.start) != self._offset(self.end - timedelta(seconds=1))

    def position(self, instant: datetime) -> str:
        """Return where an aware instant lies on the axis."""
        return f"{(instant.astimezone(UTC) + self._shift).replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"

    def positions(self, instants: pd.DatetimeIndex) -> list[str]:
        """Return where aware instants lie on the axis."""
        return (instants.tz_convert("UTC").tz_localize(None) + self._shift).strftime("%Y-%m-%d %H:%M").tolist()

    def time_of_day(self, instants: pd.DatetimeIndex) -> list[str]:
        """Return the local times of day as people read them, with the zone's name where clocks change that day."""
        local = instants.tz_convert(self.time_zone)
        return local.strftime("%H:%M %Z" if self.changes_clocks else "%H:%M").tolist()

    def layout(self) -> dict[str, Any]:
        """Return range and ticks of the axis."""
        base = {"type": "date", "range": [self.position(self.start), self.position(self.end)], "tickangle": 0}
        if not self.changes_clocks:
            return {**base, "tickformat": "%H:%M", "unifiedhovertitle": {"text": "<b>%{x|%H:%M}</b>"}}
        ticks = list(self._ticks())
        zone = ZoneInfo(self.time_zone)
        return {
            **base,
            "unifiedhovertitle": {"text": "Clocks change today"},
            "tickmode": "array",
            "tickvals": [self.position(each) for each in ticks],
            "ticktext": [f"{each.astimezone(zone):%H:%M}" for each in ticks],
        }

    def _ticks(self) -> Iterator[datetime]:
        """Every fourth hour of the local clock; half hours are walked for zones whose clocks change by half an hour."""
        instant, zone = self.start, ZoneInfo(self.time_zone)
        while instant < self.end:
            local = instant.astimezone(zone)
            if local.minute == 0 and local.hour % 4 == 0:
                yield instant
            instant += _HOUR / 2

"""Several local days as one time axis: Plotly knows no zones, so instants become wall time of one offset."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from solar.days import dates, end_of_day, start_of_day


@dataclass(frozen=True, slots=True)
class DaysAxis:
    """Local days `[first, last]` as wall time of one offset: that of their begin, so that the axis stays even."""

    first: date
    last: date
    time_zone: str

    @property
    def _shift(self) -> timedelta:
        begin = start_of_day(self.first, self.time_zone)
        return begin.astimezone(ZoneInfo(self.time_zone)).utcoffset() or timedelta(0)

    def position(self, instant: datetime) -> str:
        """Return where an aware instant lies."""
        at = pd.Timestamp(instant).tz_convert("UTC").tz_localize(None) + self._shift
        return f"{at:%Y-%m-%d %H:%M}"

    def positions(self, instants: pd.DatetimeIndex) -> list[str]:
        """Return where aware instants lie."""
        return (instants.tz_convert("UTC").tz_localize(None) + self._shift).strftime("%Y-%m-%d %H:%M").tolist()

    def layout(self) -> dict[str, Any]:
        """Return range and ticks: a label in the middle of each day."""
        days = list(dates(self.first, self.last))
        middles = [start_of_day(day, self.time_zone) + timedelta(hours=12) for day in days]
        return {
            "type": "date", "tickangle": 0, "tickmode": "array", "showline": True, "anchor": "y2",
            "range": [self.position(start_of_day(self.first, self.time_zone)),
                      self.position(end_of_day(self.last, self.time_zone))],
            "tickvals": [self.position(each) for each in middles],
            "ticktext": [f"{day:%a}<br>{day.day}" for day in days],
            "unifiedhovertitle": {"text": "<b>%{x|%a %-d, %H:%M}</b>"},
        }

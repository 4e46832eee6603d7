"""Time-of-use windows: which part of which local days has a price of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Literal, cast

from solar.money import decimal_of, plain

DayKind = Literal["weekday", "weekend", "holiday"]
DAY_KINDS: tuple[DayKind, ...] = ("weekday", "weekend", "holiday")
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Season:
    """Days of every year from (month, day) `first` to `last`, both included; it may reach over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, day: date) -> bool:
        """Whether the local date lies in the season."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True)
class Window:
    """A price for the local wall clock from `start` up to `end` (00:00 as the end is midnight; it may wrap).

    An instant belongs to the day kind and season of its own local date, also in the hours after midnight of a window
    that wraps. `export_price_per_kwh` None leaves the export price of the entry. Minutes are the finest step.
    """

    name: str
    start: time
    end: time
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal | None = None
    days: frozenset[DayKind] = frozenset(DAY_KINDS)
    season: Season | None = None

    def applies_on(self, day: date, kind: DayKind) -> bool:
        """Whether the window exists on a local date of that kind."""
        return kind in self.days and (self.season is None or self.season.holds(day))

    def minutes(self) -> tuple[tuple[int, int], ...]:
        """The window as one or two half-open ranges of minutes after local midnight."""
        start, end = _minute(self.start), _minute(self.end) or MINUTES_A_DAY
        if start < end:
            return ((start, end),)
        return ((0, end), (start, MINUTES_A_DAY))


def day_kind(day: date, holidays: frozenset[date]) -> DayKind:
    """Tell what a local date is; a holiday is a holiday also on a weekend."""
    if day in holidays:
        return "holiday"
    return "weekend" if day.weekday() >= 5 else "weekday"


def segments(windows: tuple[Window, ...], day: date, kind: DayKind) -> list[tuple[int, int, Window | None]]:
    """Cut the wall clock of a day into (first minute, end minute, window or None), in order and without gaps."""
    today = [window for window in windows if window.applies_on(day, kind)]
    taken = sorted(((*minutes, window) for window in today for minutes in window.minutes()), key=lambda part: part[:2])
    result: list[tuple[int, int, Window | None]] = []
    clock = 0
    for start, end, window in taken:
        if start > clock:
            result.append((clock, start, None))
        if end > max(start, clock):
            result.append((max(start, clock), end, window))
        clock = max(clock, end)
    if clock < MINUTES_A_DAY:
        result.append((clock, MINUTES_A_DAY, None))
    return result


def overlap(one: Window, other: Window) -> bool:
    """Whether some minute of some possible day has both windows."""
    if not one.days & other.days:
        return False
    if not any(a < d and c < b for a, b in one.minutes() for c, d in other.minutes()):
        return False
    leap_year = (date(2024, 1, 1) + timedelta(days=n) for n in range(366))
    return any(all(w.season is None or w.season.holds(day) for w in (one, other)) for day in leap_year)


def window_to_json(window: Window) -> dict[str, Any]:
    """Write a window as plain JSON values; decimals as text."""
    season = window.season
    return {
        "name": window.name,
        "from": window.start.strftime("%H:%M"),
        "to": window.end.strftime("%H:%M"),
        "pricePerKwh": plain(window.price_per_kwh),
        "exportPricePerKwh": None if window.export_price_per_kwh is None else plain(window.export_price_per_kwh),
        "days": [kind for kind in DAY_KINDS if kind in window.days],
        "season": season and {"from": _month_day_text(season.first), "to": _month_day_text(season.last)},
    }


def window_from_json(value: Mapping[str, Any]) -> Window:
    """Read what `window_to_json` writes; raises ValueError with a sentence naming the field."""
    name = str(value.get("name") or "").strip()
    if not name:
        raise ValueError("name must not be empty.")
    export = value.get("exportPricePerKwh")
    window = Window(
        name=name,
        start=_clock(value.get("from"), "from"),
        end=_clock(value.get("to"), "to"),
        price_per_kwh=decimal_of(value.get("pricePerKwh"), "pricePerKwh"),
        export_price_per_kwh=None if export in (None, "") else decimal_of(export, "exportPricePerKwh"),
        days=_days(value.get("days")),
        season=_season(value.get("season")),
    )
    if window.start == window.end != time(0):
        raise ValueError("from and to must differ; 00:00 to 00:00 is the whole day.")
    return window


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(value: object, name: str) -> time:
    try:
        clock = time.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{name} must be a time like 22:00, not {value!r}.") from None
    if clock.second or clock.microsecond or clock.tzinfo is not None:
        raise ValueError(f"{name} must be whole minutes like 22:00, not {value!r}.")
    return clock


def _days(value: object) -> frozenset[DayKind]:
    if value is None:
        return frozenset(DAY_KINDS)
    if not isinstance(value, list | tuple) or not value or any(kind not in DAY_KINDS for kind in value):
        raise ValueError("days must list one or more of weekday, weekend and holiday.")
    return frozenset(cast("list[DayKind]", value))


def _season(value: object) -> Season | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError("season must have from and to like 04-01.")
    return Season(_month_day(value.get("from")), _month_day(value.get("to")))


def _month_day(value: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError(f"season must have from and to like 04-01, not {value!r}.") from None
    return day.month, day.day


def _month_day_text(value: tuple[int, int]) -> str:
    return f"{value[0]:02d}-{value[1]:02d}"

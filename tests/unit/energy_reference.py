"""The energy formulas once more, sentence by sentence, one reading at a time: slow, plain, independent of `solar`.

Times are UTC datetimes, energies kWh; a row is (kwh, method, coverage, recovered kWh) by (date, channel).
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

G, Q, SMALL, EPS = timedelta(minutes=90), 1.0, 0.2, 1e-6
HOUR, DAY, NOTHING = timedelta(hours=1), timedelta(days=1), timedelta(0)
FIELDS = {
    "produced": ("totalEnergyProduced", "dailyEnergyProduced", "solarPower", 1),
    "consumed": ("totalEnergyConsumed", "dailyEnergyConsumed", "loadPower", 1),
    "imported": ("totalEnergyImported", "dailyEnergyImported", "gridPower", 1),
    "exported": ("totalEnergyExported", "dailyEnergyExported", "gridPower", -1),
    "charged": ("totalBatteryCharged", "dailyBatteryCharged", "batteryPower", 1),
    "discharged": ("totalBatteryDischarged", "dailyBatteryDischarged", "batteryPower", -1),
}
Reading = dict[str, object]
Point = tuple[datetime, float]
Row = tuple[float, str, float, float]


def falls(v: float, u: float) -> bool:
    return v < u - SMALL - EPS or (v == 0 and u > 0)


class Book:
    """What is booked on each date: energy, recovered energy, covered and recovered time."""

    def __init__(self, midnight: Callable[[date], datetime], date_of: Callable[[datetime], date]) -> None:
        self.midnight, self.date_of = midnight, date_of
        self.kwh: dict[date, float] = defaultdict(float)
        self.recovered_kwh: dict[date, float] = defaultdict(float)
        self.covered: dict[date, timedelta] = defaultdict(timedelta)
        self.recovered: dict[date, timedelta] = defaultdict(timedelta)

    def one(self, day: date, e: float, time: timedelta, covered: bool) -> None:
        self.kwh[day] += e
        (self.covered if covered else self.recovered)[day] += time
        if not covered:
            self.recovered_kwh[day] += e

    def evenly(self, start: datetime, end: datetime, e: float, covered: bool) -> None:
        at = start
        while at < end:
            day = self.date_of(at)
            until = min(end, self.midnight(day + DAY))
            self.one(day, e * ((until - at) / (end - start)), until - at, covered)
            at = until


class Reference:
    """The rows of a history of readings in order of arrival."""

    def __init__(self, zone: str, capacity: float | None, has_battery: bool | None = None) -> None:
        self.zone, self.capacity, self.has_battery = ZoneInfo(zone), capacity or None, has_battery

    def midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def date_of(self, t: datetime) -> date:
        day = t.astimezone(self.zone).date()
        while self.midnight(day + DAY) <= t:
            day += DAY
        return day

    def crosses(self, start: datetime, end: datetime) -> bool:
        return any(start < self.midnight(self.date_of(start) + n * DAY) < end for n in (1, 2))

    def is_day_after(self, later: date, earlier: date) -> bool:
        return self.midnight(later) == self.midnight(earlier + DAY)

    # 1.1

    def limit(self, channel: str) -> float:
        if self.capacity is None:
            return 20.0
        return 1.2 * self.capacity / 1000 if channel == "produced" else max(20.0, 3 * self.capacity / 1000)

    def accepted(self, field: str, value: object) -> float | None:
        if value is None or value != value:
            return None
        v = float(value)  # type: ignore[arg-type]
        lowest_solar = -0.02 * (self.capacity or 20000 / 3)
        if field.endswith("Power"):
            if abs(v) > max(20000.0, 3 * (self.capacity or 0)) or (field == "loadPower" and v < 0):
                return None
            if field == "solarPower":
                return None if v < lowest_solar else max(v, 0.0)
            return v
        return None if v < 0 else v

    def series(self, readings: list[Reading], field: str) -> list[Point]:
        first: dict[datetime, float] = {}
        for reading in readings:
            v = self.accepted(field, reading.get(field))
            if v is not None:
                first.setdefault(reading["timestamp"], v)  # type: ignore[arg-type]
        return sorted(first.items())

    # 1.2 and 1.3

    def counter(
        self, points: list[Point], limit: float, book: Book, daily: bool, anchors: dict[datetime, float]
    ) -> None:
        if not daily:
            above = [any(v > 0 for _, v in points[:i]) for i in range(len(points))]
            points = [point for point, seen in zip(points, above, strict=True) if not (point[1] == 0 and seen)]
        Counter(self, points, limit, book, daily, anchors).go()

    def power(self, points: list[Point], sign: int, book: Book) -> None:
        for (t0, v0), (t1, v1) in pairwise(points):
            if t1 - t0 > G:
                continue
            at = t0
            while at < t1:
                day = self.date_of(at)
                until = min(t1, self.midnight(day + DAY))
                x = sign * (v0 + (v1 - v0) * ((at - t0) / (t1 - t0)))
                y = sign * (v0 + (v1 - v0) * ((until - t0) / (t1 - t0)))
                hours = (until - at) / HOUR
                if x < 0 < y:
                    x, hours = 0.0, hours * y / (y - x)
                elif y < 0 < x:
                    y, hours = 0.0, hours * x / (x - y)
                book.one(day, (max(x, 0) + max(y, 0)) / 2 * hours / 1000, NOTHING, True)
                book.covered[day] += until - at
                at = until

    # 1.4

    def rows(self, readings: list[Reading]) -> dict[tuple[date, str], Row]:
        said: dict[tuple[date, str], list[tuple[str, float, float, float, float]]] = defaultdict(list)
        battery = False
        for channel, (lifetime, day, power, sign) in FIELDS.items():
            anchors: dict[datetime, float] = {}
            books = {name: Book(self.midnight, self.date_of) for name in ("lifetime", "day", "power")}
            points = {name: self.series(readings, f) for name, f in zip(books, (lifetime, day, power), strict=True)}
            battery |= channel in ("charged", "discharged") and any(points.values())
            self.counter(points["day"], self.limit(channel), books["day"], True, anchors)
            self.counter(points["lifetime"], self.limit(channel), books["lifetime"], False, anchors)
            self.power(points["power"], sign, books["power"])
            for name, book in books.items():
                for date_ in {*book.covered, *book.recovered}:
                    length = self.midnight(date_ + DAY) - self.midnight(date_)
                    known = (book.covered[date_] + book.recovered[date_]) / length if length else 0.0
                    if known > 0:
                        share = book.covered[date_] / length
                        said[date_, channel].append((name, known, share, book.kwh[date_], book.recovered_kwh[date_]))
        found: dict[tuple[date, str], Row] = {}
        for key, sources in said.items():
            sources = [s for s in sources if s[1] >= max(x[1] for x in sources) - 0.05 - 1e-12]
            sources = [s for s in sources if s[2] >= max(x[2] for x in sources) - 0.05 - 1e-12]
            name, _, share, kwh, recovered = sources[0]
            found[key] = (kwh, name, share, recovered)
        return self.balance(found, battery and self.has_battery is not False)

    def balance(self, found: dict[tuple[date, str], Row], battery: bool) -> dict[tuple[date, str], Row]:
        signs = {"produced": 1, "imported": 1, "exported": -1} | ({"discharged": 1, "charged": -1} if battery else {})
        for day in {day for day, _ in found}:
            parts = [found.get((day, channel)) for channel in signs]
            if (day, "consumed") in found or None in parts:
                continue
            known = [part for part in parts if part is not None]
            kwh = sum(sign * part[0] for sign, part in zip(signs.values(), known, strict=True))
            if kwh >= -SMALL - EPS:
                kwh = max(kwh, 0.0)
                recovered = min(kwh, sum(part[3] for part in known))
                found[day, "consumed"] = (kwh, "balance", min(part[2] for part in known), recovered)
        return found


class Counter:
    """One counter of one channel: which readings count, and where the energy of each step belongs."""

    def __init__(
        self,
        days: Reference,
        points: list[Point],
        limit: float,
        book: Book,
        daily: bool,
        anchors: dict[datetime, float],
    ) -> None:
        self.days, self.points, self.limit, self.book, self.daily, self.anchors = (
            days,
            points,
            limit,
            book,
            daily,
            anchors,
        )
        self.started = False
        self.level = 0.0
        self.t_level = self.t_a = datetime.min.replace(tzinfo=UTC)

    def could_flow(self, time: timedelta) -> float:
        return self.limit * (time / HOUR) + Q + EPS

    def room(self, t: datetime) -> float:
        return self.could_flow(max(t - self.t_a, min(t - self.t_level, G)))

    def fits(self, t: datetime, c: float) -> bool:
        return not falls(c, self.level) and c <= self.level + self.room(t)

    def go(self) -> None:
        i = 0
        while i < len(self.points):
            t, c = self.points[i]
            if not self.started and not self.daily:
                self.move_to(t, c, held=False)
                i += 1
            elif self.daily and (not self.started or self.after_a_night(t)):
                self.first_of_day(i)
                i += 1
            elif (back := self.excursion(i)) is not None:
                i = back
            else:
                self.step(t, c)
                i += 1

    def after_a_night(self, t: datetime) -> bool:
        return t - self.t_a > G and self.days.date_of(t) > self.days.date_of(self.t_a)

    def move_to(self, t: datetime, c: float, held: bool) -> None:
        if not held or c > self.level:
            self.level, self.t_level = c, t
        self.started, self.t_a = True, t

    def excursion(self, i: int) -> int | None:
        t, c = self.points[i]
        if self.fits(t, c):
            for tn, cn in self.points[i + 1 : i + 2]:
                same_date = self.days.date_of(tn) == self.days.date_of(t)
                if tn <= t + G and falls(cn, c) and self.fits(tn, cn) and (same_date or not self.daily):
                    return i + 1
            return None
        for j in range(i + 1, len(self.points)):
            (tu, cu), (tx, cx) = self.points[j - 1], self.points[j]
            jumped = falls(cx, cu) or cx > cu + self.could_flow(tx - tu)
            if tx <= t + G and self.fits(tx, cx) and jumped:
                return j
        return None

    def first_of_day(self, i: int) -> None:
        t, c = self.points[i]
        today, midnight = self.days.date_of(t), self.days.midnight(self.days.date_of(t))
        later = [x for x in self.points[i + 1 :] if x[0] <= t + G and self.days.date_of(x[0]) == today]
        unchanged = self.started and abs(c - self.level) <= SMALL + EPS
        if not unchanged and not any(falls(x[1], c) for x in later):
            if c <= self.could_flow(t - midnight):
                self.anchors[t] = c
                self.book.one(today, c, t - midnight, True)
            self.move_to(t, c, held=False)
            return
        e = max(0.0, c - self.level)
        if not self.started or c < self.level - SMALL - EPS or e > self.could_flow(t - self.t_a):
            self.move_to(t, c, held=False)
            return
        sure = self.days.is_day_after(today, self.days.date_of(self.t_a)) or e <= SMALL + EPS
        self.book.evenly(self.t_a, midnight, e, sure)
        self.book.one(today, 0.0, t - midnight, True)
        self.move_to(t, c, held=True)

    def step(self, t: datetime, c: float) -> None:
        fits = self.fits(t, c)
        if fits:
            self.rise(t, max(0.0, c - self.level))
        elif falls(c, self.level) and c <= self.room(t):
            self.restart(t, c)
        self.move_to(t, c, held=fits)

    def rise(self, t: datetime, e: float) -> None:
        today, midnight = self.days.date_of(t), self.days.midnight(self.days.date_of(t))
        if self.daily or t - self.t_a <= G or not self.days.crosses(self.t_a, t) or e <= SMALL + EPS:
            self.book.evenly(self.t_a, t, e, True)
        elif t in self.anchors and self.anchors[t] <= e + SMALL + EPS:
            own = min(self.anchors[t], e)
            self.book.one(today, own, t - midnight, True)
            sure = self.days.is_day_after(today, self.days.date_of(self.t_a)) or e - own <= SMALL + EPS
            self.book.evenly(self.t_a, midnight, e - own, sure)
        else:
            self.book.evenly(self.t_a, t, e, False)

    def restart(self, t: datetime, c: float) -> None:
        today = self.days.date_of(t)
        if not self.daily:
            self.book.evenly(self.t_a, t, c, False)
        elif today > self.days.date_of(self.t_a):
            self.book.one(today, c, t - self.days.midnight(today), True)
        else:
            self.book.one(today, c, t - self.t_a, False)

"""Which source counts for a channel of a day, and consumption from the balance (formulas 1.4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from solar.energy.channels import JITTER, SOURCES, TOLERANCE, Source
from solar.vocabulary import CHANNELS

Method = Literal["lifetime", "day", "power", "balance", "imported", "corrected"]
Verdict = Literal["taken", "knows-less", "covers-less", "ranks-lower"]
_SHARE_PARTS = 20
"""A source is dropped where its share of the day is more than 1/20 below the best."""


@dataclass(frozen=True, slots=True)
class DayEnergy:
    """Energy of one channel on one local date: kWh, how it was found, the covered share of the day, and the kWh of it
    whose spread over days is not known."""

    date: date
    channel: str
    kwh: float
    method: Method
    coverage: float
    recovered_kwh: float
    hours: tuple[float, ...] | None = None
    """Of a counter's channel on a date without its power: the kWh of each hour, from the start of the day."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one source says about one channel of a date; `covered`, `recovered` and `length` in microseconds.

    `hours`: where no power of the channel is known on the date, the kWh of each of its hours; they add up to `kwh`.
    """

    date: date
    channel: str
    source: Source
    kwh: float
    recovered_kwh: float
    covered: int
    recovered: int
    length: int
    hours: tuple[float, ...] | None = None

    @property
    def known(self) -> int:
        """Covered and recovered time, microseconds."""
        return self.covered + self.recovered

    @property
    def coverage(self) -> float:
        """Covered share of the day, 0..1."""
        return self.covered / self.length

    @property
    def known_share(self) -> float:
        """Covered and recovered share of the day, 0..1."""
        return self.known / self.length


def judge(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Verdict]]:
    """The verdict on each source of one channel of one date; exactly one is taken."""
    verdicts: dict[Source, Verdict] = {}
    best_known = max(c.known for c in candidates)
    rest = [c for c in candidates if not _far_below(c.known, best_known, c.length)]
    verdicts |= {c.source: "knows-less" for c in candidates if c not in rest}
    best_covered = max(c.covered for c in rest)
    last = [c for c in rest if not _far_below(c.covered, best_covered, c.length)]
    verdicts |= {c.source: "covers-less" for c in rest if c not in last}
    taken = min(last, key=lambda c: SOURCES.index(c.source))
    verdicts |= {c.source: "taken" if c is taken else "ranks-lower" for c in last}
    return [(candidate, verdicts[candidate.source]) for candidate in candidates]


def rank(
    candidates: Iterable[Candidate],
    *,
    battery: bool,
    corrections: Iterable[DayEnergy] = (),
    imports: Iterable[DayEnergy] = (),
) -> list[DayEnergy]:
    """The rows of all dates and channels, by date and channel; `battery`: battery terms belong to the balance.

    `corrections` stand in for what was measured, `imports` where nothing was; the balance is made of what stands.
    """
    grouped: dict[date, dict[str, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for candidate in candidates:
        grouped[candidate.date][candidate.channel].append(candidate)
    given, brought = _by_date(corrections), _by_date(imports)
    rows = []
    for day in sorted(grouped.keys() | given.keys() | brought.keys()):
        measured = {channel: _taken(sources) for channel, sources in grouped.get(day, {}).items()}
        found = {**brought.get(day, {}), **measured, **given.get(day, {})}
        if "consumed" not in found and (balance := _balance(found, battery)) is not None:
            found["consumed"] = balance
        rows += [found[channel] for channel in CHANNELS if channel in found]
    return rows


def _by_date(rows: Iterable[DayEnergy]) -> Mapping[date, Mapping[str, DayEnergy]]:
    found: dict[date, dict[str, DayEnergy]] = defaultdict(dict)
    for row in rows:
        found[row.date][row.channel] = row
    return found


def _far_below(time: int, best: int, length: int) -> bool:
    return (best - time) * _SHARE_PARTS > length


def _taken(candidates: Sequence[Candidate]) -> DayEnergy:
    c = next(candidate for candidate, verdict in judge(candidates) if verdict == "taken")
    return DayEnergy(c.date, c.channel, c.kwh, c.source, c.coverage, c.recovered_kwh, c.hours)


def _balance(found: dict[str, DayEnergy], battery: bool) -> DayEnergy | None:
    """Consumed = produced + imported + discharged - exported - charged, or None where a part is missing."""
    needed = ["produced", "imported", "exported", *(["charged", "discharged"] if battery else [])]
    if not all(channel in found for channel in needed):
        return None
    parts = [found[channel] for channel in needed]
    kwh = sum(-part.kwh if part.channel in ("exported", "charged") else part.kwh for part in parts)
    if kwh < -(JITTER + TOLERANCE):
        return None
    kwh = max(0.0, kwh)
    recovered = min(kwh, sum(part.recovered_kwh for part in parts))
    return DayEnergy(parts[0].date, "consumed", kwh, "balance", min(part.coverage for part in parts), recovered)

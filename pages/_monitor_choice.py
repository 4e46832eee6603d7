"""The period chosen on Monitor: read from the address or a store, and resolved for a source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from services import access
from services.access import SourceRecord
from services.errors import NotFound
from services.people.viewer import Viewer
from services.telemetry import energy_ranges
from solar.days import end_of_day, local_date, start_of_day
from solar.periods import COMPARISONS, KINDS, Comparison, Kind, Period


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose: a kind of period around a day (today where None), or two dates; and a comparison."""

    kind: Kind = "day"
    day: date | None = None
    ends: tuple[date, date] | None = None
    comparison: Comparison = "none"

    def as_store(self) -> dict[str, Any]:
        """Return the choice for a `dcc.Store`, as the browser writes it too."""
        return {
            "kind": self.kind,
            "date": self.day.isoformat() if self.day else None,
            "from": self.ends[0].isoformat() if self.ends else None,
            "to": self.ends[1].isoformat() if self.ends else None,
            "compare": self.comparison,
        }


def choice_of(given: Mapping[str, Any] | None) -> Choice:
    """Read a choice; what nobody could mean falls back to today."""
    found = given or {}
    kind = found.get("kind") or found.get("range")
    comparison = found.get("compare")
    ends = (day_of(found.get("from")), day_of(found.get("to")))
    both = cast("tuple[date, date]", ends) if ends[0] and ends[1] and ends[0] <= ends[1] else None
    known = kind in KINDS and (kind != "custom" or both is not None)
    return Choice(
        cast(Kind, kind) if known else "day",
        day_of(found.get("date")),
        both if kind == "custom" else None,
        cast(Comparison, comparison) if comparison in COMPARISONS else "none",
    )


def day_of(text: Any) -> date | None:
    """Return a day of an address, or None for anything that is not one."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def source_of(viewer: Viewer, source_id: str) -> SourceRecord | None:
    """Return a source that the viewer may see, or None: the page then says so instead of waiting for ever."""
    try:
        return access.source_for(viewer, source_id)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice resolved for a source: its period, and the source's today."""

    source: SourceRecord
    comparison: Comparison
    period: Period
    today: date

    def window(self) -> tuple[datetime, datetime]:
        """Return `[start, end)` of the period (aware UTC)."""
        zone = self.source.time_zone
        return start_of_day(self.period.first, zone), end_of_day(self.period.last, zone)


def chosen_of(viewer: Viewer, source_id: str, stored: Mapping[str, Any] | None, now: datetime) -> Chosen | None:
    """Return what a store says is chosen of a source, or None where the viewer may not see it."""
    source = source_of(viewer, source_id)
    if source is None:
        return None
    choice, today = choice_of(stored), local_date(now, source.time_zone)
    # All there is ends today, whatever day one came from.
    day = today if choice.kind == "all" else min(choice.day or today, today)
    period = energy_ranges.period_of(viewer, str(source.id), choice.kind, day, choice.ends)
    return Chosen(source, choice.comparison, period, today)

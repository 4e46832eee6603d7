"""Sums of the returns of many sources, by currency and never mixed: of all that somebody may see, or of a group."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data import postgres, returns_settings
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.returns import energies as returns_energies
from services.returns.basis import CACHE, Key, last_day
from services.returns.terms import terms_of
from solar.returns import CurrencyTotal, Measured, Plant, totals_by_currency


@dataclass(frozen=True, slots=True)
class SourceSum:
    """What one source measured, without its days; `group` is the name of its power group."""

    id: str
    name: str
    group: str | None
    result: Measured


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums by currency of `sources` (by name); `left` more were not counted in the time given."""

    totals: tuple[CurrencyTotal, ...]
    sources: Sequence[SourceSum]
    left: int


def sums(viewer: Viewer, now: datetime, *, group_id: str | None = None, seconds: float = float("inf")) -> Sums:
    """Return the measured money of all sources the viewer may see, or of one power group.

    Years of days take some tenths of a second a source, once: after so many seconds the rest is left for another call,
    which finds what this one counted. Raises NotFound for a group that is not theirs.
    """
    group = access.group_for(viewer, group_id).id if group_id else None
    names = {each.id: each.name for each in access.visible_groups(viewer)}
    chosen = [each for each in access.visible_sources(viewer) if group is None or each.power_group_id == group]
    found: list[SourceSum] = []
    new, left, end = 0, 0, time.monotonic() + seconds
    for source, key, plant in _asked(chosen, now):
        if not CACHE.has_summary(key, plant):
            # One at least, so that asking again comes to an end.
            if new and time.monotonic() > end:
                left += 1
                continue
            new += 1
        group_name = names.get(source.power_group_id) if source.power_group_id else None
        found.append(SourceSum(str(source.id), source.name, group_name, CACHE.summary(source, key, plant)))
    return Sums(totals_by_currency(each.result for each in found), found, left)


def _asked(chosen: Sequence[SourceRecord], now: datetime) -> list[tuple[SourceRecord, Key, Plant]]:
    """Each source with what its result depends on, read for all of them at once."""
    ids = [each.id for each in chosen]
    with postgres.session() as session:
        settings = returns_settings.by_sources(session, ids)
        costs = returns_settings.costs_by_sources(session, ids)
    last = {each.time_zone: last_day(now, each.time_zone) for each in chosen}
    versions = returns_energies.versions(chosen, last)
    asked = []
    for each in chosen:
        saved, as_of = settings[each.id], last[each.time_zone]
        key = Key(str(each.id), each.time_zone, as_of, saved.prices_version, versions[each.id])
        asked.append((each, key, terms_of(each, saved, costs[each.id]).plant))
    return asked

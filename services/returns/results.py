"""Returns of a source, measured and modelled, by its saved terms or by those being tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data import postgres, returns_settings
from data.returns_settings import CostRecord, ReturnsRecord
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.returns import basis as returns_basis
from services.returns.basis import CACHE, Basis, Key, last_day
from services.returns.terms import Terms, terms_of
from solar.returns import (
    Co2,
    Gaps,
    Measured,
    Outlook,
    Plant,
    changed_from_default,
    co2_avoided,
    gaps,
    outlook,
)


@dataclass(frozen=True, slots=True)
class Returns:
    """The returns of a source through `basis.as_of`, its last whole day, with the terms they were computed with."""

    source: SourceRecord
    terms: Terms
    basis: Basis
    measured: Measured
    outlook: Outlook
    gaps: Gaps
    co2: Co2

    @property
    def plant(self) -> Plant:
        """What the source cost."""
        return self.terms.plant

    @property
    def changed(self) -> tuple[str, ...]:
        """The assumptions that differ from the defaults."""
        return changed_from_default(self.terms.assumptions)


@dataclass(frozen=True, slots=True)
class _Situation:
    """What is saved about a source, and the key of its basis."""

    source: SourceRecord
    settings: ReturnsRecord
    costs: Sequence[CostRecord]
    key: Key


def results(
    viewer: Viewer, source_id: str, now: datetime, *, trial: Mapping[str, Any] | None = None
) -> Returns:
    """Return the returns of a source that the viewer may see, by its saved terms or with those of `trial` (see
    `services.returns.terms.terms_of`). Raises NotFound, Invalid for a trial at fault, StorageUnavailable.
    """
    found = _situation(access.source_for(viewer, source_id), now)
    terms = terms_of(found.source, found.settings, found.costs, trial)
    basis, result = CACHE.measured(found.source, found.key, terms.plant)
    return Returns(
        found.source,
        terms,
        basis,
        result,
        outlook(terms.plant, result, basis.ground, terms.assumptions),
        gaps(result),
        co2_avoided(basis.values, terms.assumptions.co2_kg_per_kwh),
    )


def saved_terms(viewer: Viewer, source_id: str) -> Terms:
    """Return the costs and assumptions of a source as saved."""
    source = access.source_for(viewer, source_id)
    settings, costs = _saved([source.id])
    return terms_of(source, settings[source.id], costs[source.id])


def source_zone(viewer: Viewer, source_id: str) -> str:
    """Return the IANA zone that the days of a source are in."""
    return access.source_for(viewer, source_id).time_zone


def basis_of(source: SourceRecord, now: datetime) -> tuple[Key, Basis]:
    """Return the valued days of a source, for those who checked that it may be seen."""
    key = _situation(source, now).key
    return key, CACHE.basis(source, key)


def _situation(source: SourceRecord, now: datetime) -> _Situation:
    settings, costs = _saved([source.id])
    as_of = last_day(now, source.time_zone)
    key = returns_basis.key_of(source, settings[source.id].prices_version, as_of)
    return _Situation(source, settings[source.id], costs[source.id], key)


def _saved(source_ids: list[UUID]) -> tuple[dict[UUID, ReturnsRecord], dict[UUID, list[CostRecord]]]:
    with postgres.session() as session:
        return (
            returns_settings.by_sources(session, source_ids),
            returns_settings.costs_by_sources(session, source_ids),
        )

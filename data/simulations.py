"""Simulations that run: one a source, with the state to go on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import Simulation


@dataclass(frozen=True, slots=True)
class SimulationRecord:
    """A simulation of a source; its state is empty until the first readings are made."""

    source_id: UUID
    started_at: datetime
    ends_at: datetime
    state: Mapping[str, Any]
    readings: int


_COLUMNS = (
    Simulation.sun_source_id, Simulation.started_at, Simulation.ends_at, Simulation.state, Simulation.readings,
)


def start(session: Session, source_id: UUID, now: datetime, ends_at: datetime) -> bool:
    """Start a simulation; False where one of the source runs."""
    values = {"sun_source_id": source_id, "started_at": now, "ends_at": ends_at, "state": {}}
    made = insert(Simulation).values(**values).on_conflict_do_nothing().returning(Simulation.sun_source_id)
    return session.execute(made).one_or_none() is not None


def stop(session: Session, source_id: UUID) -> bool:
    """Stop the simulation of a source; False where none runs."""
    gone = delete(Simulation).where(Simulation.sun_source_id == source_id).returning(Simulation.sun_source_id)
    return session.execute(gone).one_or_none() is not None


def list_all(session: Session) -> list[SimulationRecord]:
    """Return the simulations that run, the oldest first."""
    query = select(*_COLUMNS).order_by(Simulation.started_at, Simulation.sun_source_id)
    return [SimulationRecord(*row) for row in session.execute(query)]


def go_on(session: Session, source_id: UUID, state: Mapping[str, Any], readings: int) -> bool:
    """Keep how far a simulation came; False where it was stopped meanwhile."""
    changed = (
        update(Simulation)
        .where(Simulation.sun_source_id == source_id)
        .values(state=dict(state), readings=Simulation.readings + readings)
        .returning(Simulation.sun_source_id)
    )
    return session.execute(changed).one_or_none() is not None

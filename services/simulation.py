"""Simulations as people control them: started, listed and stopped; `services/simulating.py` makes the readings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data import audit_log, postgres, queue, simulations, sources
from data.simulations import SimulationRecord
from data.sources import SourceRecord
from services import access, audit
from services.errors import Invalid, NotFound
from services.people import permissions
from services.people.viewer import Viewer

LONGEST, MOST_DAYS = timedelta(days=7), 400


@dataclass(frozen=True, slots=True)
class Running:
    """A simulation that runs, with the name of its source."""

    record: SimulationRecord
    name: str


def start(viewer: Viewer, source_id: str, hours: int, now: datetime) -> None:
    """Let a source be simulated for so many hours, or until it is stopped; raises Forbidden, NotFound and Invalid."""
    access.require(viewer, permissions.SIMULATION_CONTROL)
    if not 1 <= hours <= LONGEST // timedelta(hours=1):
        raise Invalid({"hours": f"must be from 1 to {LONGEST // timedelta(hours=1)}"})
    source = access.source_for(viewer, source_id)
    with postgres.session() as session:
        if not simulations.start(session, source.id, now, now + timedelta(hours=hours)):
            raise Invalid({"source": "is simulated already"})
        _note(session, viewer, "simulation-started", source, now, {"hours": hours})


def stop(viewer: Viewer, source_id: str, now: datetime) -> None:
    """Stop the simulation of a source; raises Forbidden and NotFound."""
    access.require(viewer, permissions.SIMULATION_CONTROL)
    source = access.source_for(viewer, source_id)
    with postgres.session() as session:
        if not simulations.stop(session, source.id):
            raise NotFound("this source is not simulated")
        _note(session, viewer, "simulation-stopped", source, now, {})


def running(viewer: Viewer) -> list[Running]:
    """Return the simulations that run; raises Forbidden."""
    access.require(viewer, permissions.SIMULATION_CONTROL)
    with postgres.session() as session:
        found = simulations.list_all(session)
        names = {each.id: each.name for each in sources.by_ids(session, [str(one.source_id) for one in found])}
    return [Running(each, names.get(each.source_id, "")) for each in found]


def is_any_running() -> bool:
    """Return whether any source is simulated."""
    with postgres.session() as session:
        return bool(simulations.list_all(session))


def ask_for_past(viewer: Viewer, source_id: str, days: int, now: datetime) -> int | None:
    """Have the last days of a source filled with simulated readings; returns the job's id, None where one waits.

    Readings that are there stay as they are. Raises Forbidden, NotFound and Invalid.
    """
    access.require(viewer, permissions.DEBUG_GENERATE)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": f"must be from 1 to {MOST_DAYS}"})
    source = access.source_for(viewer, source_id)
    with postgres.session() as session:
        _note(session, viewer, "debug-data-asked", source, now, {"days": days})
    end = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)
    arguments = {"source_id": str(source.id), "start": (end - timedelta(days=days)).isoformat(), "end": end.isoformat()}
    return queue.defer("simulations:past", arguments, queueing_lock=f"simulations:past:{source.id}")


def _note(
    session: postgres.Transaction, viewer: Viewer, action: str, source: SourceRecord, now: datetime,
    details: dict[str, int],
) -> None:  # fmt: skip
    by = audit.by(viewer.account_id, now)
    audit_log.add(session, action, **by, target_kind="source", target_id=str(source.id), details=details)

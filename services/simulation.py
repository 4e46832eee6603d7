"""Simulated readings: a process that goes on until it is stopped, and a stretch of the past made at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data import audit_log, locks, postgres, queue, simulations, sources
from data.simulations import SimulationRecord
from data.sources import SourceRecord
from services import access, audit, history, permissions
from services.errors import Invalid, NotFound
from services.viewer import Viewer
from solar.simulation import SiteSpec, State, initial_state, simulate, simulate_from

TRANSPORT = "simulation"
STEP = timedelta(seconds=10)
LONGEST, MOST_DAYS = timedelta(days=7), 400
# What was missed while no worker ran is made up for so far back, and no further.
_CATCH_UP = timedelta(minutes=10)
_PAST_STEP = timedelta(minutes=5)
_PLACE = (48.14, 11.58)


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
    state = initial_state(spec_of(source), now.replace(microsecond=0))
    with postgres.session() as session:
        if not simulations.start(session, source.id, now, now + timedelta(hours=hours), state.to_json()):
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


def step(now: datetime) -> int:
    """Bring every simulation up to now; returns the number of readings stored. One process does it at a time."""
    with locks.try_hold("simulations") as lock:
        if lock is None:
            return 0
        with postgres.session() as session:
            found = simulations.list_all(session)
            known = {each.id: each for each in sources.by_ids(session, [str(one.source_id) for one in found])}
        return sum(_go_on(each, known[each.source_id], now) for each in found if each.source_id in known)


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


def make_past(source_id: str, start: datetime, end: datetime, now: datetime) -> int:
    """Fill `[start, end)` of a source with simulated readings every five minutes; returns how many are new."""
    with postgres.session() as session:
        found = sources.by_ids(session, [source_id])
    if not found:
        raise NotFound("there is no such source")
    frame = simulate(spec_of(found[0]), start, end, _PAST_STEP)
    return history.store_history(source_id, frame, now, transport=TRANSPORT)


def spec_of(source: SourceRecord) -> SiteSpec:
    """Return the installation that stands for a source: as its owner described it, ordinary where nothing is said."""
    kwp = (source.installed_capacity_watts or 5_000.0) / 1000
    battery = source.battery_capacity_kwh or 10.0 if source.has_battery else None
    latitude, longitude = _PLACE
    return SiteSpec(
        latitude=source.latitude if source.latitude is not None else latitude,
        longitude=source.longitude if source.longitude is not None else longitude,
        time_zone=source.time_zone,
        tilt_degrees=source.tilt_degrees if source.tilt_degrees is not None else 30.0,
        azimuth_degrees=source.azimuth_degrees if source.azimuth_degrees is not None else 180.0,
        capacity_kwp=kwp,
        inverter_kw=kwp,
        battery_kwh=battery,
        battery_kw=battery / 2 if battery is not None else None,
        annual_load_kwh=4_000.0,
        seed=source.id.int % 2**31,
    )


def _go_on(simulation: SimulationRecord, source: SourceRecord, now: datetime) -> int:
    """Store one source's readings up to now; what was stored before a crash is stored again, which changes nothing."""
    spec, state = spec_of(source), State.from_json(simulation.state)
    end = min(now, simulation.ends_at)
    if end - state.at > _CATCH_UP:
        _, state = simulate_from(spec, state, end - _CATCH_UP, STEP)
    frame, after = simulate_from(spec, state, end, STEP)
    stored = history.store_history(str(source.id), frame, now, transport=TRANSPORT) if len(frame) else 0
    with postgres.session() as session:
        simulations.go_on(session, source.id, after.to_json(), stored)
        if now >= simulation.ends_at:
            simulations.stop(session, source.id)
    return stored


def _note(
    session: postgres.Transaction, viewer: Viewer, action: str, source: SourceRecord, now: datetime,
    details: dict[str, int],
) -> None:  # fmt: skip
    by = audit.by(viewer.account_id, now)
    audit_log.add(session, action, **by, target_kind="source", target_id=str(source.id), details=details)

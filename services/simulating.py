"""Simulated readings, made by the workers: the next ones of simulations that run, and a stretch of the past."""

from datetime import datetime, timedelta

from data import locks, postgres, simulations, sources
from data.simulations import SimulationRecord
from data.sources import SourceRecord
from services.errors import NotFound
from services.ingestion import history
from solar.simulation import SiteSpec, State, initial_state, simulate, simulate_from

TRANSPORT = "simulation"
STEP = timedelta(seconds=10)
# What was missed while no worker ran is made up for so far back, and no further.
_CATCH_UP = timedelta(minutes=10)
_PAST_STEP = timedelta(minutes=5)
_PLACE = (48.14, 11.58)


def step(now: datetime) -> int:
    """Bring every simulation up to now; returns the number of readings stored. One process does it at a time."""
    with locks.try_hold("simulations") as lock:
        if lock is None:
            return 0
        with postgres.session() as session:
            found = simulations.list_all(session)
            known = {each.id: each for each in sources.by_ids(session, [str(one.source_id) for one in found])}
        return sum(_go_on(each, known[each.source_id], now) for each in found if each.source_id in known)


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
    spec = spec_of(source)
    state = State.from_json(simulation.state) if simulation.state else initial_state(spec, _beginning(simulation))
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


def _beginning(simulation: SimulationRecord) -> datetime:
    return simulation.started_at.replace(microsecond=0)

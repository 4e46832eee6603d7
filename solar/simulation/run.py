"""Running an installation through time: from its first day, or on from a state, in steps of any length."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from solar.simulation.counters import Counters, count, fresh
from solar.simulation.flows import Flows, flows
from solar.simulation.readings import columns
from solar.simulation.site import SiteSpec
from solar.simulation.sky import sky


@dataclass(frozen=True, slots=True)
class State:
    """What an installation carries from one step to the next; `at` is the aware instant it holds for."""

    at: datetime
    stored_kwh: float
    counters: Counters

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {"at": self.at.isoformat(), "stored_kwh": self.stored_kwh, "counters": asdict(self.counters)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "State":
        """Return the state that `to_json` gave; raises KeyError, TypeError or ValueError on anything else."""
        counters = kept["counters"]
        return cls(
            datetime.fromisoformat(kept["at"]), float(kept["stored_kwh"]),
            Counters(tuple(counters["totals"]), tuple(counters["bases"]), str(counters["day"])),
        )


def initial_state(spec: SiteSpec, at: datetime) -> State:
    """Return an installation as it is switched on at an aware instant: counters at 0, battery at 40 %."""
    return State(at, 0.4 * (spec.battery_kwh or 0.0), fresh(spec, at))


def simulate(spec: SiteSpec, start: datetime, end: datetime, step: timedelta) -> pd.DataFrame:
    """Return the readings of `[start, end)` of an installation switched on at `start`: see `simulate_from`."""
    return simulate_from(spec, initial_state(spec, start), end, step)[0]


def simulate_from(spec: SiteSpec, state: State, end: datetime, step: timedelta) -> tuple[pd.DataFrame, State]:
    """Return the readings at `state.at`, one `step` later and so on before `end`, and the state to go on from.

    The index is aware UTC, named `timestamp`; the columns are the vocabulary's in its units and signs, powers being
    held from one reading to the next. Weather, load and faults depend on the instant alone, so steps of different
    length join without a seam. Steps are whole seconds.
    """
    if step.total_seconds() < 1 or step.total_seconds() % 1:
        raise ValueError("step must be a whole number of seconds, at least 1")
    if state.at.tzinfo is None or end.tzinfo is None:
        raise ValueError("start and end must be aware")
    times = pd.date_range(state.at, end, freq=step, inclusive="left", name="timestamp").tz_convert("UTC").as_unit("ms")
    if len(times) == 0:
        return pd.DataFrame(index=times), state
    above = sky(*spec.place, times)
    hours = step.total_seconds() / 3600
    moved = flows(spec, above, hours, state.stored_kwh)
    counted, counters = count(spec, times, _channels(moved), hours, state.counters)
    frame = pd.DataFrame({**columns(spec, above, moved), **counted}, index=times)
    after = times[-1].to_pydatetime() + step
    return frame, State(after, moved.final_kwh if spec.battery_kwh else 0.0, counters)


def _channels(moved: Flows) -> dict[str, np.typing.NDArray[np.float64]]:
    return {
        "produced": moved.solar, "consumed": moved.load,
        "imported": np.maximum(moved.grid, 0), "exported": np.maximum(-moved.grid, 0),
        "charged": np.maximum(moved.battery, 0), "discharged": np.maximum(-moved.battery, 0),
    }



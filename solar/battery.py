"""When a battery will be full or empty if its recent power lasts; `python -m solar.battery --help` asks for one."""

import argparse
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# Below this a battery rests: measuring noise would give times of weeks.
RESTING_WATTS = 20.0
LONGEST = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Limit:
    """When a battery reaches `full` (100 %) or `empty` (0 %), an aware instant."""

    which: Literal["full", "empty"]
    at: datetime


def capacity_of(
    rated_kwh: float | None, capacity_ah: float | None = None, voltage: float | None = None
) -> float | None:
    """Return a battery's capacity in kWh: as the owner gave it, else ampere hours times volts, else None."""
    if rated_kwh:
        return rated_kwh
    if capacity_ah and voltage:
        return capacity_ah * voltage / 1000
    return None


def time_to_limit(
    state_of_charge: float, mean_watts: float, capacity_kwh: float, measured_at: datetime
) -> Limit | None:
    """Return when a battery is full or empty if `mean_watts` (+ charging, - discharging) lasts.

    `state_of_charge` in percent at `measured_at` (aware), capacity in kWh. None where the battery rests, is at its
    limit already, or would need more than 36 h, which the recent minutes cannot tell.
    """
    if abs(mean_watts) < RESTING_WATTS or capacity_kwh <= 0:
        return None
    charging = mean_watts > 0
    missing_share = (100 - state_of_charge if charging else state_of_charge) / 100
    hours = missing_share * capacity_kwh * 1000 / abs(mean_watts)
    if missing_share <= 0 or hours > LONGEST / timedelta(hours=1):
        return None
    return Limit("full" if charging else "empty", measured_at + timedelta(hours=hours))


def main() -> None:
    """Print the time to full or empty in hours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state_of_charge", type=float, help="percent")
    parser.add_argument("mean_watts", type=float, help="W, + charging, - discharging")
    parser.add_argument("capacity_kwh", type=float, help="kWh")
    given = parser.parse_args()
    start = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    limit = time_to_limit(given.state_of_charge, given.mean_watts, given.capacity_kwh, start)
    hours = None if limit is None else (limit.at - start).total_seconds() / 3600
    parser.exit(message="no limit within 36 h\n" if limit is None else f"{limit.which} in {hours:.2f} h\n")


if __name__ == "__main__":
    main()

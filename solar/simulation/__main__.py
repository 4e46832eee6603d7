"""`python -m solar.simulation --start 2026-06-01 --days 1`: readings of a simulated installation as CSV."""

import argparse
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from solar.simulation import SiteSpec, simulate


def main() -> None:
    """Write the readings of an installation near Würzburg, or of the place given, to stdout."""
    parser = argparse.ArgumentParser(description="Readings of a simulated installation as CSV.")
    parser.add_argument("--start", type=datetime.fromisoformat, required=True, help="local date or time")
    parser.add_argument("--days", type=float, default=1)
    parser.add_argument("--seconds", type=int, default=300, help="step between readings")
    parser.add_argument("--latitude", type=float, default=49.79)
    parser.add_argument("--longitude", type=float, default=9.95)
    parser.add_argument("--zone", default="Europe/Berlin")
    parser.add_argument("--battery-kwh", type=float, default=10.0, help="0 for none")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    battery_kwh = given.battery_kwh or None
    spec = SiteSpec(
        given.latitude, given.longitude, given.zone, 35, 180, 8.0, 8.0,
        battery_kwh, battery_kwh and battery_kwh / 2, 4500, given.seed,
    )
    start = given.start.replace(tzinfo=ZoneInfo(given.zone))
    frame = simulate(spec, start, start + timedelta(days=given.days), timedelta(seconds=given.seconds))
    frame.to_csv(sys.stdout)


if __name__ == "__main__":
    main()

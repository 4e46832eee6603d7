"""`python -m jobs.rebuild --source ID [--from DATE] [--to DATE]`: makes roll-ups of a source from its readings anew."""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta

from data.errors import StorageUnavailable
from jobs import process
from services.rollups import sites as rollup_sites
from services.rollups import updating as rollups
from solar import days

WAIT_SECONDS = 120.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes the roll-ups of a source anew from its readings.")
    parser.add_argument("--source", required=True, help="the id of the source")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first local date, default the first one")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last local date, default the last one")
    return parser.parse_args()


def main() -> None:
    """Rebuild, and say how long it took; exits with 1 where it cannot be done."""
    asked = _arguments()
    try:
        sys.exit(_rebuild(asked.source, asked.first, asked.last))
    except StorageUnavailable as error:
        sys.exit(f"The roll-ups could not be made anew: {error}. They stay marked, and the worker goes on.")


def _rebuild(source_id: str, first: date | None, last: date | None) -> int:
    site = rollup_sites.sites([source_id]).get(source_id)
    if site is None:
        sys.stderr.write(f"There is no source {source_id}.\n")
        return 1
    began = datetime.now(UTC)
    start = days.start_of_day(first, site.time_zone) if first else None
    end = days.end_of_day(last, site.time_zone) if last else None
    frozen = rollups.request_rebuild(source_id, start, end)
    if frozen:
        sys.stderr.write(f"{frozen} days stay as they are: retention has deleted their readings.\n")
    if not rollups.refresh_source(source_id, began + timedelta(seconds=1), wait_seconds=WAIT_SECONDS):
        sys.stderr.write("A worker is at the roll-ups of this source; it will make them anew in its turn.\n")
        return 1
    sys.stdout.write(f"Done in {(datetime.now(UTC) - began).total_seconds():.1f} s.\n")
    return 0


if __name__ == "__main__":
    process.run(main)

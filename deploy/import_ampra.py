"""`python -m deploy.import_ampra --postgres URL --mongo URL`: brings everything from the original Ampra."""

import argparse
import sys
import time
from datetime import UTC, datetime

from data.errors import StorageUnavailable
from data.settings import SettingsError
from deploy.local import stores
from deploy.local.errors import StartError
from services.original import run
from services.original.tally import Refused


def main() -> int:
    """Import; one sentence and 1 where it cannot be."""
    parser = argparse.ArgumentParser(
        description="Bring users, groups, sources, prices, weather, sharing, settings, readings and predictions from a "
        "database of the original Ampra. May be stopped and run again: it goes on, and brings what is new since."
    )
    parser.add_argument("--postgres", required=True, metavar="URL", help="the original's PostgreSQL; only read")
    parser.add_argument("--mongo", required=True, metavar="URL", help="the original's MongoDB; only read")
    parser.add_argument("--dry-run", action="store_true", help="only say what would come")
    asked = parser.parse_args()
    try:
        with stores.reachable():
            _import(asked)
    except (Refused, StorageUnavailable, StartError, SettingsError, ValueError) as error:
        sys.stderr.write(f"The import failed: {error}\n")
        return 1
    return 0


def _import(asked: argparse.Namespace) -> None:
    began = time.monotonic()
    report = run.run(asked.postgres, asked.mongo, datetime.now(UTC), is_dry=asked.dry_run)
    print("\n".join(report.lines()))
    print("Nothing was changed." if asked.dry_run else f"Done in {time.monotonic() - began:.1f} s.")


if __name__ == "__main__":
    sys.exit(main())

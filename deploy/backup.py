"""`python -m deploy.backup`: makes, lists and verifies backups, while Ampra runs or while it does not."""

import argparse
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from data.errors import StorageUnavailable
from data.settings import SettingsError
from deploy.local import stores
from deploy.local.errors import StartError
from services.backups import keeping, restoring
from services.backups.archive import Contents, Damaged
from services.errors import NotFound

FAILURES = (StartError, SettingsError, StorageUnavailable, Damaged, restoring.Refused, NotFound, FileNotFoundError)


def main() -> int:
    """Do what is asked; one sentence and 1 where it cannot be."""
    parser = argparse.ArgumentParser(description="Back up PostgreSQL, MongoDB and the files as one archive.")
    parser.add_argument("file", nargs="?", type=Path, help="where to; default: the place of AMPRA_BACKUP_URL")
    parser.add_argument("--list", action="store_true", help="list the backups of that place")
    parser.add_argument("--verify", metavar="BACKUP", help="read a file, or a backup of that place, and prove it whole")
    asked = parser.parse_args()
    return ended(lambda: _run(asked), "The backup failed")


def ended(work: Callable[[], None], failure: str) -> int:
    """Run a command's work before running databases; one sentence and 1 where it fails."""
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING)
    try:
        with stores.reachable():
            work()
    except FAILURES as error:
        sys.stderr.write(f"{failure}: {error}\n")
        return 1
    return 0


def _run(asked: argparse.Namespace) -> None:
    if asked.list:
        kept = keeping.list_all()
        print("\n".join(f"{each.name}  {each.size / 1e6:.1f} MB" for each in kept) or "There is none yet.")
    elif asked.verify:
        print(f"Whole: {said(keeping.verify(asked.verify))}.")
    else:
        began = time.monotonic()
        place, contents = _make(asked.file)
        print(f"{place}: {said(contents)}, in {time.monotonic() - began:.1f} s.")
        print("AMPRA_SEALING_KEY is not in it: keep it elsewhere, or webhook secrets and second factors are lost.")


def _make(file: Path | None) -> tuple[str, Contents]:
    if file is None:
        made = keeping.make(datetime.now(UTC))
        return keeping.place_of(made.name), made.contents
    return str(file), keeping.make_file(file)


def said(contents: Contents) -> str:
    """Return what a backup holds, in words."""
    found = restoring.totals(contents)
    begun_at = contents.head["begun_at"]
    return f"{found.rows:,} rows, {found.documents:,} documents and {found.files:,} files of {begun_at}"


if __name__ == "__main__":
    sys.exit(main())

"""`python -m deploy.move export|import`: one user or one source from one server to another, as one archive."""

import argparse
import sys
from functools import partial
from pathlib import Path

from deploy.backup import ended, said
from services.backups import keeping, moving


def main() -> int:
    """Export or import; one sentence and 1 where it cannot be."""
    parser = argparse.ArgumentParser(description="Move one user or one source between servers of the same version.")
    does = parser.add_subparsers(dest="does", required=True)
    out = does.add_parser("export", help="write a user with all sources, or one source, to a file")
    what = out.add_mutually_exclusive_group(required=True)
    what.add_argument("--user", metavar="EMAIL")
    what.add_argument("--source", metavar="ID")
    out.add_argument("file", type=Path)
    back = does.add_parser("import", help="bring such a file in; may be repeated")
    back.add_argument("--owner", metavar="EMAIL", help="whose the source shall be, where its owner is not here")
    back.add_argument("file")
    asked = parser.parse_args()
    return ended(lambda: _run(asked), f"The {asked.does} failed")


def _run(asked: argparse.Namespace) -> None:
    if asked.does == "export":
        contents = (moving.export_user(asked.user, asked.file) if asked.user
                    else moving.export_source(asked.source, asked.file))
        print(f"{asked.file}: {said(contents)}.")
        return
    arrived = moving.bring(partial(keeping.opened, asked.file), asked.owner)
    print(f"New here: {arrived.rows:,} rows, {arrived.documents:,} documents and {arrived.files:,} files.")
    print(*arrived.notes, sep="\n", end="\n" if arrived.notes else "")


if __name__ == "__main__":
    sys.exit(main())

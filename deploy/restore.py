"""`python -m deploy.restore BACKUP`: brings a backup back into an empty system and compares all totals."""

import argparse
import re
import subprocess
import sys
import time
from functools import partial

from data.settings import ROOT
from deploy.backup import ended, said
from services.backups import keeping, restoring

_STEP = re.compile(r'^revision = "(\w+)"', re.MULTILINE)


def main() -> int:
    """Restore; one sentence and 1 where it cannot be."""
    parser = argparse.ArgumentParser(description="Bring a backup back into an empty system, and compare all totals.")
    parser.add_argument("backup", help="a file, a name at the place of AMPRA_BACKUP_URL, or `latest`")
    parser.add_argument("--check", action="store_true", help="only look whether it could be restored here")
    parser.add_argument("--other-sealing-key", action="store_true", help="the backup's AMPRA_SEALING_KEY is lost")
    asked = parser.parse_args()
    return ended(lambda: _run(asked), "The restore failed")


def _run(asked: argparse.Namespace) -> None:
    began = time.monotonic()
    opened = partial(keeping.opened, asked.backup)
    contents = restoring.check(opened, known_steps(), with_other_key=asked.other_sealing_key)
    if asked.check:
        print(f"It can be restored here: {said(contents)}.")
        return
    _migrate("--to", contents.head["schema"])
    restoring.load(opened, contents)
    _migrate()
    restoring.settle(contents)
    print(f"Restored and compared: {said(contents)}, in {time.monotonic() - began:.1f} s.")


def known_steps() -> tuple[str, ...]:
    """Return the steps of the schema that this Ampra knows, in order."""
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    return tuple(found[1] for file in files if (found := _STEP.search(file.read_text(encoding="utf-8"))))


def _migrate(*arguments: str) -> None:
    command = [sys.executable, "-m", "migrations", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise restoring.Refused(done.stderr.strip() or done.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())

"""Runs every benchmark but the soak one after the other: `python -m benchmarks.all`, which is `make bench`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
# Half an hour by itself, on a machine that does nothing else.
APART = ("soak",)


def main() -> int:
    """Run each command of this folder; 1 when any failed."""
    names = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in ("__init__", Path(__file__).stem))
    names += sorted(file.parent.name for file in FOLDER.glob("*/__main__.py") if file.parent.name not in APART)
    failed = []
    for name in names:
        print(f"\n== benchmarks.{name} ==", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Command line: `python -m solar.returns FILE...` runs returns vectors and prints one JSON line for each."""

import json
import sys
from pathlib import Path
from typing import Any

from solar.returns.vectors import run_vector


def main(paths: list[str]) -> int:
    """Run the vectors at the paths; 0 when all pass, 1 when any fails or cannot be read, 2 without a path."""
    if not paths:
        sys.stderr.write("usage: python -m solar.returns FILE...\n")
        return 2
    passed = True
    for path in paths:
        line = _line(Path(path))
        passed = passed and line["pass"]
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0 if passed else 1


def _line(path: Path) -> dict[str, Any]:
    try:
        return run_vector(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = f"{type(error).__name__}: {error}"
        return {"name": path.stem, "pass": False, "differences": [fault], "result": {}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

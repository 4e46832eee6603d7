"""`python -m solar.kpis FILE...`: check key figure vectors, one JSON line each; exits non-zero when any fails."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from solar.kpis.vectors import check


def main(names: Sequence[str]) -> int:
    """Check the files and write their lines to standard output; 0 where all pass, 1 where not, 2 without files."""
    if not names:
        sys.stderr.write("usage: python -m solar.kpis FILE...\n")
        return 2
    passed = True
    for name in names:
        try:
            result = check(Path(name))
        except (OSError, ValueError, KeyError, TypeError) as error:
            result = {"name": Path(name).stem, "pass": False, "differences": [f"no vector: {error!r}"]}
            result |= {"values": {}, "reasons": {}, "daysUsed": {}}
        sys.stdout.write(json.dumps(result) + "\n")
        passed = passed and result["pass"] is True
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

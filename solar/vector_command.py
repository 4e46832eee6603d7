"""The command line that every package with test vectors has: one JSON line a vector, and whether all passed."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Result = Mapping[str, Any]


def run(package: str, names: Sequence[str], results: Callable[[Sequence[str]], Iterable[Result]]) -> int:
    """Write the line of each result to standard output; 0 where all pass, 1 where not, 2 without files."""
    if not names:
        sys.stderr.write(f"usage: python -m {package} FILE...\n")
        return 2
    passed = True
    for result in results(names):
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        passed = passed and result["pass"] is True
    return 0 if passed else 1


def checked(names: Sequence[str], check: Callable[[Path], Result], **empty: Any) -> Iterator[Result]:
    """Check each file; one that is no vector fails with its reason, and with `empty` in place of what was computed."""
    for path in map(Path, names):
        try:
            yield check(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            yield {"name": path.stem, "pass": False, "differences": [f"{type(error).__name__}: {error}"], **empty}

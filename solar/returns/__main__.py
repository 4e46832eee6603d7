"""`python -m solar.returns FILE...`: runs returns vectors, prints one JSON line each, fails when any differs."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from solar import vector_command
from solar.returns.vectors import run_vector


def main(names: Sequence[str]) -> int:
    """Run the files; 0 when every vector passes, 1 when one fails, 2 without files."""
    return vector_command.run("solar.returns", names, _results)


def _results(names: Sequence[str]) -> Iterable[vector_command.Result]:
    return vector_command.checked(names, _check, result={})


def _check(path: Path) -> vector_command.Result:
    return run_vector(json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

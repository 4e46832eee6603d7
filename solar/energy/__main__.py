"""`python -m solar.energy FILE...`: runs energy vectors, prints one JSON line each, fails when any differs."""

import sys
from collections.abc import Iterable, Sequence

from solar import vector_command
from solar.energy.vectors import check


def main(names: Sequence[str]) -> int:
    """Run the files; 0 when every vector passes, 1 when one fails, 2 without files."""
    return vector_command.run("solar.energy", names, _results)


def _results(names: Sequence[str]) -> Iterable[vector_command.Result]:
    return vector_command.checked(names, check, days=[])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

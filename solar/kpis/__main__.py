"""`python -m solar.kpis FILE...`: runs key figure vectors, prints one JSON line each, fails when any differs."""

import sys
from collections.abc import Iterable, Sequence

from solar import vector_command
from solar.kpis.vectors import check


def main(names: Sequence[str]) -> int:
    """Run the files; 0 when every vector passes, 1 when one fails, 2 without files."""
    return vector_command.run("solar.kpis", names, _results)


def _results(names: Sequence[str]) -> Iterable[vector_command.Result]:
    return vector_command.checked(names, check, values={}, reasons={}, daysUsed={})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

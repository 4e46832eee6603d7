"""`python -m solar.webhooks FILE...`: runs webhook vectors, prints one JSON line each, fails when any differs."""

import sys
from collections.abc import Sequence

from solar import vector_command
from solar.webhooks.vectors import run_files


def main(names: Sequence[str]) -> int:
    """Run the files; 0 when every vector passes, 1 when one fails, 2 without files."""
    return vector_command.run("solar.webhooks", names, run_files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

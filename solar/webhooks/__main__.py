"""`python -m solar.webhooks FILE...`: runs webhook vectors, prints one JSON line each, fails when any differs."""

import json
import sys

from solar.webhooks.vectors import run_files


def main(names: list[str]) -> int:
    """0 when every vector passes, 1 when one fails, 2 without files."""
    if not names:
        sys.stderr.write("usage: python -m solar.webhooks FILE...\n")
        return 2
    failed = False
    for result in run_files(names):
        sys.stdout.write(json.dumps(result, ensure_ascii=False, separators=(", ", ": ")) + "\n")
        failed |= not result["pass"]
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

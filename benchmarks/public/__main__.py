"""Many viewers on one public link: `python -m benchmarks.public [--viewers 50 500] [--seconds N] [--json]`.

Two gunicorn workers before servers of their own; every viewer opens the page and then asks what is new every eight
seconds, as browsers do. Printed are the times of the answers, and how many queries a minute reach each database: by the
transactions of PostgreSQL and the commands of MongoDB, as the servers count them.
"""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path

from benchmarks.public import counting, stage, viewers


def main() -> None:
    """Measure, print a table, and with `--json` one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, nargs="+", default=[50, 500], help="how many look at once, in turn")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each number of viewers is measured")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    given = parser.parse_args()
    figures: dict[str, float] = {"load_average_before": os.getloadavg()[0], "processors": os.cpu_count() or 0}
    with tempfile.TemporaryDirectory(prefix="ampra-public-") as folder, stage.running(Path(folder)) as link:
        for count in given.viewers:
            figures |= _measure(link, count, given.seconds)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<52} {value:12,.1f}")
    if given.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def _measure(link: str, count: int, seconds: float) -> dict[str, float]:
    counts: list[counting.Counts] = []
    times = asyncio.run(viewers.watch(link, count, seconds, lambda: counts.append(counting.now())))
    begin, end = counts
    minutes = (end.at - begin.at) / 60
    ordered = sorted(times.milliseconds)
    return {
        f"answers_per_second_{count}_viewers": len(ordered) / seconds,
        f"failed_answers_{count}_viewers": times.failed,
        f"p50_ms_{count}_viewers": ordered[len(ordered) // 2],
        f"p95_ms_{count}_viewers": ordered[int(len(ordered) * 0.95)],
        f"slowest_ms_{count}_viewers": ordered[-1],
        f"postgres_queries_per_minute_{count}_viewers": (end.postgres - begin.postgres) / minutes,
        f"mongo_queries_per_minute_{count}_viewers": (end.mongo - begin.mongo) / minutes,
    }


if __name__ == "__main__":
    main()

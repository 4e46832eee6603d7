"""How long asking telemetry takes: `python -m benchmarks.queries [--quick] [--folder DIR] [--rounds N] [--json]`.

Each question is a service call, with the check of who asks, up to the DataFrame. The data sets are made once (some
minutes) and kept in `var/benchmarks`; `--quick` makes small ones.
"""

import argparse
import json
import os
from pathlib import Path

from benchmarks.queries import datasets, live, questions
from benchmarks.queries.stage import stage

VAR = Path(__file__).parents[2] / "var" / "benchmarks"


def main() -> None:
    """Make what is missing, ask, print a table, and with `--json` one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="30 days, 2 years of days and 100 sources with a week")
    parser.add_argument("--folder", type=Path, help="where the data sets are kept")
    parser.add_argument("--rounds", type=int, default=60, help="how often each question is asked")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    given = parser.parse_args()
    plan = datasets.QUICK if given.quick else datasets.FULL
    folder = given.folder or VAR / ("queries-quick" if given.quick else "queries")
    load = os.getloadavg()[0]
    with stage(folder.resolve()):
        data = datasets.prepare(folder, plan)
        figures = {**data.made, **questions.ask_all(data, plan, given.rounds), **live.measure(data)}
    figures |= {"load_average_before": load, "processors": os.cpu_count() or 0}
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<52} {value:14,.2f}")
    if given.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

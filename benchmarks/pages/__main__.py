"""How fast the pages are: `python -m benchmarks.pages [--quick] [--rounds N] [--viewers N] [--folder DIR] [--json]`.

Debian's Chromium and, for the many viewers, HTTP clients before two gunicorn workers, on the data sets of
`benchmarks.queries` (made on first use: 22 minutes; with `--quick` two). A guest account with a source that reports
every ten seconds and one with ten years of days is made beside them and taken away afterwards. Times in the browser
are its own, from the start of the navigation or the press of the mouse to the frame in which the chart stands; `cold`
is an empty cache, `warm` a later visit. Server times are those of the page's own requests, asked again one by one.
"""

import argparse
import json
import os
from contextlib import closing
from pathlib import Path

from benchmarks.pages import live, opening, server_times, viewers
from benchmarks.pages.guests import guests
from benchmarks.pages.window import Window, chromium
from benchmarks.queries import datasets
from benchmarks.queries.__main__ import VAR
from benchmarks.queries.stage import stage
from tests.web_server import web_server

WORKERS = 2


def main() -> None:
    """Make what is missing, look at every page, print a table, and with `--json` one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the small data sets, and fewer rounds")
    parser.add_argument("--folder", type=Path, help="where the data sets are kept")
    parser.add_argument("--rounds", type=int, help="how often each page is opened (20, with --quick 5)")
    parser.add_argument("--viewers", type=int, default=100, help="how many poll at once, each every 10 s")
    parser.add_argument("--seconds", type=int, help="how long they poll, and the page is followed (60, --quick 30)")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    given = parser.parse_args()
    rounds, seconds = given.rounds or (5 if given.quick else 20), given.seconds or (30 if given.quick else 60)
    folder = (given.folder or VAR / ("queries-quick" if given.quick else "queries")).resolve()
    figures = {"load_average_before": os.getloadavg()[0], "processors": float(os.cpu_count() or 0)}
    with stage(folder):
        data = datasets.prepare(folder, datasets.QUICK if given.quick else datasets.FULL)
        with guests() as guest, web_server(dict(os.environ), folder / "web.log", WORKERS) as address, \
                chromium() as browser, closing(Window(browser, address)) as window:
            figures |= opening.measure(window, data, guest, rounds)
            figures |= live.measure(window, guest, seconds)
            figures |= server_times.measure(window, data, guest, rounds)
            figures |= viewers.measure(window, guest, given.viewers, seconds)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<60} {value:12,.2f}")
    if given.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

"""A long run of a whole installation: `python -m benchmarks.soak [--minutes N] [--sources N] [--viewers N] [--chaos]`.

PostgreSQL, MongoDB, Mosquitto, a mail server and a weather service are started on free ports in a temporary folder, and
before them the processes of the Procfile, their secrets in files; whoever ends is started again after two seconds, as
a service manager does. Every source sends a reading of 25 fields every ten seconds by MQTT at quality of service 1; the
viewers are signed in and ask Monitor's live callback every ten seconds. Prints a table: readings sent and stored, the
time from publishing to being queryable, errors of viewers and in logs, and the memory of every process over time. Ends
with 1 unless everything sent is stored once, nothing failed (outside of the faults of --chaos), the median lag is below
2 s and memory is flat.

--chaos kills web, scheduler, worker and listener with SIGKILL in turn, stops each server for 30 s, lets the clock of
all our processes jump by an hour and back (where there is a C compiler), and fills MongoDB's disk (where `unshare`
lets an ordinary account mount a small one of its own). What this machine does not have is named in the table.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.soak import chaos, report
from benchmarks.soak.run import Run
from benchmarks.soak.stage import stage


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30, help="how long the sources send")
    parser.add_argument("--sources", type=int, default=1000, help="how many, each a reading every ten seconds")
    parser.add_argument("--viewers", type=int, default=50, help="how many people look at Monitor")
    parser.add_argument("--forecasts", type=int, default=20, help="how many sources have a past and are forecast")
    parser.add_argument("--chaos", action="store_true", help="kill, stop, fill and turn clocks meanwhile")
    parser.add_argument("--logs", type=Path, help="a folder that gets the logs of all processes")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object in the last line")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    faults = chaos.faults() if given.chaos else []
    with stage(given.sources, given.forecasts, is_shaken=given.chaos) as here:
        run = Run(here, given.viewers, given.minutes * 60, chaos.planned(faults, given.minutes * 60))
        run.go()
        figures = report.figures(run) | {
            "minutes": given.minutes, "sources": given.sources, "viewers": given.viewers,
            "load_average_before": round(load, 2), "processors": os.cpu_count() or 0,
        }  # fmt: skip
        if given.logs is not None:
            here.keep_logs(given.logs)
        failed = report.failures(figures)
        report.show(figures, run, failed)
    if given.json:
        print(json.dumps(figures | {"failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m jobs.forecaster`: the process of a worker that trains and forecasts, one request at a time, then ends.

Requests come as lines of JSON on standard input (`work`: train or predict, `source`, `now`); what is said goes back as
lines on standard output: `percent` and `stage`, and at last `done` with what was `refused`, or `failed`. The process
ends with its input, so it never outlives its worker, and gives back the memory that the libraries of the forecast take.
"""

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

Say = Callable[..., None]
# Whoever looks at a page goes first.
NICENESS = 10


def main() -> None:
    """Work until the input ends."""
    os.nice(NICENESS)
    say, requests = _speaker(_taken_output()), queue.SimpleQueue[dict[str, Any]]()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        _answer(requests.get(), say)  # nosec B113


def _taken_output() -> IO[str]:
    """Standard output for us alone: what libraries print goes to standard error."""
    ours = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return ours


def _speaker(output: IO[str]) -> Say:
    def say(**what: Any) -> None:
        output.write(json.dumps(what) + "\n")
        output.flush()

    return say


def _listen(requests: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))  # nosec B113
    # The worker has ended, or wants no more: whatever runs is not wanted either.
    os._exit(0)


def _answer(request: dict[str, Any], say: Say) -> None:
    try:
        from services.forecast import work

        run = work.train if request["work"] == "train" else work.predict
        refused = run(
            request["source"], datetime.fromisoformat(request["now"]),
            lambda percent, stage: say(percent=percent, stage=stage),
        )
        say(done=True, refused=refused)
    except Exception as error:
        sys.stderr.write(traceback.format_exc())
        from jobs.failures import sentence_of

        say(failed=sentence_of(error))


if __name__ == "__main__":
    main()

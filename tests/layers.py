"""Runs the five layers of tests in two lanes, one a core, and sums them up: `python -m tests.layers`."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# The storage layer mostly waits for servers, so that the others have a core beside it.
LANES = (("house", "unit", "web", "browser"), ("storage",))


@dataclass(frozen=True)
class Result:
    """How one layer ended."""

    layer: str
    code: int
    seconds: float
    output: str


def _run(layer: str) -> Result:
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", f"tests/{layer}", "--durations=5"]
    done = subprocess.run(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )
    result = Result(layer, done.returncode, time.monotonic() - began, done.stdout)
    print(f"\n== {layer} ==\n{result.output}", flush=True)
    return result


def _run_lane(layers: tuple[str, ...]) -> list[Result]:
    return [_run(layer) for layer in layers]


def main() -> int:
    """Run every layer, also after one that failed; 1 when any failed."""
    with ThreadPoolExecutor(len(LANES)) as lanes:
        results = [result for lane in lanes.map(_run_lane, LANES) for result in lane]
    print("\n== summary ==")
    for each in results:
        print(f"{each.layer:<8} {'passed' if each.code == 0 else 'FAILED':<7} {each.seconds:7.1f} s")
    return 1 if any(each.code for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())

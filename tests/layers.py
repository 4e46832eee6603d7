"""Runs the five layers of tests in two lanes, one a core, and sums them up: `python -m tests.layers`."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# What pytest answers when tests ran and some failed.
FAILED = 1
# The storage layer mostly waits for servers, so that the others have a core beside it.
LANES = (("house", "unit", "web", "browser"), ("storage",))


@dataclass(frozen=True)
class Result:
    """How one layer ended."""

    layer: str
    code: int
    seconds: float
    is_second_try: bool = False


def _run(layer: str) -> Result:
    began = time.monotonic()
    done = _pytest(layer, "--durations=5")
    print(f"\n== {layer} ==\n{done.stdout}", flush=True)
    return Result(layer, done.returncode, time.monotonic() - began)


def _once_more(result: Result) -> Result:
    """Run what failed again with the machine for itself: the lanes share two cores, and some tests count seconds."""
    if result.code != FAILED:
        return result
    began = time.monotonic()
    done = _pytest(result.layer, "--last-failed", "--last-failed-no-failures", "none")
    print(f"\n== {result.layer}, what failed once more ==\n{done.stdout}", flush=True)
    return Result(result.layer, done.returncode, result.seconds + time.monotonic() - began, done.returncode == 0)


def _pytest(layer: str, *options: str) -> subprocess.CompletedProcess[str]:
    cache = f"cache_dir=.pytest_cache/{layer}"
    return subprocess.run(
        [sys.executable, "-m", "pytest", f"tests/{layer}", "-o", cache, *options],
        cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )


def _run_lane(layers: tuple[str, ...]) -> list[Result]:
    return [_run(layer) for layer in layers]


def main() -> int:
    """Run every layer, also after one that failed; 1 when any failed."""
    with ThreadPoolExecutor(len(LANES)) as lanes:
        first = [result for lane in lanes.map(_run_lane, LANES) for result in lane]
    results = [_once_more(result) for result in first]
    print("\n== summary ==")
    for each in results:
        note = "  (some only when run once more)" if each.is_second_try else ""
        print(f"{each.layer:<8} {'passed' if each.code == 0 else 'FAILED':<7} {each.seconds:7.1f} s{note}")
    return 1 if any(each.code for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the five layers of tests, some parts side by side, and sums them up: `python -m tests.layers`."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# What pytest answers when tests ran and some failed.
FAILED = 1
# Each layer with the number of parts it is run in; the longest come first, after the one that is done at once.
LAYERS = (("house", 1), ("browser", 2), ("storage", 3), ("web", 1), ("unit", 1))
# Most of storage and browser is waiting for servers, so that one more than there are cores finds time.
SIDE_BY_SIDE = (os.cpu_count() or 1) + 1


@dataclass(frozen=True)
class Part:
    """Some files of a layer: every `of`-th one, beginning with number `at`."""

    layer: str
    at: int
    of: int

    def __str__(self) -> str:
        return self.layer if self.of == 1 else f"{self.layer} {self.at + 1}/{self.of}"

    @property
    def files(self) -> list[str]:
        """The files, as pytest takes them; a whole layer is its folder."""
        folder = PROJECT / "tests" / self.layer
        if self.of == 1:
            return [str(folder)]
        return [str(each) for each in sorted(folder.glob("test_*.py"))[self.at :: self.of]]


@dataclass(frozen=True)
class Result:
    """How a part ended."""

    part: Part
    code: int
    seconds: float
    is_second_try: bool = False


def _run(part: Part) -> Result:
    began = time.monotonic()
    done = _pytest(part, "--durations=5")
    print(f"\n== {part} ==\n{done.stdout}", flush=True)
    return Result(part, done.returncode, time.monotonic() - began)


def _once_more(result: Result) -> Result:
    """Run what failed again with the machine for itself: the parts share its cores, and some tests count seconds."""
    if result.code != FAILED:
        return result
    began = time.monotonic()
    done = _pytest(result.part, "--last-failed", "--last-failed-no-failures", "none")
    print(f"\n== {result.part}, what failed once more ==\n{done.stdout}", flush=True)
    return Result(result.part, done.returncode, result.seconds + time.monotonic() - began, done.returncode == 0)


def _pytest(part: Part, *options: str) -> "subprocess.CompletedProcess[str]":
    cache = f"cache_dir=.pytest_cache/{part.layer}-{part.at}"
    return subprocess.run(
        [sys.executable, "-m", "pytest", *part.files, "-o", cache, *options],
        cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )


def main() -> int:
    """Run every layer, also after one that failed; 1 when any failed."""
    parts = [Part(layer, at, of) for layer, of in LAYERS for at in range(of)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as lanes:
        first = list(lanes.map(_run, parts))
    results = [_once_more(result) for result in first]
    print("\n== summary ==")
    for each in results:
        note = "  (some only when run once more)" if each.is_second_try else ""
        print(f"{each.part!s:<12} {'passed' if each.code == 0 else 'FAILED':<7} {each.seconds:7.1f} s{note}")
    return 1 if any(each.code for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())

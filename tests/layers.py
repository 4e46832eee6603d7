"""Runs the five layers of tests, from the quickest to the slowest, and sums them up: `python -m tests.layers`."""

import subprocess
import sys
import time
from pathlib import Path

LAYERS = ("house", "unit", "storage", "web", "browser")
PROJECT = Path(__file__).parent.parent


def main() -> int:
    """Run every layer, also after one that failed; 1 when any failed."""
    results = []
    for layer in LAYERS:
        print(f"\n== {layer} ==", flush=True)
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", "pytest", f"tests/{layer}"], cwd=PROJECT, check=False).returncode
        results.append((layer, code, time.monotonic() - began))
    print("\n== summary ==")
    for layer, code, seconds in results:
        print(f"{layer:<8} {'passed' if code == 0 else 'FAILED':<7} {seconds:7.1f} s")
    return 1 if any(code for _, code, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())

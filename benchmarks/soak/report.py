"""What a soak came to: figures, which of them fail, and the table."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.soak import chaos
from benchmarks.soak.run import Run

LONGEST_LAG_SECONDS = 2.0
# From the middle third of the run to its last; what caches fill before is not growth.
MOST_GROWTH, MOST_GROWTH_MB = 0.10, 15.0
# Servers fill their caches up to what they may take, whatever runs on them.
CACHING = ("postgres", "mongo", "mosquitto")


def figures(run: Run) -> dict[str, Any]:
    """Return every figure by a name with its unit."""
    calm = sorted(lag for at, lag in run.lags if not run.is_explained(at))
    delays, failures = sorted(run.seen["delays"]), run.seen["failures"]
    unexplained = [words for at, words in failures if not run.is_explained(at)]
    logged = _logged_errors(run)
    found: dict[str, Any] = {
        "readings_sent": run.sent, "readings_acknowledged": run.acknowledged, "readings_stored": run.stored,
        "readings_twice": run.twice, "catching_up_seconds": run.catching_up_seconds,
        "lag_p50_seconds": _quantile(calm, 0.5), "lag_p99_seconds": _quantile(calm, 0.99),
        "lag_max_seconds": _quantile(calm, 1.0),
        "viewer_requests": len(delays), "viewer_news": run.seen["news"],
        "viewer_p50_seconds": _quantile(delays, 0.5), "viewer_p99_seconds": _quantile(delays, 0.99),
        "viewer_failures": len(unexplained), "viewer_failures_in_faults": len(failures) - len(unexplained),
        "log_errors": len([1 for at, _ in logged if not run.is_explained(at)]),
        "log_errors_in_faults": len([1 for at, _ in logged if run.is_explained(at)]),
        "faults": [each.fault.name for each in run.plan], "restarts": sum(run.stage.restarts.values()),
        "not_tried": chaos.not_tried() if run.plan else [],
    }  # fmt: skip
    for name, values in run.memory.items():
        found |= _memory(name, values, run.seconds)
    return found


def failures(found: Mapping[str, Any]) -> list[str]:
    """Return which promises are broken."""
    broken = []
    if found["readings_sent"] != found["readings_stored"] or found["readings_twice"]:
        broken.append("not everything sent is stored once")
    if found["lag_p50_seconds"] is None or found["lag_p50_seconds"] >= LONGEST_LAG_SECONDS:
        broken.append("the median lag")
    broken += [name for name in ("viewer_failures", "log_errors") if found[name]]
    for name in [key.removeprefix("memory_growth_mb_") for key in found if key.startswith("memory_growth_mb_")]:
        growth, settled = found[f"memory_growth_mb_{name}"], found[f"memory_settled_mb_{name}"]
        # A process that was killed begins anew and warms up again; that is no leak.
        if name not in CACHING and not found["faults"] and growth > max(MOST_GROWTH_MB, MOST_GROWTH * settled):
            broken.append(f"memory of {name}")
    return broken


def show(found: Mapping[str, Any], run: Run, broken: list[str]) -> None:
    """Print the table."""
    for name, value in found.items():
        if not name.startswith("memory_"):
            print(f"{name.replace('_', ' '):<28} {'; '.join(value) if isinstance(value, list) else value}")
    print(f"\n{'memory, MB':<14} {'first':>8} {'settled':>8} {'last':>8} {'largest':>8} {'growth':>8}")
    for name in run.memory:
        cells = (found[f"memory_{kind}_mb_{name}"] for kind in ("first", "settled", "last", "largest", "growth"))
        print(f"{name:<14} {' '.join(f'{each:8.1f}' for each in cells)}")
    for at, words in [each for each in run.seen["failures"] if not run.is_explained(each[0])][:5]:
        print(f"viewer, {at - run.began_at:.0f} s: {words}")
    for at, words in [each for each in _logged_errors(run) if not run.is_explained(each[0])][:10]:
        print(f"log, {at - run.began_at:.0f} s: {words}")
    print(f"\n{'FAILED: ' + '; '.join(broken) if broken else 'Everything held.'}")


def _memory(name: str, values: list[tuple[float, float]], seconds: float) -> dict[str, float]:
    middle = [megabytes for at, megabytes in values if seconds / 3 <= at < seconds * 2 / 3]
    late = [megabytes for at, megabytes in values if seconds * 2 / 3 <= at <= seconds]
    settled, last = median(middle or [0.0]), median(late or [0.0])
    shown = {"first": values[0][1], "settled": settled, "last": last, "largest": max(each for _, each in values)}
    return {f"memory_{kind}_mb_{name}": round(each, 1) for kind, each in shown.items()} | {
        f"memory_growth_mb_{name}": round(last - settled, 1)
    }


def _logged_errors(run: Run) -> list[tuple[float, str]]:
    """Return what our processes logged as errors while the run went, with its time."""
    found = []
    for name, process in run.stage.running.processes.items():
        for line in Path(process.log).read_text(errors="replace").splitlines():
            at, level, words = _read(line)
            if level in ("ERROR", "CRITICAL") and at >= run.began_at:
                found.append((at, f"{name}: {words}"))
    return found


def _read(line: str) -> tuple[float, str, str]:
    try:
        said = json.loads(line)
        error = f" {said['error'].splitlines()[-1]}" if said.get("error") else ""
        return datetime.fromisoformat(said["at"]).timestamp(), said["level"], f"{said['message']}{error}"[:300]
    except (ValueError, KeyError, TypeError):
        # Whatever is not ours to format, such as a traceback of a process that could not begin.
        return 0.0, "", line


def _quantile(values: list[float], share: float) -> float | None:
    return round(values[min(len(values) - 1, int(len(values) * share))], 3) if values else None

"""A week of a wall screen, accelerated: `python -m benchmarks.kiosk [--charts N] [--json]`.

Chromium opens a shared page with `?kiosk=1` before two gunicorn workers. In a week its chart is drawn anew every five
minutes, 2,016 times; here that happens one after the other, each with a refresh of everything live and a turn of the
views. After every tenth part the heap is counted once its garbage is collected; a leak of anything grows it steadily.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.public import stage

CHROMIUM = "/usr/bin/chromium"
CHARTS_OF_A_WEEK = 7 * 24 * 12
PARTS = 10
_ROUNDS = """async (count) => {
    const page = window.ampraShared;
    for (let at = 0; at < count; at += 1) {
        await page.refresh();
        await page.load(page.shown());
        await page.turn();
    }
}"""


def main() -> None:
    """Measure, print a table, and with `--json` one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--charts", type=int, default=CHARTS_OF_A_WEEK, help="how many charts are drawn")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="ampra-kiosk-") as folder, stage.running(Path(folder)) as link:
        heaps = _watch(link, max(1, given.charts // PARTS))
    for at, (heap, nodes) in enumerate(heaps):
        print(f"after {at * given.charts // PARTS:>6} charts {heap / 1e6:8.2f} MB {nodes:8.0f} nodes")
    settled, last = heaps[1], heaps[-1]
    figures = {
        "charts_drawn": given.charts, "heap_mb_after_a_tenth": settled[0] / 1e6, "heap_mb_at_the_end": last[0] / 1e6,
        "heap_ratio": last[0] / settled[0], "nodes_ratio": last[1] / settled[1], "load_average_before": load,
    }
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<32} {value:10.3f}")
    if given.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


def _watch(link: str, charts: int) -> list[tuple[float, float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{link}?kiosk=1")
        page.wait_for_selector("[data-figure=day] .main-svg", timeout=60_000)
        page.set_default_timeout(600_000)
        heaps = [_used(page)]
        for _ in range(PARTS):
            page.evaluate(_ROUNDS, charts)
            heaps.append(_used(page))
        browser.close()
    return heaps


def _used(page: Page) -> tuple[float, float]:
    """Bytes of the heap and nodes of the document, once what nobody holds is collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap: dict[str, Any] = session.send("Runtime.getHeapUsage")
    nodes: dict[str, Any] = session.send("Memory.getDOMCounters")
    session.detach()
    return float(heap["usedSize"]), float(nodes["nodes"])


if __name__ == "__main__":
    main()

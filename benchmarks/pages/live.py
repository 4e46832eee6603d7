"""A page that is left open: how much it asks and receives while its source reports every ten seconds."""

import time

import numpy as np

from benchmarks.pages.guests import SECONDS, Guest
from benchmarks.pages.server_times import name_of
from benchmarks.pages.window import Window, clock, listen, settled


def measure(window: Window, guest: Guest, seconds: int) -> dict[str, float]:
    """Return requests a minute and bytes a refresh, as they came over the wire with their headers."""
    page = window.fresh(guest.email)
    page.goto(f"/monitor/{guest.live}")
    clock(page, "drawn")
    settled(page)
    asked, began = listen(page), time.monotonic()
    reports = 0
    while (passed := time.monotonic() - began) < seconds:
        if passed >= reports * SECONDS:
            guest.report(1000 + reports)
            reports += 1
        page.wait_for_timeout(200)
    refreshes = [each.bytes for each in asked if name_of(each.body) == "monitor_live_store"]
    if not refreshes:
        raise SystemExit("the open page asked for nothing")
    return {
        "live_requests_per_minute": len(asked) / seconds * 60,
        "live_refresh_p50_bytes": float(np.percentile(refreshes, 50)),
        "live_refresh_most_bytes": float(max(refreshes)),
    }

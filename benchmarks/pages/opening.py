"""Opening pages with an empty and with a full cache, changing the range, and trying another assumption."""

from collections.abc import Iterable

import numpy as np
from playwright.sync_api import Page

from benchmarks.pages.guests import Guest
from benchmarks.pages.window import Window, clock, settled
from benchmarks.queries import datasets
from benchmarks.queries.datasets import Data, day_of

# From where a click leads into each range: one is in its neighbour before.
KINDS = ("Week", "Month", "Year", "Day")


def measure(window: Window, data: Data, guest: Guest, rounds: int) -> dict[str, float]:
    """Return p50 and p95 in ms of everything that is opened or changed."""
    year, fleet = data.sources["year at 10 s"], datasets.EMAIL
    last = day_of(data.end)
    taken = _opened(window, fleet, f"/monitor/{year}?date={last}", "monitor_day", rounds)
    taken |= _opened(window, guest.email, f"/monitor/{guest.live}", "monitor_today", rounds)
    taken |= _ranges(window, f"/monitor/{year}?date={last}", data.sources["years of days"], rounds)
    taken |= _opened(window, fleet, "/?view=table", f"overview_of_{len(data.fleet)}", rounds)
    taken |= _opened(window, fleet, "/sources", f"sources_of_{len(data.fleet)}", rounds)
    taken |= _opened(window, guest.email, f"/returns/{guest.years}", "returns_of_ten_years", rounds)
    taken |= _assumptions(window, guest, rounds)
    return {f"{name}_{each}": value for name, times in taken.items() for each, value in shares(times).items()}


def shares(times: Iterable[float]) -> dict[str, float]:
    """Return the middle and the 95th part in a hundred of some times in ms."""
    middle, high = np.percentile(list(times), [50, 95])
    return {"p50_ms": float(middle), "p95_ms": float(high)}


def _opened(window: Window, email: str, path: str, name: str, rounds: int) -> dict[str, list[float]]:
    """Open a page in new browsers, and again and again in one."""
    print(f"opening {path} ...", flush=True)
    # The first answers of a process make its engines and caches; people do not meet them every day.
    for _ in range(3):
        _visit(window.fresh(email), path)
    cold = [_visit(window.fresh(email), path) for _ in range(rounds)]
    page = window.fresh(email)
    _visit(page, path)
    warm = [_visit(page, path) for _ in range(rounds)]
    return {f"{name}_cold": cold, f"{name}_warm": warm}


def _visit(page: Page, path: str) -> float:
    page.goto(path, wait_until="commit")
    taken = clock(page, "drawn")
    settled(page)
    return taken


def _ranges(window: Window, path: str, years: str, rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {f"change_to_{kind.lower()}": [] for kind in (*KINDS, "All")}
    page = window.fresh(datasets.EMAIL)
    _visit(page, path)
    for number in range(rounds + 1):
        for kind in KINDS:
            _kept(taken, page, kind, number)
    page = window.fresh(datasets.EMAIL)
    _visit(page, f"/monitor/{years}?range=year")
    for number in range(rounds + 1):
        _kept(taken, page, "All", number)
        page.locator(".range-kinds label", has_text="Year").first.click()
        settled(page)
    return taken


def _kept(taken: dict[str, list[float]], page: Page, kind: str, number: int) -> None:
    """Click a range, and keep how long that took but for the first time."""
    page.locator(".range-kinds label", has_text=kind).first.click()
    ended = clock(page, "changed") - clock(page, "pressed")
    settled(page)
    if number:
        taken[f"change_to_{kind.lower()}"].append(ended)


def _assumptions(window: Window, guest: Guest, rounds: int) -> dict[str, list[float]]:
    """Type another lifetime; the page waits a quarter of a second in which nobody types before it asks."""
    page = window.fresh(guest.email)
    _visit(page, f"/returns/{guest.years}")
    field, taken = page.get_by_label("Life", exact=True), []
    for number in range(rounds + 1):
        field.fill(str(15 + number % 20))
        ended = clock(page, "changed") - clock(page, "pressed")
        settled(page)
        if number:
            taken.append(ended)
    return {"returns_after_an_assumption": taken}

"""What each callback takes on the server: the page's own requests, asked again one by one."""

import json
import time
from typing import Any

import httpx

from benchmarks.pages.guests import Guest
from benchmarks.pages.opening import shares
from benchmarks.pages.window import Window, clock, listen, settled
from benchmarks.queries import datasets
from benchmarks.queries.datasets import Data, day_of

ADDRESS = "/_dash-update-component"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


def measure(window: Window, data: Data, guest: Guest, rounds: int) -> dict[str, float]:
    """Return p50 and p95 in ms of the callbacks of Monitor (a day, a year), Overview, and Returns, by their outputs."""
    year, last = data.sources["year at 10 s"], day_of(data.end)
    pages = {
        "day": (datasets.EMAIL, f"/monitor/{year}?date={last}"),
        "year": (datasets.EMAIL, f"/monitor/{year}?range=year&date={last}"),
        "today": (guest.email, f"/monitor/{guest.live}"),
        "overview": (datasets.EMAIL, "/?view=table"),
        "returns": (guest.email, f"/returns/{guest.years}"),
    }
    figures: dict[str, float] = {}
    for name, (email, path) in pages.items():
        for body in _bodies(window, email, path):
            taken = _again(window, email, body, rounds)
            figures |= {f"server_{name}_{name_of(body)}_{each}": value for each, value in shares(taken).items()}
    return figures


def _bodies(window: Window, email: str, path: str) -> list[str]:
    page = window.fresh(email)
    asked = listen(page)
    page.goto(path)
    clock(page, "drawn")
    settled(page)
    return list({name_of(each.body): each.body for each in asked}.values())


def name_of(body: str) -> str:
    """Return the first output of a request, such as `monitor_figure_store`."""
    outputs = json.loads(body)["outputs"]
    first: Any = outputs[0] if isinstance(outputs, list) else outputs
    first = first[0] if isinstance(first, list) else first
    name = first["id"] if isinstance(first["id"], str) else str(first["id"]["type"])
    return name.strip("_").replace("-", "_")


def _again(window: Window, email: str, body: str, rounds: int) -> list[float]:
    taken = []
    with httpx.Client(base_url=window.address, cookies=window.cookies(email), headers=HEADERS, timeout=30) as client:
        for number in range(rounds + 1):
            began = time.perf_counter()
            answer = client.post(ADDRESS, content=body)
            if answer.status_code not in (200, 204):
                raise SystemExit(f"{name_of(body)} answered {answer.status_code}: {answer.text[:200]}")
            if number:
                taken.append((time.perf_counter() - began) * 1000)
    return taken

"""Many people who watch: each asks for the newest reading every ten seconds, as an open page does."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.pages.guests import SECONDS, Guest
from benchmarks.pages.opening import shares
from benchmarks.pages.server_times import ADDRESS, HEADERS, name_of
from benchmarks.pages.window import Window, clock, listen


def measure(window: Window, guest: Guest, viewers: int, seconds: int) -> dict[str, float]:
    """Return p50 and p95 in ms of the answers to so many viewers of one source that reports every ten seconds."""
    page = window.fresh(guest.email)
    asked = listen(page)
    page.goto(f"/monitor/{guest.live}")
    clock(page, "drawn")
    body = next(each.body for each in asked if name_of(each.body) == "monitor_live_store")
    window.close()
    # In a thread of its own: Playwright has a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(asyncio.run, _watched(window, guest, body, viewers, seconds)).result()
    times = {f"viewers_{viewers}_{name}": value for name, value in shares(taken).items()}
    return {**times, f"viewers_{viewers}_requests_per_second": len(taken) / seconds}


async def _watched(window: Window, guest: Guest, body: str, viewers: int, seconds: int) -> list[float]:
    limits = httpx.Limits(max_connections=viewers, max_keepalive_connections=viewers)
    taken: list[float] = []
    async with httpx.AsyncClient(
        base_url=window.address, cookies=window.cookies(guest.email), headers=HEADERS, timeout=30, limits=limits
    ) as client:
        end = time.monotonic() + seconds
        everybody = [
            _watch(client, body, number / viewers * SECONDS, end, taken) for number in range(viewers)
        ]
        await asyncio.gather(_report(guest, end), *everybody)
    return taken


async def _report(guest: Guest, end: float) -> None:
    while time.monotonic() < end:
        await asyncio.to_thread(guest.report, 1000 + time.monotonic() % 1000)
        await asyncio.sleep(SECONDS)


async def _watch(client: httpx.AsyncClient, body: str, wait: float, end: float, taken: list[float]) -> None:
    """Poll as the page does: what was seen goes along with the next question."""
    question: dict[str, Any] = json.loads(body)
    await asyncio.sleep(wait)
    while time.monotonic() < end:
        began = time.monotonic()
        answer = await client.post(ADDRESS, content=json.dumps(question))
        taken.append((time.monotonic() - began) * 1000)
        if answer.status_code == 200:
            _remember(question, answer.json()["response"])
        await asyncio.sleep(max(0.0, began + SECONDS - time.monotonic()))


def _remember(question: dict[str, Any], answer: dict[str, Any]) -> None:
    seen = answer.get("monitor-seen-store", {}).get("data")
    for state in question["state"]:
        if state["id"] == "monitor-seen-store" and seen is not None:
            state["value"] = seen

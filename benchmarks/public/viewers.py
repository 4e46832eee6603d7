"""Viewers of a shared page as browsers are: each opens it, then asks what is new every few seconds."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

POLL_SECONDS = 8.0
WARM_SECONDS = 12.0


@dataclass
class Times:
    """How long the measured answers took, and how many failed."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0


async def watch(link: str, count: int, seconds: float, mark: Callable[[], None]) -> Times:
    """Let so many viewers watch a link; `mark` is called as the measured time begins and ends."""
    times, begin = Times(), time.monotonic() + POLL_SECONDS + WARM_SECONDS
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=60)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:
        # All coming within one round, as they do when somebody posts a link.
        starts = [random.uniform(0, POLL_SECONDS) for _ in range(count)]
        tasks = [asyncio.create_task(_view(client, link, start, begin, seconds, times)) for start in starts]
        await asyncio.sleep(max(0.0, begin - time.monotonic()))
        await asyncio.to_thread(mark)
        await asyncio.sleep(max(0.0, begin + seconds - time.monotonic()))
        await asyncio.to_thread(mark)
        await asyncio.gather(*tasks)
    return times


async def _view(
    client: httpx.AsyncClient, link: str, start: float, begin: float, seconds: float, times: Times
) -> None:
    await asyncio.sleep(start)
    for path in ("", "/live.json", "/view.json?view=now&scheme=light"):
        await _ask(client, link + path, None)
    due = time.monotonic() + POLL_SECONDS
    while due < begin + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await _ask(client, f"{link}/live.json", times if due >= begin else None)
        due += POLL_SECONDS


async def _ask(client: httpx.AsyncClient, address: str, times: Times | None) -> None:
    asked = time.perf_counter()
    try:
        answer = await client.get(address)
        is_right = answer.status_code == 200
    except httpx.HTTPError:
        is_right = False
    if times is not None:
        times.milliseconds.append((time.perf_counter() - asked) * 1000)
        times.failed += not is_right

"""People who look at Monitor, as one process: signed in, each asking the live callback every ten seconds.

`python -m benchmarks.soak.viewers URL PASSWORD VIEWERS SECONDS` reads lines of `address source-id` and prints, at its
end, one JSON object: the answers, how long each took, and when and how any failed (seconds since 1970).
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

EVERY_SECONDS = 10.0
LIVE = "monitor-live-store.data"


@dataclass
class Seen:
    """What all of them saw."""

    delays: list[float] = field(default_factory=list)
    news: int = 0
    failures: list[tuple[float, str]] = field(default_factory=list)


class Viewer:
    """One browser."""

    def __init__(self, url: str, email: str, password: str, source_id: str, seen: Seen) -> None:
        self._browser = httpx.AsyncClient(
            base_url=url, trust_env=False, timeout=30, headers={"Accept-Encoding": "gzip, br"}
        )
        self._account = {"email": email, "password": password}
        self._source_id, self._seen = source_id, seen
        self._callback: dict[str, Any] | None = None
        self._marks: Any = None

    async def look(self, delay: float, until: float) -> None:
        """Sign in, open the page, then ask again and again; whatever fails is noted and tried anew."""
        await asyncio.sleep(delay)
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                if self._callback is None:
                    await self._open()
                await self._ask()
            except (httpx.HTTPError, RuntimeError) as error:
                self._seen.failures.append((time.time(), f"{type(error).__name__}: {error}"[:200]))
            await asyncio.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))
        await self._browser.aclose()

    async def _open(self) -> None:
        answer = await self._browser.post("/sign-in", data=self._account)
        if answer.status_code != httpx.codes.FOUND:
            raise RuntimeError(f"sign-in answered {answer.status_code}")
        for path in (f"/monitor/{self._source_id}", "/_dash-layout"):
            (await self._browser.get(path, headers={"Accept": "text/html"})).raise_for_status()
        known = (await self._browser.get("/_dash-dependencies")).raise_for_status().json()
        self._callback = next(each for each in known if LIVE in each["output"] and not each.get("clientside_function"))

    async def _ask(self) -> None:
        assert self._callback is not None
        began = time.monotonic()
        answer = await self._browser.post("/_dash-update-component", json=self._body(self._callback))
        self._seen.delays.append(time.monotonic() - began)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            # As a browser does: to sign-in, and on.
            self._callback = None
        if answer.status_code not in (200, 204):
            raise RuntimeError(f"the live callback answered {answer.status_code}")
        if answer.status_code == httpx.codes.OK:
            said = answer.json()
            if "shell-notices" in said.get("sideUpdate", {}):
                raise RuntimeError(f"a notice: {json.dumps(said['sideUpdate'])[:150]}")
            marks = said.get("response", {}).get("monitor-seen-store", {}).get("data")
            if marks:
                self._seen.news += 1
                self._marks = marks

    def _body(self, entry: dict[str, Any]) -> dict[str, Any]:
        values = {"monitor-live-interval.n_intervals": 1, "monitor-source-store.data": self._source_id,
                  "monitor-seen-store.data": self._marks}  # fmt: skip
        named = {part: [self._value(each, values) for each in entry[part]] for part in ("inputs", "state")}
        outputs = [
            dict(zip(("id", "property"), each.split("@")[0].rsplit(".", 1), strict=True))
            for each in entry["output"].strip(".").split("...")
        ]
        return {"output": entry["output"], "outputs": outputs, **named,
                "changedPropIds": ["monitor-live-interval.n_intervals"]}  # fmt: skip

    @staticmethod
    def _value(each: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
        return {**each, "value": values.get(f"{each['id']}.{each['property']}")}


async def _watch(url: str, password: str, people: list[tuple[str, str]], number: int, seconds: float) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    viewers = [Viewer(url, *_of(people, each, password), seen) for each in range(number)]
    # Spread over the ten seconds, as people are.
    await asyncio.gather(*(each.look(EVERY_SECONDS * at / number, until) for at, each in enumerate(viewers)))
    return seen


def _of(people: list[tuple[str, str]], number: int, password: str) -> tuple[str, str, str]:
    email, source_id = people[number % len(people)]
    return email, password, source_id


def main() -> None:
    """Look for some seconds and say what was seen."""
    url, password, number, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    people = [(words[0], words[1]) for line in sys.stdin if (words := line.split())]
    seen = asyncio.run(_watch(url, password, people, number, seconds))
    delays = [round(each, 4) for each in seen.delays]
    print(json.dumps({"delays": delays, "news": seen.news, "failures": seen.failures}))


if __name__ == "__main__":
    main()

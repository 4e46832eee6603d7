"""Runs webhook vectors: sends their requests in order to one verifier that remembers ids, and compares the answers."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from solar.normalise.bodies import parse
from solar.normalise.redaction import kept
from solar.webhooks.verify import REPLAY_SECONDS, Verdict, verify


class Replays:
    """Ids that were accepted, each for 24 h."""

    def __init__(self) -> None:
        self._accepted: dict[str, datetime] = {}

    def seen(self, now: datetime) -> set[str]:
        """The ids accepted in the last 24 h."""
        since = now - timedelta(seconds=REPLAY_SECONDS)
        return {message_id for message_id, at in self._accepted.items() if at > since}

    def remember(self, verdict: Verdict, now: datetime) -> None:
        """Remember the id of a request that was answered 200."""
        if verdict.status == 200 and verdict.reason == "ok" and verdict.message_id is not None:
            self._accepted[verdict.message_id] = now


def run(vector: dict[str, Any]) -> dict[str, Any]:
    """The result line of one vector."""
    replays = Replays()
    results = []
    differences: list[str] = []
    for number, request in enumerate(vector.get("requests", [vector])):
        now = datetime.fromisoformat(request["now"]).astimezone(UTC)
        verdict = verify(vector["secret"], now, request["headers"], _body_of(request), replays.seen(now))
        replays.remember(verdict, now)
        stored = stored_of(verdict)
        results.append({"status": verdict.status, "reason": verdict.reason, "stored": stored})
        differences += [f"request {number}: {text}" for text in _compare(request["expect"], verdict, stored)]
    return {"name": vector["name"], "pass": not differences, "differences": differences, "results": results}


def stored_of(verdict: Verdict) -> dict[str, Any] | None:
    """What is kept of a request, as a document; None when nothing is."""
    if verdict.body is None:
        return None
    parsed = parse(verdict.body, form_allowed=True)
    return kept({"text": parsed.value} if parsed.kind == "text" else parsed.value)


def _body_of(request: dict[str, Any]) -> bytes:
    if "bodyParts" in request:
        return "".join(text * times for text, times in request["bodyParts"]).encode()
    return str(request["body"]).encode("utf-8", "surrogatepass")


def _compare(expect: dict[str, Any], verdict: Verdict, stored: dict[str, Any] | None) -> Iterable[str]:
    if (verdict.status, verdict.reason) != (expect["status"], expect["reason"]):
        yield f"{verdict.status} {verdict.reason}, expected {expect['status']} {expect['reason']}"
    if "mustNotStore" in expect and expect["mustNotStore"] in json.dumps(stored, ensure_ascii=False):
        yield "keeps what must not be stored"


def run_files(names: Iterable[str]) -> Iterable[dict[str, Any]]:
    """The result line of every file; one that is no vector fails by itself."""
    for name in names:
        try:
            yield run(json.loads(Path(name).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            fault = f"no vector: {type(error).__name__} {error}"
            yield {"name": Path(name).stem, "pass": False, "differences": [fault], "results": []}

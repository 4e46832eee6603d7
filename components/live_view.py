"""One refresh of a live page as plain values: the parts that change, their age and the newest point of the chart."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from components.flow import Flow, flow_parts, sentence, spoken
from components.flow_drawing import drawing
from components.freshness import Freshness
from components.parts import Parts
from components.quantities import clock, zone_name
from components.tiles import Today, tile_parts

_WORDS: dict[Freshness, str] = {"live": "Live", "stale": "Stale", "offline": "Offline", "empty": "No reading yet"}
MARKS: dict[Freshness, str] = {"live": "live", "stale": "old", "offline": "old", "empty": "old"}


def flow_template() -> str:
    """Return both drawings of the flow diagram, for wide screens and for phones."""
    return drawing("wide") + drawing("phone")


def waiting_view() -> dict[str, Any]:
    """Return the page before its first answer: nothing known, everything waiting."""
    parts = merged(flow_parts(Flow(), "empty"), tile_parts(Flow(), Today(), "empty", None))
    words = {name: "" for name in parts.texts if "note" in name or "state" in name}
    parts.texts |= {**words, "flow-sentence": "", "flow-time": "", "flow-title": "Live flow"}
    parts.mark("badge", "gone")
    parts.mark("picker-dot")
    parts.mark("monitor-page", "waiting")
    parts.spark("solar-spark", "")
    return {**parts.as_dict(), "spoken": "Live flow: waiting for the newest reading", "newest": None}


def live_view(
    flow: Flow, state: Freshness, now: datetime, parts: Sequence[Parts], *, point: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a refresh at `now` (aware) changes; `point` is the newest reading as a point of today's chart."""
    every = merged(flow_parts(flow, state), *parts, _words(flow, state), badge_parts(state))
    every.mark("monitor-page")
    return {
        **every.as_dict(),
        "spoken": spoken(flow, state),
        "at": _milliseconds(now),
        "newest": None if flow.measured_at is None else _milliseconds(flow.measured_at),
        "point": dict(point) if point else None,
    }


def missing_view() -> dict[str, Any]:
    """Return the page of a source that is not there, or not this person's: nothing but the notice is left."""
    parts = Parts()
    parts.mark("monitor-page", "missing")
    parts.mark("badge", "gone")
    return {**parts.as_dict(), "spoken": "There is nothing to show", "newest": None, "gone": True}


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def badge_parts(state: Freshness) -> Parts:
    """Return the header's badge for the chosen source; its age is written by the browser every second."""
    parts = Parts()
    parts.text("badge-word", _WORDS[state] + ("" if state == "empty" else " ·"))
    parts.mark("badge", MARKS[state])
    parts.mark("picker-dot", MARKS[state])
    return parts


def _words(flow: Flow, state: Freshness) -> Parts:
    parts = Parts()
    parts.text("flow-title", "Live flow" if state in {"live", "empty"} else "Last known flow")
    parts.text("flow-sentence", sentence(flow) if state == "live" else "")
    if flow.measured_at is None:
        parts.text("flow-time", "no readings yet")
    else:
        time = clock(flow.measured_at, flow.time_zone, seconds=True)
        parts.text("flow-time", f"{time} {zone_name(flow.measured_at, flow.time_zone)}")
    return parts


def merged(*several: Parts) -> Parts:
    """Return several changes as one; the later ones win."""
    every = Parts()
    for each in several:
        every.texts |= each.texts
        every.classes |= each.classes
        every.variables |= each.variables
        every.sparks |= each.sparks
    return every

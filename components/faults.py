"""Faults and warnings of a source, in plain words where they are known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html

from components.icons import icon
from components.quantities import age, since

_SHOWN = 6


def faults(found: Sequence[Any], now: datetime, time_zone: str) -> list[Any]:
    """Return faults (`services.sources.faults.SourceFault`) as a list; a calm sentence where there are none."""
    if not found:
        return [html.P("No faults and no warnings in the last 30 days.", className="dim")]
    items = [_fault(each, now, time_zone) for each in found]
    more = items[_SHOWN:]
    rest = [html.Details([html.Summary(f"{len(more)} more of the last 30 days"), *more])] if more else []
    return [*items[:_SHOWN], *rest]


def open_badge(found: Sequence[Any]) -> Any:
    """Return how many are open, as a badge."""
    count = sum(each.open for each in found)
    if not count:
        return None
    worst = "fault" if any(each.open and each.severity == "fault" for each in found) else "warning"
    return html.Span([icon("alert", 14), f"{count} open"], className=f"badge {worst}")


def _fault(found: Any, now: datetime, time_zone: str) -> Any:
    known = found.words
    title = known.title if known else ("Fault reported" if found.severity == "fault" else "Warning reported")
    advice = known.advice if known else "The manual of the device tells what this code means."
    word = found.severity.capitalize() if found.open else "Ended"
    badge = html.Span(word, className=f"badge {found.severity if found.open else 'plain'}")
    return html.Div(
        [
            icon("alert" if found.open else "check", 20, f"of-{found.severity}" if found.open else "of-dim"),
            html.Div(
                [
                    html.Div([html.Span(title, className="strong" if found.open else "strong dim"), badge],
                             className="fault-head"),
                    html.P(advice, className="dim"),
                    html.P(_seen(found, now, time_zone), className="fault-seen"),
                ]
            ),
        ],
        className="fault",
    )


def _seen(found: Any, now: datetime, time_zone: str) -> str:
    seen = found.episodes
    times = "once" if seen.times == 1 else f"{seen.times} times"
    parts = [
        f"Code {found.code}",
        f"first {since(seen.first, now, time_zone)}",
        *([f"last {since(seen.last, now, time_zone)}"] if seen.last != seen.first else []),
        times,
        *([f"{age(seen.duration)} in all"] if seen.duration.total_seconds() >= 60 else []),
    ]
    return " · ".join(parts)

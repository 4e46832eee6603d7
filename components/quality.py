"""The quality of a source's readings: a strip of what came, and the numbers behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from components.quantities import MISSING, age, clock, grouped
from solar.vocabulary import FIELDS

_THIN = "\N{NARROW NO-BREAK SPACE}"


def quality(found: Any, time_zone: str) -> list[Any]:
    """Return the quality of a time (a `services.sources.quality.Quality`)."""
    return [_strip(found, time_zone), html.Dl([_fact(*each) for each in _facts(found, time_zone)], className="facts")]


def _count(number: int) -> str:
    return grouped(str(number))


def _strip(found: Any, time_zone: str) -> Any:
    cells = [html.Span(className=_cell(each)) for each in found.cells]
    words = _spoken(found)
    return html.Div(
        [html.Div(cells, className="strip", role="img", **{"aria-label": words}), _scale(found, time_zone)],
        className="strip-box",
    )


def _cell(share: float | None) -> str:
    if share is None:
        return "to-come"
    return "came" if share >= 1 else "some" if share > 0 else "missing"


def _spoken(found: Any) -> str:
    passed = [each for each in found.cells if each is not None]
    if not passed:
        return "Readings over the time: all of it is still to come"
    whole = sum(each >= 1 for each in passed)
    return f"Readings over the time: {whole} of {len(passed)} parts are whole, {sum(not each for each in passed)} empty"


def _scale(found: Any, time_zone: str) -> Any:
    zone = ZoneInfo(time_zone)
    length = found.end - found.start
    ends = (found.start, found.start + length / 2, found.end - timedelta(seconds=1))
    if length <= timedelta(hours=26):
        words = [f"{each.astimezone(zone):%H:%M}" for each in ends[:2]] + ["24:00"]
    else:
        pattern = "%b %Y" if length > timedelta(days=200) else "%-d %b"
        words = [f"{each.astimezone(zone):{pattern}}" for each in ends]
    return html.Div([html.Span(each) for each in words], className="strip-scale")


def _facts(found: Any, time_zone: str) -> list[tuple[str, Any]]:
    return [
        ("Readings", _readings(found)),
        *_gaps(found, time_zone),
        *_rejected(found.rejected),
        ("Lateness", _late(found.late)),
        ("Not understood", _dead(found)),
    ]


def _readings(found: Any) -> Any:
    if found.expected is None:
        return _count(found.readings) if found.readings else "none"
    every = f", one every {age(found.usual)}"
    return [html.Span(_count(found.readings), className="strong"), f" of {_count(found.expected)} expected{every}"]


def _gaps(found: Any, time_zone: str) -> list[tuple[str, Any]]:
    if not found.gaps:
        return [("Gaps", "none of 15 min or more")]
    longest = sorted(found.gaps, key=lambda gap: gap.start - gap.end)[:3]
    rows = [("Gap" if at == 0 else "", _gap(gap, found, time_zone)) for at, gap in enumerate(longest)]
    more = len(found.gaps) - len(longest)
    return [*rows, *([("", f"and {_count(more)} shorter")] if more else [])]


def _gap(gap: Any, found: Any, time_zone: str) -> str:
    zone = ZoneInfo(time_zone)
    one_day = found.end - found.start <= timedelta(hours=26)

    def words(instant: datetime) -> str:
        return clock(instant, time_zone) if one_day else f"{instant.astimezone(zone):%-d %b, %H:%M}"

    bridged = ", bridged" if gap.end - gap.start <= timedelta(minutes=90) else ""
    return f"{words(gap.start)} to {words(gap.end)} · {age(gap.end - gap.start)}{bridged}"


def _rejected(found: Sequence[Any] | None) -> list[tuple[str, Any]]:
    if found is None:
        return [("Rejected values", "choose a month or less to see them")]
    if not found:
        return [("Rejected values", "none")]
    return [
        ("Rejected values" if at == 0 else "",
         f"{_count(each.times)} · {FIELDS[each.field].label if each.field in FIELDS else each.field}: {each.reason}")
        for at, each in enumerate(found[:4])
    ]


def _late(found: tuple[timedelta, timedelta] | None) -> str:
    return MISSING if found is None else f"{age(found[0])} on average, {age(found[1])} at most"


def _dead(found: Any) -> str:
    count = f"{_count(found.dead)} {'message' if found.dead == 1 else 'messages'}"
    return f"{count} · {found.dead_reason}" if found.dead_reason else count


def _fact(name: str, value: Any) -> Any:
    return html.Div([html.Dt(name), html.Dd(value)])

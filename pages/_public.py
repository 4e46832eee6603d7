"""What the shared pages show, for the edge that serves them: the frame of a page, its refreshes, and pictures of it."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from components import shared_parts, shared_picture
from components.flow_drawing import drawing
from components.markup import markup
from components.quantities import power
from components.theme import Scheme
from pages import _public_live, _public_views
from services.sharing.shown import Shown, ShownSource
from services.telemetry import queries as telemetry
from solar.days import local_date, start_of_day

_FLOW = re.compile(r'<div[^>]*id="monitor-flow-diagram"[^>]*>')


def frame(shown: Shown, source: ShownSource | None, now: datetime) -> dict[str, Any]:
    """Return what a page is drawn from once; `source` is None for the first page of a group."""
    if source is None:
        return {"views": [], "now_frame": ""}
    views = _public_views.allowed(source)
    has_now = any(each.name == "now" for each in views)
    flow = markup(_public_views.now_frame()) if has_now else ""
    # Dash has no components for SVG: the drawing is put into its place as text.
    begin = _FLOW.search(flow)
    drawn = f'{flow[:begin.end()]}{drawing("wide")}{drawing("phone")}{flow[begin.end():]}' if begin else flow
    return {
        "views": [{"name": each.name, "words": each.words} for each in views],
        "now_frame": drawn,
    }


def live(shown: Shown, source: ShownSource | None, now: datetime) -> dict[str, Any] | None:
    """Return what a refresh changes, None where what is live is not shared."""
    if source is None:
        return _public_live.group(shown, now)
    return _public_live.live(shown, source, now) if "monitor" in source.views else {"slots": {}}


def view(shown: Shown, source: ShownSource, name: str, scheme: str, now: datetime) -> Mapping[str, Any] | None:
    """Return a view, None for one that is not allowed."""
    # Only here: it loads a library for pictures.
    from plotly.utils import PlotlyJSONEncoder

    found = _public_views.draw(shown, source, name, cast(Scheme, scheme), now)
    # As plain values: the edge knows nothing of figures.
    return None if found is None else json.loads(json.dumps(found, cls=PlotlyJSONEncoder))


def facts(shown: Shown, now: datetime) -> Mapping[str, Any] | None:
    """Return the newest values, None where they are not shared."""
    return _public_live.facts(shown, now)


def badge(shown: Shown, now: datetime) -> str | None:
    """Return the power now as an SVG, None where it is not shared."""
    found = _public_live.facts(shown, now)
    if found is None:
        return None
    watts = found["now"].get("solarPower")
    return shared_parts.badge("solar now", str(power(watts)) if watts is not None else "offline")


def picture(shown: Shown, now: datetime) -> bytes:
    """Return the preview of a link as a PNG of 1200 x 630: its title, and today's curve where that is shared."""
    guest, source = shown.guest(now), shown.sources[0]
    found = _public_live.facts(shown, now)
    curve: list[float] = []
    if found is not None and not shown.is_group:
        at = _public_live.shown_now(guest, now)
        begin = start_of_day(local_date(at, source.record.time_zone), source.record.time_zone)
        means = telemetry.power_frame(guest, str(source.record.id), begin, at)["solarPower"].fillna(0.0)
        curve = means.tolist()
    watts = None if found is None else found["now"].get("solarPower")
    today = None if found is None else found["today_kwh"].get("produced")
    return shared_picture.preview(shown.title, shown.town or "", watts, today, curve)

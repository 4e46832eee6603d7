"""What the forecast page says of a view: its line below the title, its notices, the work, and the today card."""

from datetime import datetime
from typing import Any

from components import forecast_cards as cards
from components.forecast_cards import Today
from components.quantities import since, zone_name
from services.forecast import progress
from services.forecast.views import ForecastView


def subtitle(view: ForecastView, now: datetime) -> str:
    """Return when the forecast was issued, and the zone of all times."""
    zone = f"times in {view.time_zone} ({zone_name(now, view.time_zone)})"
    if view.issue is None:
        return zone
    return f"Issued {since(view.issue.created_at, now, view.time_zone)}, for eight days · {zone}"


def is_working(view: ForecastView, now: datetime) -> bool:
    """Tell whether anything is being done, or waits to be."""
    return any(progress.is_open(each, now) for each in (view.training, view.prediction))


def works(view: ForecastView, now: datetime, stop: Any) -> list[Any]:
    """Return how far what is being done is, with the button that stops it; empty where nothing is."""
    named = (("Training", view.training), ("Forecast", view.prediction))
    return [
        cards.progress_panel(
            words if each.state == "running" else f"{words}, waiting", each.stage, each.percent,
            stop,
        )
        for words, each in named if each is not None and progress.is_open(each, now)
    ]


def notices(view: ForecastView, source_id: str, now: datetime) -> list[Any]:
    """Return what the reader should know or do."""
    found, working = [], is_working(view, now)
    refusal = view.model.get("refusal")
    if refusal:
        found.append(cards.refusal(refusal, source_id, is_placed=view.has_place, has_capacity=view.has_capacity))
    elif view.issue is None and not working:
        found.append(cards.nothing_yet(is_automatic=view.is_automatic))
    for what, each in (("Training", view.training), ("The forecast", view.prediction)):
        if each is not None and each.state == "failed":
            found.append(cards.failure(each.message or "", what, is_automatic=view.is_automatic))
    if view.issue is not None and not view.is_of_today and not working:
        found.append(cards.old(view.issue.created_at, now, view.time_zone, is_automatic=view.is_automatic))
    return found


def revision(view: ForecastView, now: datetime) -> str:
    """Name the state of what is drawn: all is drawn anew when it changes, and every five minutes."""
    issued = None if view.issue is None else view.issue.created_at
    minute = now.minute // 5 * 5
    return f"{issued} {view.model.get('triedAt')} {view.board.get('scoredAt')} {now:%Y-%m-%d %H}:{minute:02}"


def today_of(view: ForecastView) -> Today | None:
    """Return what today gave and is expected to give, where the forecast is of today."""
    if view.issue is None or not view.is_of_today or "solar_kwh_p50" not in view.issue.daily:
        return None
    low, middle, high = (float(view.issue.daily[f"solar_kwh_{each}"].iloc[0]) for each in ("p10", "p50", "p90"))
    return Today(view.produced_kwh, middle, low, high)

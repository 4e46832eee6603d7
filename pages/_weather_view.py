"""What the weather page says of a view: its line below the title, its notices and what is being done."""

from datetime import datetime
from typing import Any

from components import weather_cards as cards
from components.quantities import zone_name
from components.weather_words import issue_words, place_words
from services.weather import views as weather
from services.weather.views import WeatherView


def subtitle(view: WeatherView, now: datetime) -> str:
    """Return the place, the issue of the forecast with its age, and the zone of all times."""
    parts = [] if view.place is None else [place_words(view.place)]
    if view.issued_at is not None:
        parts.append(issue_words(view.issued_at, now, view.time_zone))
    parts.append(f"times in {view.time_zone} ({zone_name(now, view.time_zone)})")
    return " · ".join(parts)


def notices(view: WeatherView, source_id: str, now: datetime) -> list[Any]:
    """Return what the reader should know or do."""
    if view.place is None:
        return [cards.no_place(source_id)]
    found = []
    forecast, running = view.forecast, weather.is_running(view.forecast, now)
    if forecast is not None and forecast.state == "failed":
        found.append(cards.failure(
            forecast.message or "", view.issued_at, now, view.time_zone, is_automatic=view.is_automatic
        ))
    elif view.issued_at is None and not running:
        found.append(cards.nothing_yet(is_automatic=view.is_automatic))
    elif view.issued_at is not None and now - view.issued_at > cards.STALE_AFTER and not running:
        found.append(cards.old(view.issued_at, now, is_automatic=view.is_automatic))
    if view.archive is not None and view.archive.state == "failed":
        found.append(cards.archive_failure(view.archive.message or ""))
    return found


def progress(view: WeatherView, now: datetime) -> list[Any]:
    """Return how far what is being done is; empty where nothing is."""
    works = (("Refreshing the forecast", view.forecast), ("Filling the history", view.archive))
    return [
        cards.progress_line(words, each.stage, each.percent)
        for words, each in works
        if each is not None and weather.is_running(each, now)
    ]


def revision(view: WeatherView, now: datetime) -> str:
    """Name the state of what is drawn: days and charts are drawn anew when it changes."""
    filled = None if view.archive is None else view.archive.done_at
    return f"{view.issued_at} {filled} {view.history} {view.place} {view.is_fahrenheit} {now:%Y-%m-%d %H}"

"""The weather on Monitor's day: marks of sunrise and sunset on the chart, and a strip below it."""

from datetime import date, datetime, timedelta
from typing import Any

from components.figures.day import Mark
from components.quantities import clock
from components.weather_strip import weather_strip
from services.access import SourceRecord
from services.people.viewer import Viewer
from services.weather import views as weather

# On a narrow screen so much of the day is under the words of a mark, or under its time alone.
_UNDER_WORDS, _UNDER_TIME = timedelta(hours=5), timedelta(hours=2.5)


def of_day(viewer: Viewer, source: SourceRecord, day: date, now: datetime) -> tuple[list[Mark], list[Any]]:
    """Return the marks of a local day and its strip; both empty where nothing is known of its weather."""
    found = weather.day_marks(viewer, str(source.id), day, now)
    if found is None:
        return [], []
    zone = source.time_zone
    sun = (("sunrise", found.sunrise), ("sunset", found.sunset))
    marks = [Mark(at, _words(words, at, now, zone)) for words, at in sun if at is not None]
    strip = weather_strip(found.hours, day, zone, now, is_fahrenheit=found.is_fahrenheit)
    return marks, [] if strip is None else [strip]


def _words(words: str, at: datetime, now: datetime, time_zone: str) -> str:
    """Return the words of a mark, fewer or none where those of now would lie on them."""
    room = now - at
    if timedelta(0) <= room < _UNDER_TIME:
        return ""
    time = clock(at, time_zone)
    return time if timedelta(0) <= room < _UNDER_WORDS else f"{words} {time}"

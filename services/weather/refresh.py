"""Refreshes forecasts: one request a place, whatever the number of its sources; a failing place stops no other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.job_progress import State
from data.weather_client import WeatherClient, WeatherRefused, WeatherUnavailable
from services.weather import keeping as weather_keeping
from services.weather import places as weather_sources
from services.weather.places import FORECAST
from solar.weather import Place, WeatherFormatError, parse

# Up to 14 days a request counts no more than one of them.
PAST_DAYS = 6
# A round leaves alone what is so young: it is the round's own work before it was interrupted, or just asked for.
FRESH_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: places asked for, sources refreshed, and those places where trying again soon may help."""

    places: int
    refreshed: int
    failed: int
    passing: int


def refresh_all(client: WeatherClient, now: datetime) -> Round:
    """Refresh the sources that are kept up to date by themselves, but for those refreshed within the last hour."""
    places = weather_sources.places_of(weather_sources.wanted_sources())
    everyone = [each for ids in places.values() for each in ids]
    fresh = weather_sources.ended_well_since(FORECAST, everyone, now - FRESH_FOR)
    due = {place: ids for place, ids in places.items() if not fresh.issuperset(ids)}
    return _refresh(client, due)


def refresh_source(client: WeatherClient, source_id: str, asked_at: datetime) -> Round:
    """Refresh a source and those that share its place, unless that happened since `asked_at`."""
    own = weather_sources.source(source_id)
    if own is None or not weather_sources.has_place(own):
        return Round(0, 0, 0, 0)
    if source_id in weather_sources.ended_well_since(FORECAST, [source_id], asked_at):
        return Round(0, 0, 0, 0)
    others = [each for each in weather_sources.wanted_sources() if each.id != own.id]
    places = weather_sources.places_of([own, *others])
    return _refresh(client, {place: ids for place, ids in places.items() if source_id in ids})


def _refresh(client: WeatherClient, places: dict[Place, list[str]]) -> Round:
    outcomes = [(ids, _refresh_place(client, place, ids)) for place, ids in places.items()]
    return Round(
        places=len(outcomes),
        refreshed=sum(len(ids) for ids, outcome in outcomes if outcome == "done"),
        failed=sum(outcome != "done" for _, outcome in outcomes),
        passing=sum(outcome == "passing" for _, outcome in outcomes),
    )


def _refresh_place(client: WeatherClient, place: Place, ids: list[str]) -> str:
    """Return done, passing (again later) or refused; what went wrong is kept for the pages of the place's sources."""

    def tell(state: State, stage: str, percent: int, message: str | None = None) -> None:
        weather_sources.note(FORECAST, ids, state, client.clock(), stage=stage, percent=percent, message=message)

    tell("running", "Asking the weather service", 10)
    try:
        payload = client.forecast(place, past_days=PAST_DAYS)
        issued_at = client.clock()
        answer = parse(payload, place.time_zone)
        tell("running", "Storing its answer", 60)
        weather_keeping.keep_forecast(ids, answer, place.time_zone, issued_at)
    except WeatherUnavailable as error:
        tell("failed", "", 0, sentence_of(error))
        return "passing"
    except (WeatherRefused, WeatherFormatError) as error:
        tell("failed", "", 0, sentence_of(error))
        return "refused"
    tell("done", "", 100)
    return "done"


def sentence_of(error: Exception) -> str:
    """Return an error as a sentence for people."""
    if isinstance(error, WeatherFormatError):
        return f"The weather service sent an answer that cannot be used: {error}."
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."

"""Which sources weather is fetched for, by shared place, with which client, and how far that is."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from data import job_progress, postgres, settings_store, sources, weather_client
from data.job_progress import State
from data.settings_store import SettingType
from data.sources import SourceRecord
from data.weather_client import WeatherClient
from solar.weather import Place, shared_places

FORECAST, ARCHIVE = "weather", "weather_archive"


def client(share: float = 1.0) -> WeatherClient:
    """Return this process's client of the weather service, which spends at most a share of the daily budget."""
    return weather_client.from_settings(share)


def wanted_sources() -> list[SourceRecord]:
    """Return the sources whose weather is kept up to date: active, with coordinates, of owners who want it."""
    with postgres.session() as session:
        unwilling = settings_store.users_with(session, SettingType.AUTO_UPDATE_WEATHER_DATA, "0")
        records = sources.list_all(session)
    return [each for each in records if each.is_active and has_place(each) and each.user_id not in unwilling]


def asked_for(source_id: str | None) -> list[SourceRecord]:
    """Return one source, where it is there and has coordinates, or with None all that are kept up to date."""
    if source_id is None:
        return wanted_sources()
    own = source(source_id)
    return [own] if own is not None and has_place(own) else []


def has_place(record: SourceRecord) -> bool:
    """Tell whether weather can be asked for at all."""
    return record.latitude is not None and record.longitude is not None


def source(source_id: str) -> SourceRecord | None:
    """Return a source, or None where it is gone."""
    with postgres.session() as session:
        return sources.get(session, UUID(source_id))


def places_of(records: Iterable[SourceRecord]) -> dict[Place, list[str]]:
    """Return the places to ask for and the ids of the sources of each."""
    return shared_places(
        (str(each.id), each.latitude, each.longitude, each.time_zone)
        for each in records
        if each.latitude is not None and each.longitude is not None
    )


def note(
    subject: str, source_ids: Iterable[str], state: State, now: datetime, *, stage: str = "", percent: int = 0,
    message: str | None = None,
) -> None:
    """Keep how far the work for sources is, for their pages."""
    with postgres.session() as session:
        job_progress.put(session, subject, source_ids, state, now, stage=stage, percent=percent, message=message)


def ended_well_since(subject: str, source_ids: Iterable[str], since: datetime) -> set[str]:
    """Return those of the sources whose work last ended well at or after an instant."""
    with postgres.session() as session:
        found = job_progress.of_sources(session, subject, [UUID(each) for each in source_ids])
    return {str(key) for key, each in found.items() if each.done_at is not None and each.done_at >= since}

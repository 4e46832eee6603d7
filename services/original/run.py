"""The whole way from the original: rows in one transaction, then documents a few thousand at a time."""

from datetime import datetime
from uuid import UUID

from data import original as source
from data import postgres, sources
from data.original import Original
from services.ingestion import broker_sync
from services.ingestion.source_facts import CACHE
from services.original import belongings, people, telemetry
from services.original.tally import Refused, Report
from services.weather import jobs as weather_jobs


class _OnlyLooking(Exception):
    """Ends a transaction that was only meant to show what would happen."""


def run(postgres_url: str, mongo_url: str, now: datetime, *, is_dry: bool) -> Report:
    """Bring everything from the original that is not here yet; returns what came, or would come.

    Rows come all or not at all; documents go on from where an earlier run was. Nothing that is here is changed. Raises
    Refused and StorageUnavailable.
    """
    report = Report()
    with source.opened(postgres_url, mongo_url) as original:
        if not {original.users, "SunSources"} <= original.tables:
            raise Refused("That database is not one of the original Ampra: it has no tables Users and SunSources.")
        keys: dict[UUID, str | None] = {}
        try:
            with postgres.session() as session:
                keys |= _take_rows(session, original, now, report)
                if is_dry:
                    raise _OnlyLooking
        except _OnlyLooking:
            telemetry.count(original, set(keys), report)
            return report
        CACHE.forget()
        _connect(keys, now, is_first=bool(report.of("sources").brought))
        telemetry.take_readings(original, set(keys), now, report)
        telemetry.take_predictions(original, set(keys), report)
    return report


def _take_rows(
    session: postgres.Transaction, original: Original, now: datetime, report: Report
) -> dict[UUID, str | None]:
    users = people.take_users(session, original, report)
    people.take_roles(session, original, users, report)
    people.take_settings(session, original, users, report)
    groups = belongings.take_groups(session, original, users, report)
    keys = belongings.take_sources(session, original, users, groups, now, report)
    for take in (belongings.take_weather, belongings.take_prices, belongings.take_sharing):
        take(session, original, set(keys), report)
    return keys


def _connect(keys: dict[UUID, str | None], now: datetime, *, is_first: bool) -> None:
    """Tell a broker with accounts of its own the keys, and have weather fetched for sources that are new."""
    for source_id, key in keys.items():
        if key:
            broker_sync.key_made(source_id, key)
    if is_first:
        with postgres.session() as session:
            found = sources.by_ids(session, map(str, keys))
        for record in found:
            weather_jobs.source_made(record, now)

"""Removes what belongs to sources that no longer exist."""

from uuid import UUID

from data import (
    arrivals,
    forecasts,
    import_files,
    mongo,
    object_store,
    postgres,
    readings,
    rollup_marks,
    rollup_states,
    rollups,
    sources,
    weather_hours,
)


def purge(source_id: str) -> int:
    """Remove every document of a source that was deleted; returns how many readings there were."""
    database = mongo.database()
    removed = readings.delete_source(database, source_id)
    arrivals.delete_source(database, source_id)
    for room in (rollup_marks, rollups, rollup_states, import_files, weather_hours, forecasts):
        room.delete_source(database, source_id)
    object_store.remove_below(f"models/{source_id}/")
    return removed


def sweep_orphans() -> int:
    """Purge every source that has documents but no longer exists; returns how many there were."""
    rooms = (readings, rollup_states, weather_hours, forecasts)
    holders = {each for room in rooms for each in room.source_ids(mongo.database())}
    with postgres.session() as session:
        alive = {str(record.id) for record in sources.by_ids(session, [each for each in holders if _is_uuid(each)])}
    for source_id in holders - alive:
        purge(source_id)
    return len(holders - alive)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

"""The sources a viewer may see, as the pages list them."""

from dataclasses import dataclass
from uuid import UUID

from data import groups, postgres
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source in a list; `group` is the name of its power group."""

    id: UUID
    name: str
    group: str | None
    time_zone: str
    installed_capacity_watts: float | None
    has_battery: bool | None


def visible_sources(viewer: Viewer) -> list[SourceCard]:
    """Return the sources that the viewer may see, by name."""
    records = access.visible_sources(viewer)
    names = _group_names(records)
    return [_card(record, names.get(record.power_group_id)) for record in records]


def _group_names(records: list[SourceRecord]) -> dict[UUID | None, str]:
    wanted = {record.power_group_id for record in records if record.power_group_id is not None}
    if not wanted:
        return {}
    with postgres.session() as session:
        return {key: name for key, name in groups.names(session, wanted).items()}  # noqa: C416 - its keys are wider


def _card(record: SourceRecord, group: str | None) -> SourceCard:
    return SourceCard(
        record.id, record.name, group, record.time_zone, record.installed_capacity_watts, record.has_battery
    )

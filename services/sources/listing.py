"""The sources that somebody administers, as the list shows them: what they are, and how they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data import mongo, postgres, rollup_reads
from data.sources import ConnectionType, SourceRecord, owner_addresses
from services import access
from services.people.viewer import Viewer
from solar import days


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source in the list; `owner` is the address of its owner where others than the viewer's are listed.

    What is not known of the newest reading and of its local day is None.
    """

    record: SourceRecord
    group: str | None
    owner: str | None
    newest_at: datetime | None
    solar_watts: float | None
    produced_today_kwh: float | None

    @property
    def is_mqtt(self) -> bool:
        """Whether it connects by MQTT."""
        return self.record.connection_type is ConnectionType.MQTT


def listed(viewer: Viewer, now: datetime) -> list[ListedSource]:
    """Return the sources that a viewer may see, by name."""
    records = access.visible_sources(viewer)
    groups = {each.id: each.name for each in access.visible_groups(viewer)}
    owners = _owners(viewer, records)
    states = rollup_reads.standings(mongo.database(), [str(each.id) for each in records], "solarPower", "produced")
    today = {zone: days.local_date(now, zone).isoformat() for zone in {each.time_zone for each in records}}
    found = []
    for record in records:
        state = states.get(str(record.id), {})
        group = groups.get(record.power_group_id) if record.power_group_id else None
        produced = state.get("kwh") if state.get("date") == today[record.time_zone] else None
        owner = owners.get(record.user_id)
        found.append(ListedSource(record, group, owner, state.get("timestamp"), state.get("value"), produced))
    return found


def _owners(viewer: Viewer, records: Sequence[SourceRecord]) -> dict[str, str]:
    """The addresses of the owners, only where there are others than the viewer."""
    others = {each.user_id for each in records} - {viewer.account_id}
    if not others:
        return {}
    with postgres.session() as session:
        return owner_addresses(session, {*others, viewer.account_id})

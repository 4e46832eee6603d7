"""The sources that somebody administers, as the list shows them: what they are, and how they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from data import postgres
from data.sources import ConnectionType, SourceRecord, owner_addresses
from services import access
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source in the list; `owner` is the address of its owner where others than the viewer's are listed."""

    record: SourceRecord
    group: str | None
    owner: str | None
    newest_at: datetime | None
    solar_watts: float
    produced_today_kwh: float

    @property
    def is_mqtt(self) -> bool:
        """Whether it connects by MQTT."""
        return self.record.connection_type is ConnectionType.MQTT


def listed(viewer: Viewer, now: datetime) -> list[ListedSource]:
    """Return the sources that a viewer may see, by name."""
    records = access.visible_sources(viewer)
    groups = {each.id: each.name for each in access.visible_groups(viewer)}
    owners = _owners(viewer, records)
    state = telemetry.fleet(viewer, now)[["timestamp", "solarPower", "produced"]]
    rows = dict(zip(state.index, state.itertuples(index=False, name=None), strict=True))
    found = []
    for record in records:
        newest, solar, produced = rows.get(str(record.id), (pd.NaT, float("nan"), float("nan")))
        group = groups.get(record.power_group_id) if record.power_group_id else None
        at = None if pd.isna(newest) else newest.to_pydatetime()
        found.append(ListedSource(record, group, owners.get(record.user_id), at, solar, produced))
    return found


def _owners(viewer: Viewer, records: Sequence[SourceRecord]) -> dict[str, str]:
    """The addresses of the owners, only where there are others than the viewer."""
    others = {each.user_id for each in records} - {viewer.account_id}
    if not others:
        return {}
    with postgres.session() as session:
        return owner_addresses(session, {*others, viewer.account_id})

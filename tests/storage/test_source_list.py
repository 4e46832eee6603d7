"""The list of sources: what each is and how it does, read for all of them at once."""

from datetime import UTC, datetime

import pytest

from data import mongo
from data.rollup_states import SOURCES
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import cards, groups, listing, making

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
MADRID = {"connection_type": 0, "time_zone": "Europe/Madrid"}


@pytest.fixture
def alice(stores: dict[str, str]) -> Viewer:
    account = accounts.create_user("alice@example.org", "Sunshine42", "", "")
    return Viewer(account.id, "", "", frozenset({"User"}))


def test_each_source_has_its_newest_power_and_the_energy_of_its_own_day(alice: Viewer) -> None:
    group = groups.create_group(alice.account_id, "Hill")
    wanted = (("Roof", {}, group.id), ("Yesterday", {}, None), ("Apia", {"time_zone": "Pacific/Apia"}, None),
              ("New", {}, None))
    made = {
        name: str(making.create_source(alice.account_id, {**MADRID, **more, "name": name}, NOW, group_id=at).record.id)
        for name, more, at in wanted
    }
    heard = [{"_id": made[name], "timestamp": NOW, "values": {"solarPower": 1234.5}} for name in ("Roof", "Apia")]
    silent = {"_id": made["Yesterday"], "timestamp": NOW, "values": {}}
    mongo.database()["latest_readings"].insert_many([*heard, silent])
    mongo.database()[SOURCES].insert_many([
        {"_id": made[name], "today": {"date": date, "channels": {"produced": {"kwh": 3.2}}}}
        for name, date in (("Roof", "2026-06-21"), ("Yesterday", "2026-06-20"), ("Apia", "2026-06-21"))
    ])
    found = {each.record.name: each for each in listing.listed(alice, NOW)}
    assert {name: (each.newest_at, each.solar_watts, each.produced_today_kwh) for name, each in found.items()} == {
        "Roof": (NOW, 1234.5, 3.2), "Yesterday": (NOW, None, None), "Apia": (NOW, 1234.5, 3.2),
        "New": (None, None, None),
    }  # fmt: skip
    assert {name: each.group for name, each in found.items() if each.group} == {"Roof": "Hill"}
    assert [(each.name, each.group) for each in cards.visible_sources(alice) if each.group] == [("Roof", "Hill")]

"""What a deleted source leaves behind is removed, whichever collection it lies in, and nobody else's with it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from data import mongo
from services import housekeeping
from services.people import accounts
from services.sources import making as sources

NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
OWN = {
    "normalized_sun_source_data": {"timestamp": NOW},
    "predictions": {"createdAt": NOW},
    "model_metadata": {},
}


def _fill(source_id: str) -> None:
    for name, fields in OWN.items():
        mongo.database()[name].insert_one({"sunSourceId": source_id, **fields})


def _holders(name: str) -> list[str]:
    return mongo.database()[name].distinct("sunSourceId")


@pytest.fixture
def alive(stores: dict[str, str]) -> str:
    """A source that exists, with documents."""
    owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
    source_id = str(sources.create_source(owner.id, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    _fill(source_id)
    return source_id


@pytest.mark.parametrize("name", OWN)
def test_purging_a_source_leaves_nothing_of_it(alive: str, name: str) -> None:
    gone = str(uuid4())
    _fill(gone)
    assert housekeeping.purge(gone) == 1
    assert _holders(name) == [alive]


@pytest.mark.parametrize("name", OWN)
def test_the_sweep_finds_what_an_interrupted_removal_left(alive: str, name: str) -> None:
    gone = str(uuid4())
    mongo.database()[name].insert_one({"sunSourceId": gone, **OWN[name]})
    assert housekeeping.sweep_orphans() == 1
    assert _holders(name) == [alive]
    assert housekeeping.sweep_orphans() == 0

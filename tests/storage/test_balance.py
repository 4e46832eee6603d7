"""The balance check on stored readings: the fault is named, and the offered mapping really mends it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.errors import NotFound
from services.ingestion import entering as ingest
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import balance, payload_lab, rereading
from services.sources import changes as source_changes
from solar import normalise

NOW = datetime(2026, 6, 21, 18, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("stores")


def person(email: str) -> Viewer:
    account = accounts.create_user(email, "Sunshine42", "", "")
    return Viewer(account.id, "", "", frozenset({"User"}))


def send_day(source_id: str, **changed: Any) -> None:
    """A day in balance every ten minutes, in keys of no known device, with some of them changed."""
    deliveries = []
    for step in range(72):
        at = NOW - timedelta(minutes=10 * (72 - step))
        solar, load, battery = 50.0 * step, 400.0 + 7 * (step % 5), 20.0 * step
        sent = {"pv_power": solar, "load_power": load, "battery_power": battery, "grid_power": load + battery - solar}
        body = {**sent, **{name: change(sent) for name, change in changed.items()}, "timestamp": at.isoformat()}
        message = normalise.Message("mqtt", "data", json.dumps(body).encode(), at)
        deliveries.append(ingest.Delivery(source_id, message))
    assert all(each.stored == 1 for each in ingest.accept(deliveries, NOW))


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("battery_power", lambda sent: -sent["battery_power"], "battery sign inverted"),
        ("grid_power", lambda sent: sent["grid_power"] / 1000, "grid in kW"),
        ("pv_power", lambda sent: 2 * sent["pv_power"], "solar counted twice"),
    ],
)
def test_the_offered_mapping_mends_the_fault(name: str, change: Any, words: str) -> None:
    alice = person("alice@example.org")
    made = source_changes.create(alice, {"name": "Roof", "connection_type": 0, "installed_capacity_watts": 9000.0}, NOW)
    source_id = str(made.record.id)
    send_day(source_id, **{name: change})
    found = balance.examine(alice, source_id, NOW)
    assert found.balance.fault is not None and found.balance.fault.words == words
    payload_lab.save(alice, source_id, found.mapping, None, NOW)
    counts = rereading.run(source_id, NOW + timedelta(minutes=1))
    assert counts.changed >= 71
    after = balance.examine(alice, source_id, NOW)
    assert (after.balance.verdict, after.mapping) == ("balanced", None)


def test_what_was_derived_from_the_balance_proves_nothing() -> None:
    alice = person("alice@example.org")
    source_id = str(source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    send_day(source_id, grid_power=lambda _sent: None)
    found = balance.examine(alice, source_id, NOW)
    assert (found.balance.verdict, found.balance.missing) == ("too few", ("gridPower",))


def test_the_check_is_the_owner_s_alone() -> None:
    alice, bob = person("alice@example.org"), person("bob@example.org")
    source_id = str(source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    with pytest.raises(NotFound):
        balance.examine(bob, source_id, NOW)

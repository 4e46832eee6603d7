"""Sharing: links by their tokens, switches, delay, people and what their roles allow."""

from datetime import timedelta
from typing import Any

import pytest

from services import access, simulating
from services.errors import Forbidden, Invalid, NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.sharing import links, members, shown
from services.sources import changes, connection, groups
from services.sources import making as sources
from services.telemetry import queries as telemetry
from services.telemetry import series as telemetry_series
from tests import servers

ALL_ON = links.SwitchRecord(True, True, True, True, True)


def _person(email: str) -> Viewer:
    made = accounts.create_user(email, "Sunny-day-7", "Alice", "Sun", is_email_verified=True)
    return Viewer(made.id, made.name, email)


@pytest.fixture
def alice(stores: dict[str, str]) -> Viewer:
    """An owner."""
    shown.forget_everything()
    return _person("alice@example.org")


def _source(owner: Viewer, **more: Any) -> str:
    row = {"name": "Roof", "connection_type": 1, "time_zone": "UTC", **more}
    return str(sources.create_source(owner.account_id, row, servers.now()).record.id)


def _link(owner: Viewer, source: str, **more: Any) -> str:
    made = links.make(owner, "source", source, {"name": "Wall", "views": links.VIEWS, **more}, servers.now())
    return made.url.rsplit("/", 1)[1]


def test_a_link_shows_nothing_until_its_source_is_switched_on(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    token = _link(alice, source, views=["monitor", "weather"])
    assert shown.find(token, now) is None
    links.keep_switches(alice, source, links.SwitchRecord(True, share_monitor=True, share_returns=True), now)
    found = shown.find(token, now)
    assert found is not None
    assert found.sources[0].views == ("monitor",)
    links.keep_switches(alice, source, links.SwitchRecord(False, True, True, True, True), now)
    assert shown.find(token, now) is None


def test_only_a_hash_is_kept_and_each_link_is_another(alice: Viewer) -> None:
    source = _source(alice)
    tokens = {_link(alice, source) for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(each) == 43 for each in tokens)
    kept = repr(servers.fetch("SELECT * FROM shared_links"))
    assert not any(each in kept for each in tokens)


def test_revoked_expired_and_mistyped_links_show_nothing(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    links.keep_switches(alice, source, ALL_ON, now)
    revoked, expiring = _link(alice, source), _link(alice, source, expires_at=now + timedelta(hours=1))
    assert shown.find(revoked, now) is not None
    link = next(each for each in links.listed(alice, "source", source) if each.expires_at is None)
    links.revoke(alice, "source", source, str(link.id), now)
    assert shown.find(revoked, now) is None
    assert shown.find(expiring, now) is not None
    assert shown.find(expiring, now + timedelta(hours=1)) is None
    assert shown.find(expiring[:-1] + ("A" if expiring[-1] != "A" else "B"), now) is None
    assert shown.find("x", now) is None


def test_another_process_notices_within_two_seconds(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    links.keep_switches(alice, source, ALL_ON, now)
    token = _link(alice, source)
    assert shown.find(token, now) is not None
    servers.run_sql(servers.settings_url(), "UPDATE shared_links SET revoked_at = now()")
    assert shown.find(token, now + timedelta(seconds=1.9)) is not None
    assert shown.find(token, now + timedelta(seconds=2)) is None


def test_an_account_that_is_barred_shows_nothing(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    links.keep_switches(alice, source, ALL_ON, now)
    token = _link(alice, source)
    servers.run_sql(servers.settings_url(), "UPDATE users SET barred_at = now()")
    assert shown.find(token, now) is None


def test_visits_are_counted_in_few_writes(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    links.keep_switches(alice, source, ALL_ON, now)
    token = _link(alice, source)
    for second in range(12):
        at = now + timedelta(seconds=second)
        found = shown.find(token, at)
        assert found is not None
        assert shown.seconds_to_wait(token, found, at, is_visit=True) == 0
    link = links.listed(alice, "source", source)[0]
    assert link.visits == 11
    assert link.last_visit_at == now + timedelta(seconds=10)


def test_the_limit_of_a_link_is_kept(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST_A_MINUTE", 5)
    source, now = _source(alice), servers.now()
    links.keep_switches(alice, source, ALL_ON, now)
    token = _link(alice, source)
    found = shown.find(token, now)
    assert found is not None
    waits = [
        shown.seconds_to_wait(token, found, now + timedelta(seconds=each), is_visit=False)
        for each in (0, 1, 2, 3, 4, 5, 6, 10, 11)
    ]
    assert waits[:7] == [0] * 7
    assert all(0 < each <= 60 for each in waits[7:])


def test_what_is_wrong_is_said_for_each_field(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    wrong = {"name": " ", "views": ["money"], "delay_minutes": -1, "expires_at": now, "embedding_sites": ["*"]}
    with pytest.raises(Invalid) as caught:
        links.make(alice, "source", source, wrong, now)
    assert set(caught.value.errors) == set(wrong)


def test_a_link_of_a_group_shows_only_what_is_switched_on(alice: Viewer) -> None:
    now, group = servers.now(), groups.create_group(alice.account_id, "Village")
    open_one, closed = _source(alice, name="Open"), _source(alice, name="Closed")
    changes.move(alice, [open_one, closed], str(group.id), now)
    links.keep_switches(alice, open_one, ALL_ON, now)
    made = links.make(alice, "group", str(group.id), {"name": "All", "views": ["monitor"]}, now)
    found = shown.find(made.url.rsplit("/", 1)[1], now)
    assert found is not None
    assert [each.record.name for each in found.sources] == ["Open"]
    guest = found.guest(now)
    assert str(access.source_for(guest, open_one).id) == open_one
    with pytest.raises(NotFound):
        access.source_for(guest, closed)
    assert [str(each.id) for each in access.visible_sources(guest)] == [open_one]


def test_a_guest_sees_nothing_newer_than_the_delay(alice: Viewer) -> None:
    now = servers.now().replace(minute=32, second=0, microsecond=0)
    source = _source(alice, installed_capacity_watts=5000.0, latitude=40.0, longitude=-3.0)
    simulating.make_past(source, now - timedelta(hours=3), now, now)
    servers.work_off()
    links.keep_switches(alice, source, ALL_ON, now)
    found = shown.find(_link(alice, source, delay_minutes=60), now)
    assert found is not None
    guest, cut = found.guest(now), now.replace(minute=30) - timedelta(hours=1)
    assert guest.until == cut
    newest = telemetry.latest(guest, source)
    assert newest is not None
    assert newest.timestamp < cut
    assert telemetry.latest(alice, source).timestamp >= now - timedelta(minutes=5)
    start = now - timedelta(hours=3)
    assert telemetry.power_frame(guest, source, start, now).index.max() < cut
    some = telemetry_series.series(guest, source, start - timedelta(days=9), now, ["loadPower"], statistics=("max",))
    assert some.frame.empty or some.frame.index.max() + some.width <= cut
    day = now.date()
    seen, all_of_it = telemetry.energies(guest, source, day, day), telemetry.energies(alice, source, day, day)
    if cut.date() == day and len(seen.kwh):
        assert 0 < seen.kwh["consumed"].iloc[0] < all_of_it.kwh["consumed"].iloc[0]


# ---- people ----------------------------------------------------------------------------------------------------------


def _joined(owner: Viewer, kind: str, thing: str, role: str, email: str = "bob@example.org") -> Viewer:
    bob = _person(email)
    members.invite(owner, kind, thing, email.upper(), role, servers.now())
    members.accept(bob, str(members.mine(bob)[0].id), servers.now())
    return bob


def test_an_invitation_counts_once_it_is_accepted(alice: Viewer) -> None:
    source, bob = _source(alice), _person("bob@example.org")
    members.invite(alice, "source", source, "Bob@Example.org", "viewer", servers.now())
    with pytest.raises(NotFound):
        access.source_for(bob, source)
    found = members.mine(bob)[0]
    assert (found.name, found.owner, found.role, found.accepted_at) == ("Roof", "alice@example.org", "viewer", None)
    carol = _person("carol@example.org")
    with pytest.raises(NotFound):
        members.accept(carol, str(found.id), servers.now())
    members.accept(bob, str(found.id), servers.now())
    assert str(access.source_for(bob, source).id) == source
    assert [str(each.id) for each in access.visible_sources(bob)] == [source]


def test_a_viewer_looks_and_a_manager_changes_too(alice: Viewer) -> None:
    source = _source(alice)
    bob, now = _joined(alice, "source", source, "viewer"), servers.now()
    with pytest.raises(Forbidden):
        changes.update(bob, source, {"name": "Mine"}, now)
    members.invite(alice, "source", source, "bob@example.org", "manager", now)
    assert changes.update(bob, source, {"name": "Ours"}, now).name == "Ours"
    refused: list[Any] = [
        lambda: changes.delete(bob, source, "Ours", now), lambda: changes.rotate(bob, source, now),
        lambda: changes.revoke(bob, source, now), lambda: changes.move(bob, [source], None, now),
        lambda: changes.duplicate(bob, source, "Copy", now), lambda: changes.switch_connection(bob, source, 0, now),
        lambda: connection.credentials_of(bob, source, now), lambda: links.switches(bob, source),
        lambda: links.listed(bob, "source", source), lambda: members.listed(bob, "source", source),
        lambda: members.invite(bob, "source", source, "eve@example.org", "viewer", now),
        lambda: links.make(bob, "source", source, {"name": "x", "views": ["monitor"]}, now),
    ]  # fmt: skip
    for each in refused:
        with pytest.raises(Forbidden):
            each()


def test_a_group_brings_its_sources(alice: Viewer) -> None:
    now, group = servers.now(), str(groups.create_group(alice.account_id, "Village").id)
    inside, outside = _source(alice), _source(alice, name="Other")
    changes.move(alice, [inside], group, now)
    bob = _joined(alice, "group", group, "manager")
    assert [str(each.id) for each in access.visible_groups(bob)] == [group]
    assert [str(each.id) for each in access.visible_sources(bob)] == [inside]
    changes.update(bob, inside, {"name": "Changed"}, now)
    with pytest.raises(NotFound):
        access.source_for(bob, outside)
    with pytest.raises(Forbidden):
        groups.delete(bob, group, now)
    changes.move(alice, [inside], None, now)
    with pytest.raises(NotFound):
        access.source_for(bob, inside)


def test_what_is_withdrawn_or_left_is_gone(alice: Viewer) -> None:
    source, now = _source(alice), servers.now()
    bob = _joined(alice, "source", source, "viewer")
    carol = _joined(alice, "source", source, "manager", "carol@example.org")
    listed = members.listed(alice, "source", source)
    assert [(each.email, each.role) for each in listed] == [
        ("BOB@EXAMPLE.ORG", "viewer"), ("CAROL@EXAMPLE.ORG", "manager"),
    ]  # fmt: skip
    members.withdraw(alice, "source", source, str(listed[0].id), now)
    members.leave(carol, str(listed[1].id), now)
    for each in (bob, carol):
        with pytest.raises(NotFound):
            access.source_for(each, source)


def test_an_owner_cannot_withdraw_what_is_of_another_thing(alice: Viewer) -> None:
    source, other = _source(alice), _source(alice, name="Other")
    _joined(alice, "source", source, "viewer")
    found = members.listed(alice, "source", source)[0]
    with pytest.raises(NotFound):
        members.withdraw(alice, "source", other, str(found.id), servers.now())
    with pytest.raises(Invalid):
        members.invite(alice, "source", source, "alice@example.org", "viewer", servers.now())

"""What admins may do with accounts, and what nobody may, against real stores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from PIL import Image
from sqlalchemy import text

from data import mongo, postgres, settings
from services import audit, simulating
from services.errors import Forbidden, Invalid, NotFound, TooMany
from services.people import accounts, api_tokens, registration, sessions, verification
from services.people import administration as people
from services.people import removal as account_removal
from services.people import tidying as account_tidying
from services.people.registration import Application
from services.people.viewer import Viewer
from services.sources import groups, images
from services.sources import making as sources
from tests import posted, servers

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
PASSWORD = "Sunny-day-7"
SOURCE = {"name": "Roof", "connection_type": 1, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid"}
pytestmark = pytest.mark.usefixtures("stores")
Act = Callable[[Viewer, str, datetime], None]
ACTS: list[Act] = [people.verify, people.lock, people.unlock, people.send_reset_link, people.delete,
                   lambda viewer, user_id, now: people.set_role(viewer, user_id, "User", now)]


def person(name: str, *roles: str) -> Viewer:
    email = f"{name}@example.org"
    made = accounts.create_user(email, PASSWORD, name.title(), "", roles=roles or ("User",), is_email_verified=True)
    return Viewer(made.id, made.name, email, made.roles, made.permissions)


def again(viewer: Viewer) -> Viewer:
    account = accounts.load(viewer.account_id)
    assert account is not None
    return Viewer(account.id, account.name, account.email, account.roles, account.permissions)


def test_permissions_come_from_the_claims_of_roles_and_of_the_user() -> None:
    overseer, admin, alice = person("oscar", "Overseer"), person("ada", "Admin"), person("alice")
    assert alice.permissions == frozenset()
    assert overseer.permissions - admin.permissions == {"overseers.manage", "mails.read"}
    with postgres.session() as session:
        session.execute(
            text("INSERT INTO user_claims (user_id, claim_type, claim_value) VALUES (:id, 'permission', 'audit.read')"),
            {"id": alice.account_id},
        )
    assert again(alice).permissions == {"audit.read"}


@pytest.mark.parametrize("act", ACTS)
def test_only_who_may_manage_users_does(act: Act) -> None:
    alice, bob = person("alice"), person("bob")
    with pytest.raises(Forbidden):
        act(alice, bob.account_id, NOW)
    with pytest.raises(Forbidden):
        people.search(alice)
    with pytest.raises(Forbidden):
        people.invite(alice, "new@example.org", NOW)


@pytest.mark.parametrize("act", ACTS)
def test_an_admin_does_nothing_to_an_overseer(act: Act) -> None:
    admin, overseer = person("ada", "Admin"), person("oscar", "Overseer")
    with pytest.raises(Forbidden):
        act(admin, overseer.account_id, NOW)
    assert again(overseer) == overseer


@pytest.mark.parametrize("user_id", ["", "nobody", "a\0b"])
def test_an_account_that_is_not_there_is_not_found(user_id: str) -> None:
    with pytest.raises(NotFound):
        people.lock(person("ada", "Admin"), user_id, NOW)


def test_an_overseer_gives_single_permissions_and_takes_them_back() -> None:
    overseer, admin, alice = person("oscar", "Overseer"), person("ada", "Admin"), person("alice")
    for _ in range(2):
        people.set_permission(overseer, alice.account_id, "audit.read", NOW, is_given=True)
    assert again(alice).permissions == {"audit.read"}
    assert audit.newest(again(alice))[0].details == {"permission": "audit.read"}
    assert people.permissions_of(overseer, alice.account_id) == people.Granted(frozenset(), frozenset({"audit.read"}))
    people.set_permission(overseer, alice.account_id, "audit.read", NOW, is_given=False)
    assert again(alice).permissions == frozenset()
    people.set_permission(overseer, admin.account_id, "users.manage", NOW, is_given=False)
    assert again(admin).permissions == admin.permissions
    assert [each.action for each in audit.newest(overseer)] == [
        "permission-taken", "permission-taken", "permission-given", "permission-given"
    ]
    people.set_permission(overseer, alice.account_id, "sources.all", NOW, is_given=True)
    assert again(alice).is_admin and not alice.is_admin


def test_nobody_else_gives_permissions_and_nobody_their_own() -> None:
    overseer, admin, alice = person("oscar", "Overseer"), person("ada", "Admin"), person("alice")
    for viewer, to in ((admin, alice), (alice, alice), (admin, admin), (overseer, overseer)):
        with pytest.raises(Forbidden):
            people.set_permission(viewer, to.account_id, "mails.read", NOW, is_given=True)
    for name in ("overseers.manage", "everything", ""):
        with pytest.raises(Invalid):
            people.set_permission(overseer, alice.account_id, name, NOW, is_given=True)
    with pytest.raises(Forbidden):
        people.permissions_of(admin, alice.account_id)
    for nobody in ("nobody", "\x00"):
        with pytest.raises(NotFound):
            people.set_permission(overseer, nobody, "mails.read", NOW, is_given=True)
    assert (again(alice), again(admin), again(overseer)) == (alice, admin, overseer)


def test_nobody_changes_their_own_role_nor_locks_themselves() -> None:
    for viewer in (person("ada", "Admin"), person("oscar", "Overseer")):
        for role in accounts.ROLES:
            with pytest.raises(Forbidden):
                people.set_role(viewer, viewer.account_id, role, NOW)
        with pytest.raises(Forbidden):
            people.lock(viewer, viewer.account_id, NOW)
        with pytest.raises(Forbidden):
            people.delete(viewer, viewer.account_id, NOW)


def test_an_admin_makes_admins_but_no_overseer() -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    with pytest.raises(Forbidden):
        people.set_role(admin, alice.account_id, "Overseer", NOW)
    people.set_role(admin, alice.account_id, "Admin", NOW)
    assert again(alice).roles == {"Admin"}
    with pytest.raises(Invalid):
        people.set_role(admin, alice.account_id, "King", NOW)


def test_an_overseer_is_never_deleted_and_one_always_remains() -> None:
    oscar, olga = person("oscar", "Overseer"), person("olga", "Overseer")
    with pytest.raises(Forbidden):
        people.delete(oscar, olga.account_id, NOW)
    with pytest.raises(Forbidden):
        account_removal.ask(oscar.account_id, PASSWORD, NOW)
    people.lock(oscar, olga.account_id, NOW)
    with pytest.raises(Forbidden, match="at least one"):
        people.set_role(again(olga), oscar.account_id, "User", NOW)
    assert again(oscar).roles == {"Overseer"}


def test_two_overseers_who_unmake_each_other_at_once_leave_one() -> None:
    pair = person("oscar", "Overseer"), person("olga", "Overseer")

    def unmake(number: int) -> None:
        with suppress(Forbidden):
            people.set_role(pair[number], pair[1 - number].account_id, "User", NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(unmake, range(2)))
    assert servers.fetch(
        "SELECT count(*) FROM user_roles JOIN roles ON roles.id = role_id WHERE name = 'Overseer'"
    ) == [(1,)]


def test_locking_ends_sessions_and_tokens_at_once() -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    account = accounts.load(alice.account_id)
    assert account is not None
    session = sessions.begin(alice.account_id, "", NOW)
    token = api_tokens.make(alice.account_id, "script", "read", 30, NOW)
    assert api_tokens.holder_of(token, NOW) is not None
    people.lock(admin, alice.account_id, NOW)
    assert sessions.find(str(session), account.security_stamp, NOW) is None
    assert api_tokens.holder_of(token, NOW) is None
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW + timedelta(days=365)) is None
    people.unlock(admin, alice.account_id, NOW)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) is not None


def test_unlocking_also_opens_what_wrong_passwords_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "REFUSAL_SECONDS", 0)
    admin, alice = person("ada", "Admin"), person("alice")
    for _ in range(5):
        accounts.authenticate("alice@example.org", "Wrong-day-7", NOW)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) is None
    people.unlock(admin, alice.account_id, NOW)
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) is not None


def test_a_reset_link_goes_to_the_owner_only() -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    people.send_reset_link(admin, alice.account_id, NOW)
    assert [each.recipient for each in posted.mails()] == ["alice@example.org"]


def test_people_are_found_by_parts_of_name_and_address() -> None:
    admin = person("ada", "Admin")
    person("alice")
    person("a_b")
    sources.create_source(person("bob").account_id, SOURCE, NOW)
    sessions.begin(admin.account_id, "", NOW)
    assert [each.email for each in people.search(admin, "ALI example")] == ["alice@example.org"]
    assert [each.email for each in people.search(admin, "_")] == ["a_b@example.org"]
    assert people.search(admin, "100%") == []
    found = {each.email: each for each in people.search(admin)}
    assert (found["bob@example.org"].sources, found["ada@example.org"].last_seen_at) == (1, NOW)


def test_an_invitation_is_for_one_address_once_and_for_seven_days(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = person("ada", "Admin")
    with pytest.raises(Invalid):
        people.invite(admin, "ada@example.org", NOW)
    people.invite(admin, "new@example.org", NOW)
    token = posted.newest_link("new@example.org").partition("=")[2]
    monkeypatch.setenv("AMPRA_REGISTRATION", "invitation")
    servers.forget_settings()
    try:
        assert registration.invited_email(token, NOW + timedelta(days=7)) is None
        given = Application("other@example.org", PASSWORD, "", "", invitation=token)
        claim = registration.register(given, NOW)
        assert claim.email == "new@example.org"
        assert verification.try_code(claim, posted.newest_code("new@example.org"), NOW) is not None
        with pytest.raises(Forbidden):
            registration.register(given, NOW)
    finally:
        monkeypatch.undo()
        servers.forget_settings()


def _files_of(owner_id: str) -> list[Path]:
    """What the object store of the tests, a folder, holds of a source or group."""
    return [each for each in settings.get().var.rglob("*") if each.is_file() and owner_id in str(each)]


def test_deleting_leaves_nothing_in_either_database() -> None:
    admin, alice, bob = person("ada", "Admin"), person("alice"), person("bob")
    gone = str(sources.create_source(alice.account_id, SOURCE, NOW).record.id)
    kept = str(sources.create_source(bob.account_id, SOURCE, NOW).record.id)
    for source in (gone, kept):
        simulating.make_past(source, NOW - timedelta(hours=1), NOW, NOW)
    picture = BytesIO()
    Image.new("RGB", (64, 64), "orange").save(picture, "PNG")
    group = str(groups.create_group(alice.account_id, "Roofs").id)
    images.set_icon(alice, gone, picture.getvalue(), NOW)
    images.set_logo(alice, group, picture.getvalue(), NOW)
    images.set_icon(bob, kept, picture.getvalue(), NOW)
    session = sessions.begin(alice.account_id, "", NOW)
    people.delete(admin, alice.account_id, NOW)
    assert sessions.find(str(session), "", NOW) is None
    assert accounts.authenticate("alice@example.org", PASSWORD, NOW) is None
    servers.work_off()
    assert servers.fetch("SELECT email FROM users ORDER BY email") == [("ada@example.org",), ("bob@example.org",)]
    assert servers.fetch("SELECT id::text FROM sun_sources") == [(kept,)]
    assert len(_files_of(kept)) == 1
    assert _files_of(gone) + _files_of(group) == []
    database = mongo.database()
    left = {name: database[name].count_documents({"$or": [{"sunSourceId": gone}, {"_id": gone}]})
            for name in database.list_collection_names()}
    assert {name: count for name, count in left.items() if count} == {}
    assert database["normalized_sun_source_data"].count_documents({"sunSourceId": kept}) == 12


def test_a_deletion_that_was_lost_is_begun_again() -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    people.delete(admin, alice.account_id, NOW)
    with psycopg.connect(servers.settings_url(), autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    assert account_removal.sweep() == 1
    servers.work_off()
    assert servers.fetch("SELECT email FROM users") == [("ada@example.org",)]


def test_nobody_is_erased_without_having_been_asked_for() -> None:
    alice = person("alice")
    assert account_removal.erase(alice.account_id, NOW) == 0
    assert again(alice) == alice


def test_one_deletes_the_own_account_with_the_password() -> None:
    alice = person("alice")
    with pytest.raises(Invalid):
        account_removal.ask(alice.account_id, "Wrong-day-7", NOW)
    account_removal.ask(alice.account_id, PASSWORD, NOW)
    servers.work_off()
    assert servers.fetch("SELECT count(*) FROM users") == [(0,)]
    with pytest.raises(NotFound):
        account_removal.ask(alice.account_id, PASSWORD, NOW)


def test_everything_an_admin_does_is_in_the_audit_log() -> None:
    audit.set_origin(lambda: "192.0.2.7")
    try:
        admin, alice = person("ada", "Admin"), person("alice")
        for act in (people.verify, people.lock, people.unlock, people.send_reset_link):
            act(admin, alice.account_id, NOW)
        people.set_role(admin, alice.account_id, "Admin", NOW)
        with pytest.raises(Forbidden):
            people.set_role(admin, admin.account_id, "Overseer", NOW)
        people.delete(admin, alice.account_id, NOW)
    finally:
        audit.set_origin(lambda: None)
    entries = audit.newest(admin)
    assert [each.action for each in entries] == [
        "deletion-asked", "role-changed", "reset-link-sent", "unlocked", "locked", "verified-by-admin"
    ]
    assert {(each.actor, each.target, each.address) for each in entries} == {
        ("ada@example.org", "alice@example.org", "192.0.2.7")
    }
    assert entries[1].details == {"role": "Admin"}
    with pytest.raises(Forbidden):
        audit.newest(alice)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"]
)
def test_the_audit_log_only_grows(statement: str) -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    people.verify(admin, alice.account_id, NOW)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        servers.run_sql(servers.settings_url(), statement)
    assert len(audit.newest(admin)) == 1


def test_what_ended_long_ago_is_tidied_away() -> None:
    alice = person("alice")
    sessions.begin(alice.account_id, "", NOW)
    registration.register(Application("x@example.org", PASSWORD, "", ""), NOW)
    assert account_tidying.tidy(NOW + timedelta(days=6)) == 0
    assert account_tidying.tidy(NOW + timedelta(days=7)) == 1


def test_tokens_end_are_named_once_and_hold_what_they_say() -> None:
    alice, bob = person("alice"), person("bob")
    token = api_tokens.make(alice.account_id, "script", "write", 7, NOW)
    holder = api_tokens.holder_of(token, NOW + timedelta(days=7) - timedelta(microseconds=1))
    assert holder is not None
    assert (holder.account.id, holder.scope) == (alice.account_id, "write")
    assert api_tokens.holder_of(token, NOW + timedelta(days=7)) is None
    assert token not in str(servers.fetch("SELECT * FROM user_tokens"))
    with pytest.raises(Invalid):
        api_tokens.make(alice.account_id, "script", "read", 7, NOW)
    with pytest.raises(Invalid) as caught:
        api_tokens.make(alice.account_id, "", "admin", 0, NOW)
    assert set(caught.value.errors) == {"name", "scope", "days"}
    with pytest.raises(NotFound):
        api_tokens.remove(bob.account_id, "script", NOW)
    api_tokens.remove(alice.account_id, "script", NOW)
    assert api_tokens.holder_of(token, NOW) is None
    assert api_tokens.holder_of("ampra_nonsense", NOW) is None


def test_a_token_is_not_used_more_than_six_hundred_times_a_minute() -> None:
    token = api_tokens.make(person("alice").account_id, "script", "read", 7, NOW)
    with pytest.raises(TooMany):
        for _ in range(1_202):
            api_tokens.holder_of(token, NOW)


def test_history_says_that_it_was_simulated() -> None:
    source = str(sources.create_source(person("alice").account_id, SOURCE, NOW).record.id)
    simulating.make_past(source, NOW - timedelta(minutes=5), NOW, NOW)
    (found,) = mongo.database()["normalized_sun_source_data"].find({"sunSourceId": source})
    assert found["metadata"]["transport"] == simulating.TRANSPORT

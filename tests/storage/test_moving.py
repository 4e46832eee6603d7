"""One user or one source from one server to another: everything arrives once, ids stay, secrets are sealed anew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyotp
import pytest

from data import mongo, object_store
from services.backups import keeping, moving
from services.backups.restoring import Refused
from services.errors import NotFound
from services.ingestion import credentials
from services.people import accounts, api_tokens, second_factor
from services.people.viewer import Viewer
from services.sources import making as sources
from tests import servers
from tests.storage import telemetry_data as made
from tests.storage.second_home import Contents, everything, living_in

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
START = datetime(2026, 6, 19, 22, tzinfo=UTC)
EMAIL, PASSWORD = "alice@example.org", "Sunny-day-7"
MADE_ANEW = ("mongo/rollup", "mongo/energy_days")
OTHER_KEY = {"AMPRA_SEALING_KEY": "another key of a quite different server"}


@pytest.fixture(autouse=True)
def files_of_our_own(stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AMPRA_VAR", str(tmp_path / "var"))
    servers.forget_settings()
    yield
    servers.forget_settings()


def person(name: str) -> Viewer:
    email = f"{name}@example.org"
    user = accounts.create_user(email, PASSWORD, name.title(), "", roles=("User",), is_email_verified=True)
    return Viewer(user.id, user.name, email, user.roles, user.permissions)


def source_of(viewer: Viewer, connection: int = 1) -> str:
    values = {"name": f"Roof of {viewer.name}", "connection_type": connection, "installed_capacity_watts": 8e3}
    source = sources.create_source(viewer.account_id, values, NOW)
    key = str(source.record.id)
    made.write(made.documents(key, made.home(START, START + timedelta(hours=12), timedelta(minutes=5))))
    made.roll(key)
    object_store.put(f"images/source/{key}/a1.webp", b"a picture")
    return key


def with_second_factor(viewer: Viewer) -> None:
    account = accounts.load(viewer.account_id)
    assert account is not None
    secret = second_factor.offer(account).secret
    second_factor.confirm(viewer.account_id, pyotp.TOTP(secret).at(NOW), NOW)


def opened(path: Path) -> moving.Opener:
    return partial(keeping.opened, str(path))


def counted(contents: Contents) -> dict[str, int]:
    return {name: len(each) for name, each in contents.items()}


def test_a_user_arrives_with_everything_once(home: dict[str, str], tmp_path: Path) -> None:
    alice, bob = person("alice"), person("bob")
    source = source_of(alice)
    source_of(bob)
    with_second_factor(alice)
    api_tokens.make(alice.account_id, "script", "read", 7, NOW)
    moving.export_user(EMAIL, tmp_path / "alice.tar.gz")
    hours = mongo.database()["rollups_1h"].count_documents({"sunSourceId": source})
    with living_in(home):
        first = moving.bring(opened(tmp_path / "alice.tar.gz"))
        assert first.notes == []
        assert first.files == 1
        came = everything()
        assert servers.fetch("SELECT id FROM users") == [(alice.account_id,)]
        account = accounts.authenticate(EMAIL, PASSWORD, NOW)
        assert account is not None
        assert account.roles == frozenset({"User"})
        assert account.has_second_factor
        assert credentials.webhook_secrets(source, NOW)
        assert mongo.database()["normalized_sun_source_data"].distinct("sunSourceId") == [source]
        assert mongo.database()["rollups_1h"].count_documents({}) == hours
        assert object_store.get(f"images/source/{source}/a1.webp") == b"a picture"
        assert servers.fetch("SELECT count(*) FROM user_tokens WHERE scope = 'read'") == [(0,)]
        made.roll(source)
        assert made.stored(source) == made.rebuilt(source)
        again = moving.bring(opened(tmp_path / "alice.tar.gz"))
        assert (again.rows, again.files) == (0, 0)
        left = {name: count for name, count in counted(everything()).items() if not name.startswith(MADE_ANEW)}
        assert left == {name: count for name, count in counted(came).items() if not name.startswith(MADE_ANEW)}


def test_a_source_finds_a_new_owner_and_needs_one(home: dict[str, str], tmp_path: Path) -> None:
    source, path = source_of(person("alice"), connection=0), tmp_path / "source.tar.gz"
    moving.export_source(source, path)
    with living_in(home):
        with pytest.raises(Refused, match="--owner"):
            moving.bring(opened(path))
        with pytest.raises(NotFound):
            moving.bring(opened(path), "nobody@example.org")
        assert everything().keys() <= {"postgres/roles", "postgres/role_claims"}
        bob = person("bob")
        moving.bring(opened(path), "bob@example.org")
        assert servers.fetch("SELECT id::text, user_id FROM sun_sources") == [(source, bob.account_id)]
        assert credentials.has_mqtt_key(source, NOW)


def test_secrets_of_an_unknown_key_are_made_new(home: dict[str, str], tmp_path: Path) -> None:
    alice = person("alice")
    source, path = source_of(alice), tmp_path / "alice.tar.gz"
    with_second_factor(alice)
    moving.export_user(EMAIL, path)
    with living_in({**home, **OTHER_KEY}):
        assert len(moving.bring(opened(path)).notes) == 2
        assert credentials.webhook_secrets(source, NOW) == []
        assert servers.fetch("SELECT webhook_secret, two_factor_enabled FROM sun_sources, users") == [(None, False)]
    both = {"AMPRA_SEALING_KEY": f"{OTHER_KEY['AMPRA_SEALING_KEY']},{home['AMPRA_SEALING_KEY']}"}
    servers.empty(home["AMPRA_POSTGRES_URL"], home["AMPRA_MONGO_URL"])
    with living_in({**home, **both}):
        assert moving.bring(opened(path)).notes == []
    with living_in({**home, **OTHER_KEY}):
        assert len(credentials.webhook_secrets(source, NOW + timedelta(minutes=1))) == 1


def test_what_is_taken_is_refused_and_nothing_comes(home: dict[str, str], tmp_path: Path) -> None:
    alice, path = person("alice"), tmp_path / "alice.tar.gz"
    source = source_of(alice)
    moving.export_user(EMAIL, path)
    with living_in(home):
        other = person("alice")
        before = everything()
        with pytest.raises(Refused, match=f"address {EMAIL}"):
            moving.bring(opened(path))
        assert everything() == before
        servers.run_sql(servers.settings_url(), "DELETE FROM users WHERE id = %s", other.account_id)
        bob = person("bob")
        servers.run_sql(servers.settings_url(),
                        "INSERT INTO sun_sources (id, name, user_id, connection_type) VALUES (%s, 'x', %s, 0)",
                        source, bob.account_id)
        with pytest.raises(Refused, match="Another source has the id"):
            moving.bring(opened(path))
        assert servers.fetch("SELECT email FROM users") == [("bob@example.org",)]

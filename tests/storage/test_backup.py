"""Backups against real stores: everything comes back equal, also one made while readings come in."""

import gzip
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from data import credentials as stored_credentials
from data import mongo, object_store, postgres, queue
from data.backup import collections
from data.errors import StorageUnavailable
from deploy.restore import known_steps
from services.backups import archive, keeping, making, restoring
from services.backups.archive import Damaged
from services.ingestion import credentials
from services.people import accounts
from services.rollups import updating as rollups
from services.sources import making as sources
from tests import servers
from tests.storage import telemetry_data as made
from tests.storage.second_home import everything, living_in, second_home

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
START = datetime(2026, 6, 19, 22, tzinfo=UTC)
EMAIL, PASSWORD = "alice@example.org", "Sunny-day-7"
SOURCE = {"name": "Roof & Söhne\n\"2\"", "connection_type": 1, "installed_capacity_watts": 8e3,
          "latitude": 52.5, "longitude": 13.4}


@pytest.fixture
def source_id(stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A source with two days of readings, rolled up, a picture, and work that waits; files are in a folder of ours."""
    monkeypatch.setenv("AMPRA_VAR", str(tmp_path / "var"))
    servers.forget_settings()
    owner = accounts.create_user(EMAIL, PASSWORD, "Alice", "", is_email_verified=True)
    source = str(sources.create_source(owner.id, SOURCE, NOW).record.id)
    made.write(made.documents(source, made.home(START, START + timedelta(days=2), timedelta(minutes=5))))
    made.roll(source)
    object_store.put(f"images/source/{source}/a1.webp", b"a picture")
    queue.defer("accounts:sweep", queueing_lock="accounts:sweep")
    yield source
    servers.forget_settings()


def backup_to(path: Path) -> str:
    keeping.make_file(path)
    return str(path)


def restore(path: str) -> restoring.Totals:
    opened = partial(keeping.opened, path)
    contents = restoring.check(opened, known_steps())
    found = restoring.load(opened, contents)
    restoring.settle(contents)
    return found


def test_destroyed_and_restored_everything_is_equal(source_id: str, stores: dict[str, str], tmp_path: Path) -> None:
    before, path = everything(), tmp_path / "all.tar.gz"
    contents = keeping.make_file(path)
    assert restoring.totals(contents).files == 1
    with second_home(stores, tmp_path) as settings:
        done = subprocess.run([sys.executable, "-m", "deploy.restore", str(path)], cwd=servers.PROJECT, env=settings,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Restored and compared" in done.stdout
        with living_in(settings):
            assert object_store.get(f"images/source/{source_id}/a1.webp") == b"a picture"
            after = everything()
            # What came within the last minutes is marked to be rolled up once more.
            marks = after.pop("mongo/rollup_marks")
            assert marks
            assert after == before
            account = accounts.authenticate(EMAIL, PASSWORD, NOW)
            assert account is not None
            with postgres.session() as session:
                assert stored_credentials.of_source(session, sources.UUID(source_id), "webhook")
            assert credentials.webhook_secrets(source_id, NOW)
            # Counting goes on where it was.
            assert queue.defer("accounts:sweep") is not None
            made.roll(source_id)
            assert made.stored(source_id) == made.rebuilt(source_id)


def test_a_backup_made_while_readings_come_in_has_each_whole(
    source_id: str, home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two collections that are read, new and late readings come in and are rolled up."""
    late = iter(made.documents(source_id, made.home(START + timedelta(seconds=90), START + timedelta(days=3),
                                                    timedelta(minutes=30), seed=2)))
    first = {each["timestamp"] for each in mongo.database()["normalized_sun_source_data"].find()}
    sent: list[datetime] = []
    read = collections.read

    def read_later(database: object, name: str, *more: object) -> Iterator[bytes]:
        some = [{**next(late), "metadata": {"receivedAt": datetime.now(UTC)}} for _ in range(3)]
        sent.extend(each["timestamp"] for each in some)
        made.write(some)
        if name != "rollup_marks":
            made.roll(source_id)
        return read(database, name, *more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(collections, "read", read_later)
        path = backup_to(tmp_path / "busy.tar.gz")
    with living_in(home):
        restore(path)
        stamps = {each["timestamp"] for each in mongo.database()["normalized_sun_source_data"].find()}
        assert first < stamps
        assert stamps - first == set(sent[: len(stamps - first)])
        assert len(stamps - first) < len(sent)
        rollups.refresh_source(source_id, made.FAR_AHEAD)
        assert made.differences(made.stored(source_id), made.rebuilt(source_id)) == []


def test_a_source_deleted_or_made_during_the_backup_leaves_nothing_half_there(
    source_id: str, home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = accounts.authenticate(EMAIL, PASSWORD, NOW)
    assert owner is not None
    gone = str(sources.create_source(owner.id, SOURCE, NOW).record.id)
    names = collections.names

    def names_later(database: object) -> list[str]:
        servers.run_sql(servers.settings_url(), "DELETE FROM sun_sources WHERE id = %s", gone)
        new = str(sources.create_source(owner.id, SOURCE, NOW).record.id)
        made.write(made.documents(new, made.home(START, START + timedelta(hours=1), timedelta(minutes=5))))
        return names(database)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(collections, "names", names_later)
        path = backup_to(tmp_path / "busy.tar.gz")
    with living_in(home):
        restore(path)
        assert servers.fetch("SELECT id::text FROM sun_sources") == [(source_id,)]
        assert mongo.database()["normalized_sun_source_data"].distinct("sunSourceId") == [source_id]


def test_what_cannot_be_restored_is_refused_in_a_sentence(
    source_id: str, home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup_to(tmp_path / "all.tar.gz")
    opened = partial(keeping.opened, path)
    with pytest.raises(restoring.Refused, match="not empty"):
        restoring.check(opened, known_steps())
    with living_in(home):
        with pytest.raises(restoring.Refused, match="newer one"):
            restoring.check(opened, known_steps()[:-1])
        with living_in({**home, "AMPRA_SEALING_KEY": "x" * 40}):
            with pytest.raises(restoring.Refused, match="AMPRA_SEALING_KEY"):
                restoring.check(opened, known_steps())
            assert restoring.check(opened, known_steps(), with_other_key=True)
        assert restoring.check(opened, known_steps()).counts("postgres")["users"] == 1
        object_store.put("images/source/x/a1.webp", b"one")
        with pytest.raises(restoring.Refused, match="1 in files"):
            restoring.check(opened, known_steps())


def test_damage_is_seen_and_no_secret_of_the_settings_is_inside(source_id: str, stores: dict[str, str]) -> None:
    target = io.BytesIO()
    making.write(target)
    whole = target.getvalue()
    middle = len(whole) // 2
    bent = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for spoilt in (whole[:-100], whole[:middle], bent, b"no archive", b""):
        with pytest.raises(Damaged):
            archive.verify(io.BytesIO(spoilt))
    assert archive.verify(io.BytesIO(whole)).counts("postgres")["users"] == 1
    plain = gzip.decompress(whole)
    assert EMAIL.encode() in plain
    for secret in ("SEALING_KEY", "SECRET_KEY", "INTERNAL_TOKEN"):
        assert stores[f"AMPRA_{secret}"].encode() not in plain


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_the_nightly_backup_is_kept_for_a_while(
    source_id: str, s3: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPRA_BACKUP_KEEP", "2")
    if place == "bucket":
        monkeypatch.setenv("AMPRA_BACKUP_URL", s3.replace("/pictures", "/kept"))
    servers.forget_settings()
    for day in range(3):
        keeping.make(NOW + timedelta(days=day))
    names = [each.name for each in keeping.list_all()]
    assert names == ["ampra-20260622T100000Z.tar.gz", "ampra-20260623T100000Z.tar.gz"]
    queue.defer("backups:make")
    servers.work_off()
    names = [each.name for each in keeping.list_all()]
    assert len(names) == 2
    with keeping.opened("latest") as newest, keeping.opened(names[-1]) as last:
        assert newest.read() == last.read()
    assert keeping.verify("latest").counts("postgres")["users"] == 1
    with pytest.raises(FileNotFoundError, match="neither a file"):
        keeping.verify("ampra-1.tar.gz")

    def fails() -> None:
        raise StorageUnavailable("gone away")

    monkeypatch.setattr(making, "own_files", fails)
    with pytest.raises(StorageUnavailable):
        keeping.make(NOW)
    assert [each.name for each in keeping.list_all()] == names

"""Sources from a CSV file: what a dry run says, and that all are made or none."""

from datetime import UTC, datetime, timedelta

import pytest

from services import access
from services.errors import Invalid
from services.ingestion import credentials
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import bringing_in, groups
from services.sources import file_import as source_import
from services.sources.bringing_in import Standing
from tests import servers

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("stores")
GOOD = (
    "name,connection,group,latitude,longitude,installed_capacity_watts,has_battery,currency,installation_date\r\n"
    'Roof,mqtt,Hill,38.63,-0.86,5500,yes,EUR,2024-03-01\r\n"Barn, north",webhook,,,,12000,no,CHF,\r\n'
    "\r\nChapel,,,,,,,,\r\n"
)


@pytest.fixture
def alice(stores: dict[str, str]) -> Viewer:
    account = accounts.create_user("alice@example.org", "Sunshine42", "", "")
    groups.create_group(account.id, "Hill")
    return Viewer(account.id, "", "", frozenset({"User"}))


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD])
def test_a_good_file_is_tried_and_then_brought_in(alice: Viewer, text: str) -> None:
    lines = source_import.dry_run(alice, text.encode(), NOW)
    assert [(each.number, each.name, dict(each.faults)) for each in lines] == [
        (2, "Roof", {}), (3, "Barn, north", {}), (5, "Chapel", {}),
    ]  # fmt: skip
    assert access.visible_sources(alice) == []
    bringing_in.start(alice, text.encode(), NOW)
    with pytest.raises(Invalid, match="another file of yours"):
        bringing_in.start(alice, text.encode(), NOW)
    assert (bringing_in.standing(alice), access.visible_sources(alice)) == (Standing("waiting", 0, 3, None, False), [])
    with pytest.raises(Invalid, match="shown before"):
        bringing_in.take_secrets(alice)
    servers.work_off()
    assert bringing_in.standing(alice) == Standing("done", 3, 3, None, True)
    barn, chapel, roof = access.visible_sources(alice)
    assert (roof.time_zone, roof.has_battery, roof.power_group_id is not None) == ("Europe/Madrid", True, True)
    assert roof.installation_date == datetime(2024, 3, 1, tzinfo=UTC)
    assert (barn.connection_type, barn.currency, barn.power_group_id) == (1, "CHF", None)
    assert (chapel.connection_type, chapel.installed_capacity_watts) == (0, None)
    count, file = bringing_in.take_secrets(alice)
    secrets = source_import.secrets_of(file)
    assert (count, file.count("\n"), '"Barn, north"' in file) == (3, 4, True)
    assert credentials.verify_mqtt_key(str(roof.id), secrets[str(roof.id)], NOW)
    assert secrets[str(barn.id)] in credentials.webhook_secrets(str(barn.id), NOW)
    # Once, and never again; nothing of the file is kept.
    with pytest.raises(Invalid, match="shown before"):
        bringing_in.take_secrets(alice)
    assert bringing_in.standing(alice) is None
    assert servers.fetch("SELECT content, sealed_secret FROM source_imports") == [(None, None)]


def test_a_worker_that_stops_in_between_makes_nothing_twice(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    bringing_in.start(alice, GOOD.encode(), NOW)
    ((import_id,),) = servers.fetch("SELECT id::text FROM source_imports")
    for name, count in (("secrets_file", 0), ("secrets_of", 3)):
        with monkeypatch.context() as patch:
            # Before the transaction ends, and right after it.
            patch.setattr(source_import, name, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                bringing_in.run(import_id, NOW)
        assert len(access.visible_sources(alice)) == count
    bringing_in.failed(import_id, "it stopped", NOW)
    bringing_in.run(import_id, NOW)
    bringing_in.run(import_id, NOW)
    assert len(access.visible_sources(alice)) == 3
    assert bringing_in.standing(alice) == Standing("done", 3, 3, None, True)
    assert bringing_in.forget_old(NOW + timedelta(days=4_000)) == 1


def test_what_is_at_fault_by_then_is_said_and_nothing_is_made(alice: Viewer) -> None:
    bringing_in.start(alice, GOOD.encode(), NOW)
    servers.run_sql(servers.settings_url(), "DELETE FROM power_groups")
    servers.work_off()
    found = bringing_in.standing(alice)
    assert found is not None and (found.state, found.error) == ("failed", "1 lines have faults; nothing was made")
    assert access.visible_sources(alice) == []


def test_a_file_with_semicolons_is_read_too(alice: Viewer) -> None:
    (line,) = source_import.dry_run(alice, b"name;latitude;longitude\nRoof;38.6;-0.8\n", NOW)
    assert (line.values["latitude"], dict(line.faults)) == (38.6, {})


def test_every_fault_is_said_at_its_line_and_nothing_is_made(alice: Viewer) -> None:
    file = (
        b"name,connection,group,latitude,longitude,has_battery,installation_date\n"
        b'Roof,carrier pigeon,Valley,"38,6",1,maybe,1.3.2024\n,mqtt,,,,,\nGood,mqtt,,,,,\nHalf,mqtt,,38.6,,,\n'
    )
    lines = source_import.dry_run(alice, file, NOW)
    assert [set(each.faults) for each in lines] == [
        {"connection", "group", "latitude", "has_battery", "installation_date"}, {"name"}, set(), {"longitude"},
    ]  # fmt: skip
    with pytest.raises(Invalid, match="3 lines have faults; nothing was made"):
        bringing_in.start(alice, file, NOW)
    assert access.visible_sources(alice) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "column name"), (b"\xff\xfe\x00", "UTF-8"), (b"name,colour\nRoof,red\n", "unknown column 'colour'"),
        (b"latitude\n1\n", "column name"), (b"name,name\na,b\n", "each column once"), (b"name\n", "1 to 1000"),
        (b"name\n" + b"Roof\n" * 1001, "it has 1001"), (b"name\n" + b"x" * 1024 * 1024, "at most 1 MB"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(alice: Viewer, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        source_import.dry_run(alice, content, NOW)


def test_a_group_of_somebody_else_is_not_known(alice: Viewer) -> None:
    account = accounts.create_user("bob@example.org", "Sunshine42", "", "")
    groups.create_group(account.id, "Valley")
    (line,) = source_import.dry_run(alice, b"name,group\nRoof,Valley\n", NOW)
    assert set(line.faults) == {"group"}

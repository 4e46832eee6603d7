"""Sources from a CSV file: what a dry run says, and that all are made or none."""

from datetime import UTC, datetime

import pytest

from services import access
from services.errors import Invalid
from services.ingestion import credentials
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import file_import as source_import
from services.sources import groups

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
    made = source_import.bring_in(alice, text.encode(), NOW)
    roof, barn, chapel = (each.record for each in made)
    assert (roof.time_zone, roof.has_battery, roof.power_group_id is not None) == ("Europe/Madrid", True, True)
    assert roof.installation_date == datetime(2024, 3, 1, tzinfo=UTC)
    assert (barn.connection_type, barn.currency, barn.power_group_id) == (1, "CHF", None)
    assert (chapel.connection_type, chapel.installed_capacity_watts) == (0, None)
    assert credentials.verify_mqtt_key(str(roof.id), made[0].secret, NOW)
    file = source_import.secrets_file(made)
    assert file.count("\n") == 4 and made[1].secret in file and '"Barn, north"' in file


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
        source_import.bring_in(alice, file, NOW)
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

"""What every device family's file must hold, and that adding one is adding a file."""

from pathlib import Path

import pytest

from solar.normalise import PROFILES
from solar.normalise.bindings import ROLE_FIELDS
from solar.normalise.profiles import recognise
from solar.normalise.profiles.base import Key, Profile, compiled
from solar.normalise.units import conversion
from solar.vocabulary import FIELDS

FOLDER = Path(__file__).parents[2] / "solar" / "normalise" / "profiles"
NAMES = (
    "solarassistant victron opendtu ahoydtu grott openinvertergateway mppsolar voltronic deyemqtt solarman tasmota "
    "shelly shelly1 fronius enphase homewizard solaredge2mqtt evcc sofar2mqtt sofar2mqtt-raw givtcp fusionsolar "
    "pvoutput emoncms thingsboard openems foxess zendure sonnen solax eedc homeassistant"
)


def test_every_known_family_is_there() -> None:
    assert sorted(PROFILES) == sorted(NAMES.split())


def test_every_file_holds_a_family() -> None:
    files = {file.stem for file in FOLDER.glob("*.py")} - {"__init__", "base"}
    assert files == {name.removesuffix("-raw") for name in PROFILES}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_keys_lead_to_fields_in_units_that_fit(profile: Profile) -> None:
    for meaning in profile.keys.values():
        key = Key(meaning) if isinstance(meaning, str) else meaning
        if key is None:
            continue
        field = ROLE_FIELDS[key.role][key.field] if key.role else key.field
        assert field in FIELDS
        assert key.unit is None or conversion(key.unit, field)
        assert key.factor != 0


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_its_own_marks_recognise_it(profile: Profile) -> None:
    samples = {"<n>": "0", "<id>": "dev", "<serial>": "116180400144", "<abc>": "a", "*": "x"}
    for marks in profile.marks:
        paths = []
        for mark in marks:
            path = mark + "x" if mark.endswith("/") else mark
            for hole, filling in samples.items():
                path = path.replace(hole, filling)
            paths.append(path)
        found = recognise("any/prefix", paths) if not marks[0].startswith("form/") else recognise("", paths)
        assert found is profile


def test_plain_names_are_no_marks() -> None:
    assert (
        recognise("", ["grid_power", "battery_power", "soc", "pv_power", "timestamp", "time", "energy/today"]) is None
    )
    assert recognise("esp", [*FIELDS]) is None


def test_patterns_match_whole_segments_from_the_end() -> None:
    assert compiled("em:<n>/act_power", exact=False).search("x/em0/actpower")
    assert not compiled("em:<n>/act_power", exact=False).search("x/xem0/actpower")
    assert not compiled("ac/power", exact=True).search("ac/power/x")
    assert compiled("evcc/site/", exact=True).search("home/evcc/site/x")
    assert not compiled("evcc/site/", exact=True).search("evcc/site")


def test_the_guide_names_every_family() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "device-profiles.md").read_text(encoding="utf-8")
    assert [name for name in PROFILES if f"`{name}`" not in guide] == []

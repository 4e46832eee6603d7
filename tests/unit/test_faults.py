"""Faults: what codes mean, and when they were there."""

from datetime import UTC, datetime, timedelta

import pytest

from solar.episodes import Sighting, episodes_of
from solar.fault_words import words_of

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("code", "profile", "warning", "title"),
    [
        ("F02", "voltronic", False, "Too warm"),
        ("4", "mppsolar", True, "Battery nearly empty"),
        ("102", "fronius", False, "Grid voltage too high"),
        ("33", "victron", False, "Panel voltage too high"),
        ("F12 grid overvoltage", "generic", False, "Grid voltage too high"),
        ("F15 grid frequency", "generic", False, "Grid frequency outside its limits"),
        ("F23 insulation low", "generic", False, "Insulation of the panels is low"),
        ("F31 fan blocked", "generic", False, "Fan blocked or broken"),
        ("OverTemperature", "", True, "Too warm"),
        ("BATTERY_LOW", "", True, "Battery nearly empty"),
        ("gridLost", "", False, "No grid"),
        ("PV over voltage", "", False, "Panel voltage too high"),
    ],
)
def test_known_codes_have_plain_words(code: str, profile: str, warning: bool, title: str) -> None:
    words = words_of(code, profile=profile, warning=warning)
    assert words is not None
    assert words.title == title


@pytest.mark.parametrize(("code", "profile"), [("F18", "generic"), ("34", ""), ("9999", "fronius"), ("W03", "generic")])
def test_nobody_guesses_what_a_number_means(code: str, profile: str) -> None:
    assert words_of(code, profile=profile) is None


def test_sightings_become_episodes() -> None:
    seen = [
        Sighting("F2", NOON + 10 * MINUTE, NOON + 14 * MINUTE, 5),
        Sighting("F1", NOON, NOON + 4 * MINUTE, 5),
        Sighting("F1", NOON + 15 * MINUTE, NOON + 15 * MINUTE, 1),
        Sighting("F1", NOON + 60 * MINUTE, NOON + 63 * MINUTE, 4),
    ]
    two, one = episodes_of(seen)
    assert (one.code, one.first, one.latest, one.last) == ("F1", NOON, NOON + 60 * MINUTE, NOON + 63 * MINUTE)
    assert (one.times, one.duration) == (2, 18 * MINUTE)
    assert (two.code, two.times, two.duration) == ("F2", 1, 4 * MINUTE)
    assert episodes_of([]) == []

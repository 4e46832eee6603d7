"""Every weather code has words and an icon; what is no code says so."""

import math

import pytest

from solar.weather.codes import CODES, ICONS, UNKNOWN, condition


def test_every_code_of_the_service_has_words_and_an_icon() -> None:
    # The table of https://open-meteo.com/en/docs, WMO weather interpretation codes.
    documented = {0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86, 95,
                  96, 99}
    assert set(CODES) == documented
    for code in CODES:
        assert condition(code).words and condition(code).icon in ICONS and condition(code) != UNKNOWN
    assert len({condition(code).words for code in CODES}) == len(CODES)


@pytest.mark.parametrize("value", [None, math.nan, 4, 100, -1, 61.5])
def test_what_is_no_code_is_unknown(value: float | None) -> None:
    assert condition(value) == UNKNOWN


def test_codes_may_come_as_floats() -> None:
    assert condition(61.0).words == "Light rain"

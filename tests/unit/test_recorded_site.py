"""Recorded sites: a blank is absent, a day is a local day, and a moved day keeps the clock on the wall."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deploy.local.errors import StartError
from deploy.local.site import Recorded, Site

ROWS = """timestamp,solarPower,batteryPower,stateOfCharge
2024-03-29T23:00:00Z,0.0,,10.0
2024-03-30T11:00:00Z,4000.5,-1200,
2024-03-30T22:59:00Z,1,,
2024-03-31T10:00:00Z,3000,,55
2024-03-31T12:00:00Z,,,
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "site.json").write_text(json.dumps({"timezone": "Europe/Madrid"}))
    with gzip.open(tmp_path / "telemetry.csv.gz", "wt") as file:
        file.write(ROWS)
    return Site(tmp_path)


def test_blank_fields_are_absent_and_empty_rows_are_left_out(site: Site) -> None:
    rows = list(site.rows())
    assert [set(row.fields) for row in rows] == [
        {"solarPower", "stateOfCharge"}, {"solarPower", "batteryPower"}, {"solarPower"},
        {"solarPower", "stateOfCharge"},
    ]


def test_a_day_is_the_site_s_local_day(site: Site) -> None:
    assert [row.at.isoformat() for row in site.rows(date(2024, 3, 30))] == [
        "2024-03-29T23:00:00+00:00", "2024-03-30T11:00:00+00:00", "2024-03-30T22:59:00+00:00",
    ]


def test_a_moved_day_keeps_the_wall_clock_across_a_change_of_time(site: Site) -> None:
    # Noon in Madrid, in winter on the day recorded and in summer on the day it is moved to.
    moved = list(site.rows(date(2024, 3, 30), date(2024, 7, 1)))
    assert moved[1].at == datetime(2024, 7, 1, 10, 0, tzinfo=UTC)


def test_without_a_day_the_last_one_is_moved_and_the_others_with_it(site: Site) -> None:
    moved = list(site.rows(None, date(2024, 4, 30)))
    assert moved[-1].at == datetime(2024, 4, 30, 10, 0, tzinfo=UTC)
    assert moved[0].at == datetime(2024, 4, 28, 22, 0, tzinfo=UTC)


def test_a_message_is_what_a_device_would_publish() -> None:
    row = Recorded(datetime(2024, 3, 30, 11, tzinfo=UTC), {"solarPower": 4000.5})
    assert json.loads(row.message()) == {"timestamp": "2024-03-30T11:00:00+00:00", "solarPower": 4000.5}


def test_a_folder_that_is_no_site_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="is not a recorded site"):
        Site(tmp_path)

"""The accounting on measured sites: power against sums made another way, counters made of it, and day by day."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from solar import days
from solar.energy import START, compute_days, daily_energy

SITES = Path(__file__).parents[3] / "shared" / "data" / "sites"
NAMES = ("golden_pvdaq50", "emhass_home", "villena_home", "turin_2019")
needs_sites = pytest.mark.skipif(not SITES.is_dir(), reason="the measured sites of ../shared/data/sites are not here")


def load(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    site = json.loads((SITES / name / "site.json").read_text(encoding="utf-8"))
    with gzip.open(SITES / name / "telemetry.csv.gz", "rt") as text:
        table = pd.read_csv(text, index_col="timestamp")
    table.index = pd.to_datetime(table.index, utc=True)
    return table, {"time_zone": site["timezone"], "installed_capacity_watts": site["installedCapacityWatts"]}


def with_counters(table: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    """The site as an inverter with counters in steps of 0.1 kWh would show it: they sleep where nothing is measured."""
    power = table["solarPower"].dropna()
    gap = power.index.to_series().diff()
    steps = (power + power.shift()) / 2 * (gap / timedelta(hours=1)) / 1000
    steps = steps.where(gap <= timedelta(minutes=90), 0.0)
    daily = steps.groupby(power.index.tz_convert(time_zone).date).cumsum()
    total = 4000 + steps.cumsum()
    return pd.DataFrame(
        {"solarPower": power, "totalEnergyProduced": total.round(1), "dailyEnergyProduced": daily.round(1)}
    )


@needs_sites
@pytest.mark.parametrize("name", NAMES)
def test_power_of_a_site_equals_sums_made_another_way(name: str) -> None:
    table, source = load(name)
    power = table["solarPower"].clip(lower=0).dropna()
    gap = power.index.to_series().diff().shift(-1)
    mean = (power + power.shift(-1)) / 2 * (gap / timedelta(hours=1)) / 1000
    whole = mean.where(gap <= timedelta(minutes=90))
    dates = power.index.tz_convert(source["time_zone"]).date
    expected = whole.groupby(dates).sum(min_count=1).dropna()
    rows = daily_energy(table[["solarPower"]], **source)
    got = pd.Series({row.date: row.kwh for row in rows if row.channel == "produced"})
    assert len(got) > 200
    pd.testing.assert_series_equal(got, expected, check_names=False, rtol=1e-9, atol=1e-9)


@needs_sites
@pytest.mark.parametrize("name", ["golden_pvdaq50", "villena_home"])
def test_a_site_day_by_day_equals_the_whole(name: str) -> None:
    table, source = load(name)
    readings = with_counters(table, source["time_zone"]).iloc[:9000]
    first = days.local_date(readings.index[0].to_pydatetime(), source["time_zone"])
    last = days.local_date(readings.index[-1].to_pydatetime(), source["time_zone"])
    whole = compute_days(readings, START, first=first, last=last, **source)
    state = START
    rows, states = [], {first: START}
    for day in days.dates(first, last):
        part = readings[readings.index >= days.start_of_day(day, source["time_zone"])]
        end = days.end_of_day(day, source["time_zone"])
        after = [column.dropna().loc[end:].index.min() for _, column in part.items()]
        reach = max([end, *(t for t in after if t is not pd.NaT)]) + timedelta(hours=3)
        found = compute_days(part.loc[:reach], state, first=day, last=day, **source)
        state = states[day + timedelta(days=1)] = found.states[day + timedelta(days=1)]
        rows += found.rows
    assert rows == whole.rows
    assert states == whole.states


@needs_sites
def test_counters_made_of_a_site_agree_with_its_power() -> None:
    table, source = load("golden_pvdaq50")
    readings = with_counters(table, source["time_zone"])
    rows = {r.date: r for r in daily_energy(readings, **source)}
    power = {r.date: r for r in daily_energy(readings[["solarPower"]], **source)}
    both = [day for day, row in power.items() if row.coverage > 0.99]
    assert len(both) > 600
    assert all(rows[day].method in ("lifetime", "day") for day in both)
    assert max(abs(rows[day].kwh - power[day].kwh) for day in both) < 0.3

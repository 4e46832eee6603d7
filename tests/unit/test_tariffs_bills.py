"""Interval energies priced: bills with standing charges, days by price interval, a home without its battery."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar.days import start_of_day
from solar.returns import DayEnergy, battery_contribution, day_values, interval_parts
from solar.returns.battery import without_battery
from solar.tariffs import (
    HourlyPrice,
    IntervalEnergies,
    PriceEntry,
    Tariff,
    Window,
    bill,
    twelve_months_before,
)
from solar.tariffs.pricing import energies_by_piece

D = Decimal
BERLIN = "Europe/Berlin"
AN_HOUR = timedelta(hours=1)
NIGHT = Window("night", time(22), time(6), D("0.20"))
CONTRACT = PriceEntry(date(2025, 1, 1), D("0.40"), D("0.08"), (NIGHT,))


def frame(start: datetime, hours: int, step: timedelta = AN_HOUR, **kwh: float) -> IntervalEnergies:
    count = int(hours * AN_HOUR / step)
    index = pd.date_range(start, periods=count, freq=step)
    return IntervalEnergies.of_frame(pd.DataFrame({name: [value] * count for name, value in kwh.items()}, index), step)


@pytest.mark.parametrize(
    ("day", "hours", "night_hours"), [("2025-01-15", 24, 8), ("2025-03-30", 23, 7), ("2025-10-26", 25, 9)]
)
def test_a_day_of_any_length_is_billed_by_window(day: str, hours: int, night_hours: int) -> None:
    first = date.fromisoformat(day)
    rows = frame(start_of_day(first, BERLIN), hours, imported=0.5, exported=0.25)
    found = bill(rows, Tariff((CONTRACT,), BERLIN), first, first + timedelta(days=1))
    lines = {line.label: line for line in found.lines}
    assert lines["night"].imported_kwh == D(night_hours) / 2
    assert lines[""].import_cost == D(hours - night_hours) / 2 * D("0.40")
    assert found.import_cost == D(night_hours) / 2 * D("0.20") + D(hours - night_hours) / 2 * D("0.40")
    assert found.export_income == D(hours) / 4 * D("0.08")
    assert found.measured_share == 1
    assert found.total == found.import_cost - found.export_income


def test_an_interval_over_a_price_boundary_is_cut_by_time() -> None:
    half_past = PriceEntry(date(2025, 1, 1), D(1), None, (Window("w", time(12, 15), time(13), D(2)),))
    rows = frame(datetime(2025, 1, 15, 11, tzinfo=UTC), 1, imported=4.0)
    found = bill(rows, Tariff((half_past,), BERLIN), date(2025, 1, 15), date(2025, 1, 16))
    assert {line.label: line.imported_kwh for line in found.lines} == {"": D("1.0"), "w": D("3.0")}


def test_hours_of_a_zone_with_half_an_hour_are_cut_at_its_midnight() -> None:
    rows = frame(datetime(2025, 1, 15, 18, tzinfo=UTC), 1, imported=4.0)
    tariff = Tariff((PriceEntry(date(2025, 1, 15), D(1)), PriceEntry(date(2025, 1, 16), D(10))), "Asia/Kolkata")
    assert bill(rows, tariff, date(2025, 1, 15), date(2025, 1, 17)).import_cost == D(2) + D(20)
    assert bill(rows, tariff, date(2025, 1, 16), date(2025, 1, 17)).import_cost == D(20)


def test_whole_days_price_a_flat_contract_but_not_one_that_varies() -> None:
    start, end = start_of_day(date(2025, 1, 15), BERLIN), start_of_day(date(2025, 1, 16), BERLIN)
    rows = IntervalEnergies.of_rows([(start, end, {"imported": 10.0})])
    day = (date(2025, 1, 15), date(2025, 1, 16))
    assert bill(rows, Tariff((PriceEntry(date(2025, 1, 1), D("0.3")),), BERLIN), *day).import_cost == D(3)
    varying = bill(rows, Tariff((CONTRACT,), BERLIN), *day)
    assert (varying.lines, varying.measured_share) == ((), 0)


@pytest.mark.parametrize(
    ("period", "charge", "days", "due"),
    [
        ("day", "0.5", 3, D("1.5")),
        ("month", "15.5", 31, D("15.5")),
        ("month", "31", 1, D(1)),
        ("year", "365", 2, D(2)),
    ],
)
def test_the_standing_charge_is_due_without_energy_too(period: str, charge: str, days: int, due: Decimal) -> None:
    entry = PriceEntry(date(2025, 1, 1), D("0.3"), standing_charge=D(charge), standing_period=period)  # type: ignore[arg-type]
    none = IntervalEnergies.of_rows([])
    found = bill(none, Tariff((entry,), BERLIN), date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=days))
    assert abs(found.standing_charges - due) < D("1e-20")
    assert found.total == found.standing_charges
    before = bill(none, Tariff((entry,), BERLIN), date(2024, 12, 1), date(2025, 1, 1))
    assert before.standing_charges == 0


def test_energy_without_a_price_is_named_and_not_billed() -> None:
    start = datetime(2025, 1, 15, 0, tzinfo=UTC)
    hourly = PriceEntry(date(2025, 1, 1), D(0), hourly=True)
    prices = (HourlyPrice(start, start + AN_HOUR, D("-0.10")),)
    found = bill(frame(start, 2, imported=3.0), Tariff((hourly,), BERLIN, prices), date(2025, 1, 15), date(2025, 1, 16))
    assert found.import_cost == D("-0.30")
    assert found.unpriced_kwh == 3


def test_the_last_twelve_months() -> None:
    assert twelve_months_before(date(2025, 3, 31)) == (date(2024, 4, 1), date(2025, 4, 1))
    assert twelve_months_before(date(2024, 2, 28)) == (date(2023, 2, 28), date(2024, 2, 29))
    assert twelve_months_before(date(2025, 2, 28)) == (date(2024, 3, 1), date(2025, 3, 1))
    with pytest.raises(ValueError, match="end_date"):
        bill(IntervalEnergies.of_rows([]), Tariff((), BERLIN), date(2025, 1, 1), date(2025, 1, 1))


def test_another_contract_replayed_over_the_same_energy() -> None:
    day = date(2025, 1, 15)
    rows = frame(start_of_day(day, BERLIN), 24, imported=1.0, exported=0.0)
    flat = Tariff((PriceEntry(date(2025, 1, 1), D("0.30"), standing_charge=D(31)),), BERLIN)
    ours = bill(rows, Tariff((CONTRACT,), BERLIN), day, day + timedelta(days=1)).total
    theirs = bill(rows, flat, day, day + timedelta(days=1)).total
    assert (ours, theirs) == (D("8.00"), D("8.20"))


@given(
    st.lists(st.floats(0, 5), min_size=48, max_size=48),
    st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
    st.sampled_from([5, 15, 60]),
)
def test_cutting_loses_no_energy(energies: list[float], zone: str, minutes: int) -> None:
    step = timedelta(minutes=minutes)
    index = pd.date_range("2025-10-25T12:00Z", periods=48, freq=step)
    rows = IntervalEnergies.of_frame(pd.DataFrame({"imported": energies}, index), step)
    entry = PriceEntry(date(2025, 1, 1), D(1), None, (Window("odd", time(3, 7), time(17, 41), D(2)),))
    pieces = list(Tariff((entry,), zone).timeline(date(2025, 10, 24), date(2025, 10, 30)))
    found = energies_by_piece(rows, pieces, ("imported",))
    assert float(sum(each.energies["imported"] for each in found)) == pytest.approx(sum(energies))
    assert sum((each.measured for each in found), timedelta(0)) == 48 * step


def test_frames_that_cannot_be_read_are_refused() -> None:
    index = pd.date_range("2025-01-01", periods=2, freq="h")
    with pytest.raises(ValueError, match="zone"):
        IntervalEnergies.of_frame(pd.DataFrame({"imported": [1.0, 1.0]}, index), AN_HOUR)
    with pytest.raises(ValueError, match="overlap"):
        IntervalEnergies.of_frame(pd.DataFrame({"imported": [1.0, 1.0]}, index.tz_localize("UTC")), 2 * AN_HOUR)


def night_and_day(day: date, **energies: str) -> DayEnergy:
    return DayEnergy(day, {name: D(kwh) for name, kwh in energies.items()})


def test_a_varying_day_is_valued_by_price_interval() -> None:
    day = date(2025, 10, 26)
    start = start_of_day(day, BERLIN)
    rows = frame(start, 25, produced=0.4, consumed=1.0, imported=0.75, exported=0.125)
    tariff = Tariff((CONTRACT,), BERLIN)
    parts = interval_parts(rows, tariff, day, day)
    (value,) = day_values(
        [night_and_day(day, produced="10", consumed="25", imported="18.75", exported="3.125")], tariff, parts
    )
    assert [(part.label, part.self_used_kwh) for part in value.parts] == [
        ("night", D("1.75")),
        ("", D("4.0")),
        ("night", D("0.5")),
    ]
    assert value.self_use_savings == D("2.25") * D("0.20") + D("4.0") * D("0.40")
    assert value.export_savings == D("3.125") * D("0.08")
    assert value.measured_share == 1


def test_the_clamp_of_the_split_works_in_each_price_interval() -> None:
    day = date(2025, 1, 15)
    start = start_of_day(day, BERLIN)
    rows = [
        (start + n * AN_HOUR, start + (n + 1) * AN_HOUR, {"produced": 1.0, "exported": 3.0 if 6 <= n < 22 else 0.0})
        for n in range(24)
    ]
    tariff = Tariff((CONTRACT,), BERLIN)
    parts = interval_parts(IntervalEnergies.of_rows(rows), tariff, day, day)
    assert [part.self_used_kwh for part in parts[day].parts] == [D(6), D(0), D(2)]


def test_a_varying_day_without_intervals_or_with_an_unpriced_hour_is_listed() -> None:
    day = date(2025, 1, 15)
    energies = [night_and_day(day, produced="10", exported="3")]
    (value,) = day_values(energies, Tariff((CONTRACT,), BERLIN))
    assert (value.unpriced, value.savings) == ("no-intervals", None)

    hourly = PriceEntry(date(2025, 1, 1), D(0), None, hourly=True)
    start = start_of_day(day, BERLIN)
    prices = [HourlyPrice(start + n * AN_HOUR, start + (n + 1) * AN_HOUR, D("0.1")) for n in range(24)]
    rows = frame(start, 24, produced=0.5, exported=0.25)
    for missing, reason in ((None, None), (7, "no-hourly-price")):
        chosen = tuple(price for number, price in enumerate(prices) if number != missing)
        tariff = Tariff((hourly,), BERLIN, chosen)
        (value,) = day_values(energies, tariff, interval_parts(rows, tariff, day, day))
        assert value.unpriced == reason
    no_sun = frame(start, 24, produced=0.0, exported=0.0)
    assert interval_parts(no_sun, tariff, day, day)[day].unpriced is None


def test_a_better_measured_basis_is_taken() -> None:
    day = date(2025, 1, 15)
    start = start_of_day(day, BERLIN)
    index = pd.date_range(start, periods=24, freq="h")
    consumed = [1.0] * 12 + [np.nan] * 12
    data = pd.DataFrame({"produced": 1.0, "exported": 0.5, "consumed": consumed, "imported": 0.5}, index)
    parts = interval_parts(IntervalEnergies.of_frame(data, AN_HOUR), Tariff((CONTRACT,), BERLIN), day, day)
    assert (parts[day].basis, parts[day].measured_share) == ("production-export", 1)


def test_days_with_one_price_need_no_intervals() -> None:
    tariff = Tariff((PriceEntry(date(2025, 1, 1), D(1)), PriceEntry(date(2025, 1, 16), D(1), None, (NIGHT,))), BERLIN)
    rows = frame(start_of_day(date(2025, 1, 15), BERLIN), 48, produced=1.0)
    assert list(interval_parts(rows, tariff, date(2025, 1, 15), date(2025, 1, 16))) == [date(2025, 1, 16)]


def test_the_battery_contributes_what_it_shifts() -> None:
    """By day 3 kWh more than needed, by night 2 kWh needed: the battery moves 2 kWh from 8 to 40 cents."""
    noon, evening = datetime(2025, 1, 15, 11, tzinfo=UTC), datetime(2025, 1, 15, 18, tzinfo=UTC)
    rows = IntervalEnergies.of_rows(
        [
            (noon, noon + AN_HOUR, {"produced": 4.0, "consumed": 1.0, "imported": 0.0, "exported": 0.5}),
            (evening, evening + AN_HOUR, {"produced": 0.0, "consumed": 2.0, "imported": 0.0, "exported": 0.0}),
            (evening + AN_HOUR, evening + 2 * AN_HOUR, {"produced": 0.0, "consumed": 2.0, "imported": 1.0}),
        ]
    )
    tariff = Tariff((PriceEntry(date(2025, 1, 1), D("0.40"), D("0.08")),), BERLIN)
    found = battery_contribution(rows, tariff, date(2025, 1, 15), date(2025, 1, 16))
    assert found is not None
    assert found.with_battery.savings == D("3.0") * D("0.40") + D("0.5") * D("0.08")
    assert found.without_battery.savings == D("1.0") * D("0.40") + D("3.0") * D("0.08")
    assert found.without_battery.imported_kwh == 2
    assert found.without_battery.exported_kwh == 3
    assert found.contribution == D("0.60")
    assert found.measured == 2 * AN_HOUR
    assert battery_contribution(rows, Tariff((), BERLIN), date(2025, 1, 15), date(2025, 1, 16)) is None
    assert battery_contribution(frame(noon, 2, produced=1.0), tariff, date(2025, 1, 15), date(2025, 1, 16)) is None


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=24))
def test_a_home_without_a_battery_contributes_nothing(flows: list[tuple[float, float]]) -> None:
    start = datetime(2025, 1, 15, tzinfo=UTC)
    rows = IntervalEnergies.of_rows(
        (
            start + n * AN_HOUR,
            start + (n + 1) * AN_HOUR,
            {
                "produced": made,
                "consumed": used,
                "imported": max(0.0, used - made),
                "exported": max(0.0, made - used),
            },
        )
        for n, (made, used) in enumerate(flows)
    )
    again = without_battery(rows)
    assert np.allclose(again.channels["imported"], rows.channels["imported"])
    found = battery_contribution(rows, Tariff((CONTRACT,), BERLIN), date(2025, 1, 15), date(2025, 1, 17))
    assert found is not None
    assert found.contribution == 0


def test_a_sleeping_inverter_does_not_hide_what_the_battery_gave_back() -> None:
    """At night nobody reports production: by the balance there is none, and the battery's 2 kWh count."""
    evening = datetime(2025, 1, 15, 18, tzinfo=UTC)
    asleep = {"consumed": 2.0, "imported": 0.0, "exported": 0.0, "charged": 0.0, "discharged": 2.0}
    tariff = Tariff((PriceEntry(date(2025, 1, 1), D("0.40"), D("0.08")),), BERLIN)
    rows = IntervalEnergies.of_rows([(evening, evening + AN_HOUR, asleep)])
    found = battery_contribution(rows, tariff, date(2025, 1, 15), date(2025, 1, 16))
    assert found is not None
    assert found.contribution == D("0.80")
    without_channels = {name: kwh for name, kwh in asleep.items() if name != "discharged"}
    unknown = IntervalEnergies.of_rows([(evening, evening + AN_HOUR, without_channels)])
    assert battery_contribution(unknown, tariff, date(2025, 1, 15), date(2025, 1, 16)) is None

"""Works out what a device did not report but its other values imply: V x A, and the power balance."""

from typing import Any

from solar.normalise.checks import NEVER_NEGATIVE, Limits
from solar.vocabulary import POWER_FIELDS


def derive(
    fields: dict[str, Any], rejected: dict[str, str], limits: Limits, *, has_battery: bool | None, feeds_in: bool
) -> list[str]:
    """Add derived powers to `fields` (W, canonical signs) and name them; a rejected value is never replaced.

    solarPower and batteryPower = V x I; gridPower = load + battery - solar; loadPower = solar + grid - battery, where
    all three are known. A source known to have no battery counts 0 for it in the sums.
    """
    derived: list[str] = []

    def add(field: str, number: float) -> None:
        kept = _kept(field, number, limits, feeds_in)
        if kept is not None:
            fields[field] = kept
            derived.append(field)

    for field, volts, amperes in (
        ("solarPower", "solarVoltage", "solarCurrent"),
        ("batteryPower", "batteryVoltage", "batteryCurrent"),
    ):
        if field not in fields and field not in rejected and volts in fields and amperes in fields:
            add(field, fields[volts] * fields[amperes])
    solar, load, battery, grid = (fields.get(name) for name in POWER_FIELDS)
    if battery is None and has_battery is False and "batteryPower" not in rejected:
        battery = 0.0
    if solar is None or battery is None:
        return derived
    if grid is None and load is not None and "gridPower" not in rejected:
        add("gridPower", load + battery - solar)
    elif load is None and grid is not None and "loadPower" not in rejected:
        add("loadPower", solar + grid - battery)
    return derived


def _kept(field: str, number: float, limits: Limits, feeds_in: bool) -> float | None:
    """A derived power as it is stored; None where it is impossible."""
    low, high = limits.by_field[field]
    if not low <= number <= high:
        return None
    if number < 0 and (field in NEVER_NEGATIVE or (field == "gridPower" and not feeds_in)):
        return 0.0
    return number + 0.0

"""What a plant returns: measured from energy and prices, modelled from stated assumptions; never mixed."""

from solar.returns.account import AccountDay, OneOffCost, Plant
from solar.returns.assumptions import (
    RULES,
    Assumptions,
    assumptions_to_json,
    changed_from_default,
    read_assumptions,
)
from solar.returns.bands import Band, Spread
from solar.returns.battery import BatteryContribution, battery_contribution
from solar.returns.breakdown import Gaps, Month, PriceVersion, Stretch, by_month, by_price_version, gaps
from solar.returns.changes import PastChange, past_change
from solar.returns.days import DayEnergy, DayValue, IntervalParts, Part, day_energies, day_values
from solar.returns.explain import REASONS, Explanation, Term, explain_measured, explain_modelled
from solar.returns.intervals import interval_parts
from solar.returns.measured import Measured, measured
from solar.returns.modelled import ModelInput, Modelled, ModelYear, Replacement, modelled
from solar.returns.outlook import Ground, Outlook, Projection, ground, outlook
from solar.returns.totals import Co2, CurrencyTotal, co2_avoided, totals_by_currency

__all__ = [
    "REASONS",
    "RULES",
    "AccountDay",
    "Assumptions",
    "Band",
    "BatteryContribution",
    "Co2",
    "CurrencyTotal",
    "DayEnergy",
    "DayValue",
    "Explanation",
    "Gaps",
    "Ground",
    "IntervalParts",
    "Measured",
    "ModelInput",
    "ModelYear",
    "Modelled",
    "Month",
    "OneOffCost",
    "Outlook",
    "Part",
    "PastChange",
    "Plant",
    "PriceVersion",
    "Projection",
    "Replacement",
    "Spread",
    "Stretch",
    "Term",
    "assumptions_to_json",
    "battery_contribution",
    "by_month",
    "by_price_version",
    "changed_from_default",
    "co2_avoided",
    "day_energies",
    "day_values",
    "explain_measured",
    "explain_modelled",
    "gaps",
    "ground",
    "interval_parts",
    "measured",
    "modelled",
    "outlook",
    "past_change",
    "read_assumptions",
    "totals_by_currency",
]

"""Modelled returns: rates of return, crossings, and figures against formulas written a second time."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar.returns import ModelInput, Replacement, modelled
from solar.returns.irr import rates_of_return

D = Decimal
PLAIN = ModelInput("EUR", 20, D(10000), D(4000), D(4000), D(0), D("0.25"), D(0))


@pytest.mark.parametrize(
    ("flows", "rates"),
    [
        ([-100, 110], [0.1]),
        ([-10000, 22000, -12100], [0.1]),
        ([-10000, 23000, -13200], [0.1, 0.2]),
        ([-1, 6, -11, 6], [0.0, 1.0, 2.0]),
        ([-10000, 15000, -12100], []),
        ([-100, 0, 0], []),
        ([0, -100, 110], [0.1]),
        ([-100, 1], [-0.99]),
        ([-1, 10**6], [10**6 - 1]),
        ([100, -50, -60], [0.06394102980498558]),
        ([0, 0], []),
        ([], []),
    ],
)
def test_rates_of_return(flows: list[float], rates: list[float]) -> None:
    assert rates_of_return(flows) == pytest.approx(rates, rel=1e-9, abs=1e-12)


@given(st.lists(st.floats(-0.9, 1.5), min_size=1, max_size=4, unique=True), st.floats(0.4, 2.0), st.integers(0, 2))
def test_every_real_rate_of_a_polynomial_is_found(rates: list[float], imaginary: float, pairs: int) -> None:
    rates = sorted(rates)
    if any(after - before < 0.02 for before, after in pairwise(rates)):
        return
    flows = [1.0]
    for rate in rates:
        # Multiply by (x - 1 / (1 + rate)), lowest power first.
        flows = [b - a / (1 + rate) for a, b in zip([*flows, 0.0], [0.0, *flows], strict=True)]
    for _ in range(pairs):
        # A pair of complex roots, which must not show up.
        padded = [0.0, 0.0, *flows, 0.0, 0.0]
        flows = [(1 + imaginary**2) * padded[n + 2] - 2 * padded[n + 1] + padded[n] for n in range(len(flows) + 2)]
    assert rates_of_return(flows) == pytest.approx(rates, rel=1e-4, abs=1e-4)


AMOUNT = st.decimals(min_value=0, max_value=5000, places=2)
RATE = st.decimals(min_value=D("-0.05"), max_value=D("0.12"), places=4)


@st.composite
def models(draw: st.DrawFn) -> ModelInput:
    years = draw(st.integers(1, 30))
    return ModelInput(
        currency="EUR",
        years=years,
        system_cost=draw(st.decimals(min_value=1, max_value=50000, places=2)),
        annual_production_kwh=draw(st.decimals(min_value=1, max_value=20000, places=1)),
        annual_self_used_kwh=draw(AMOUNT),
        annual_exported_kwh=draw(AMOUNT),
        import_price=draw(st.decimals(min_value=0, max_value=1, places=4)),
        export_price=draw(st.decimals(min_value=D("-0.1"), max_value=D("0.3"), places=4)),
        degradation=draw(st.decimals(min_value=0, max_value=D("0.05"), places=4)),
        import_price_escalation=draw(RATE),
        export_price_escalation=draw(RATE),
        inflation=draw(RATE),
        maintenance_cost_per_year=draw(st.decimals(min_value=0, max_value=500, places=2)),
        replacements=tuple(Replacement(draw(st.integers(0, 32)), draw(AMOUNT)) for _ in range(draw(st.integers(0, 3)))),
        real_discount_rate=draw(RATE),
    )


@settings(max_examples=80, deadline=None)
@given(models())
def test_the_net_present_value_at_each_rate_of_return_is_zero(given: ModelInput) -> None:
    result = modelled(given)
    assert result.cash_flows is not None
    for rate in result.irr_candidates:
        terms = [flow / (1 + rate) ** year for year, flow in enumerate(result.cash_flows)]
        assert abs(sum(terms)) <= D("1e-9") * sum(abs(term) for term in terms)
    reasons = {0: {"no-sign-change", "no-real-root"}, 1: {None}}
    assert result.reasons.get("irr") in reasons.get(len(result.irr_candidates), {"several-roots"})
    assert result.irr == (result.irr_candidates[0] if len(result.irr_candidates) == 1 else None)


@settings(max_examples=80, deadline=None)
@given(models())
def test_the_figures_are_those_of_the_formulas(given: ModelInput) -> None:
    """Written from design formulas, section 4, in floats and with powers; not from the code."""
    result = modelled(given)
    cost = float(given.system_cost or 0)
    g, e_p, e_f, i, d_r = (
        float(rate)
        for rate in (
            given.degradation,
            given.import_price_escalation,
            given.export_price_escalation,
            given.inflation,
            given.real_discount_rate,
        )
    )
    d_n = (1 + d_r) * (1 + i) - 1
    flows, costs, energy = [-cost], cost, {d_r: 0.0, d_n: 0.0}
    for t in range(1, given.years + 1):
        replaced = sum(float(each.cost) for each in given.replacements if each.year == t)
        upkeep = (float(given.maintenance_cost_per_year) + replaced) * (1 + i) ** (t - 1)
        bought = float(given.annual_self_used_kwh * given.import_price) * ((1 - g) * (1 + e_p)) ** (t - 1)
        sold = float(given.annual_exported_kwh * given.export_price) * ((1 - g) * (1 + e_f)) ** (t - 1)
        flows.append(bought + sold - upkeep)
        costs += upkeep / (1 + d_n) ** t
        for rate in (d_r, d_n):
            energy[rate] += float(given.annual_production_kwh) * (1 - g) ** (t - 1) / (1 + rate) ** t
    npv = sum(flow / (1 + d_n) ** t for t, flow in enumerate(flows))
    assert result.npv is not None and result.total_return is not None
    assert isclose(float(result.npv), npv, rel_tol=1e-9, abs_tol=1e-6)
    assert isclose(float(result.total_return), sum(flows), rel_tol=1e-9, abs_tol=1e-6)
    assert result.lcoe_nominal is not None and result.lcoe_real is not None
    if d_r != d_n:
        assert isclose(float(result.lcoe_nominal), costs / energy[d_n], rel_tol=1e-9)
        assert isclose(float(result.lcoe_real), costs / energy[d_r], rel_tol=1e-9)


@settings(max_examples=80, deadline=None)
@given(models())
def test_at_the_payback_year_the_interpolated_sum_is_zero(given: ModelInput) -> None:
    result = modelled(given)
    assert result.cash_flows is not None
    for years in (result.payback_years, result.payback_final_years):
        if years is not None:
            whole = int(years)
            part = years - whole
            reached = sum(result.cash_flows[: whole + 1])
            if part:
                reached += part * result.cash_flows[whole + 1]
            assert abs(reached) < D("1e-15")
    if result.payback_years is None:
        assert all(year.cumulative < 0 for year in result.years)


def test_zero_cost_has_no_payback_but_a_value() -> None:
    result = modelled(replace(PLAIN, system_cost=D(0)))
    assert (result.npv, result.total_return) == (D(20000), D(20000))
    assert result.lcoe_real == 0
    assert result.reasons == {
        "irr": "no-sign-change",
        "payback_years": "no-system-cost",
        "payback_final_years": "no-system-cost",
        "discounted_payback_years": "no-system-cost",
        "total_return_percent": "no-system-cost",
    }


def test_without_energy_there_is_no_cost_of_energy() -> None:
    result = modelled(replace(PLAIN, annual_production_kwh=D(0)))
    assert (result.lcoe_real, result.lcoe_nominal) == (None, None)
    assert result.reasons == {"lcoe_real": "no-energy", "lcoe_nominal": "no-energy"}


def test_a_plant_that_dies_after_a_year_earns_one_year() -> None:
    result = modelled(replace(PLAIN, degradation=D(1)))
    assert result.cash_flows is not None
    assert result.cash_flows[:3] == (D(-10000), D(1000), D(0))


def test_year_n_itself_can_pay_back() -> None:
    result = modelled(replace(PLAIN, years=10))
    assert result.payback_years == result.payback_final_years == result.discounted_payback_years == 10


def test_replacements_of_one_year_add_up_and_those_outside_do_not_count() -> None:
    parts = (Replacement(2, D(100)), Replacement(2, D(50)), Replacement(0, D(7)), Replacement(21, D(9)))
    result = modelled(replace(PLAIN, replacements=parts, inflation=D("0.1")))
    assert [year.replacement for year in result.years if year.replacement] == [D("165.0")]


def test_no_years_leave_the_cost() -> None:
    result = modelled(replace(PLAIN, years=0))
    assert (result.npv, result.total_return, result.cash_flows) == (D(-10000), D(-10000), (D(-10000),))
    assert result.reasons["payback_years"] == "beyond-horizon"
    assert result.reasons["lcoe_real"] == "no-energy"


@pytest.mark.parametrize("field", ["inflation", "real_discount_rate"])
def test_a_rate_of_minus_a_hundred_percent_has_no_meaning(field: str) -> None:
    with pytest.raises(ValueError, match="must be above -1"):
        modelled(replace(PLAIN, **{field: D(-1)}))

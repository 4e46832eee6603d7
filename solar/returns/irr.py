"""Internal rates of return: every distinct real root above -1 of a row of yearly flows, in floats."""

from collections.abc import Sequence
from itertools import pairwise

_EPSILON = 2.0**-52
# Values below this share of the sum of absolute terms are rounding noise: the curve touches zero there.
_NOISE = 4 * _EPSILON
# Roots closer than this are one root seen from both sides of a rate of 0.
_SAME = 1e-9


def has_sign_change(flows: Sequence[float]) -> bool:
    """Whether there are both positive and negative flows."""
    return min(flows, default=0) < 0 < max(flows, default=0)


def rates_of_return(flows: Sequence[float]) -> list[float]:
    """Return all distinct r > -1 with sum of flows[t] / (1 + r)^t = 0, ascending; empty where there is none.

    With x = 1 / (1 + r) the sum is a polynomial on x > 0. Rates from 0 up are its roots on (0, 1]; rates below 0 are
    roots of the reversed polynomial in y = 1 + r on (0, 1), so that no power overflows. Between neighbouring roots of
    its derivative a polynomial is monotone, which isolates every root, also one that only touches zero.
    """
    scale = max((abs(flow) for flow in flows), default=0.0)
    if not scale or not has_sign_change(flows):
        return []
    terms = _trim([flow / scale for flow in flows])
    above = [1 / x - 1 for x in _roots(terms) if x > 0]
    below = [y - 1 for y in _roots(terms[::-1]) if 0 < y < 1]
    distinct: list[float] = []
    for rate in sorted(above + below):
        if not distinct or rate - distinct[-1] > _SAME * max(1.0, 1 + rate):
            distinct.append(rate)
    return distinct


def _trim(terms: list[float]) -> list[float]:
    used = [position for position, term in enumerate(terms) if term]
    return terms[used[0] : used[-1] + 1]


def _roots(terms: Sequence[float]) -> list[float]:
    """Roots in [0, 1] of the polynomial with terms[k] x^k, ascending, from the roots of its derivatives."""
    used = [term for term in terms if term]
    changes = sum(before * after < 0 for before, after in pairwise(used))
    if changes == 0:
        return []
    if changes == 1:
        # Descartes: exactly one root above 0.
        at_end = _sign(terms, 1.0)
        if at_end == 0:
            return [1.0]
        # Leading zeros would make x = 0 look like a root: the rest has the same roots above 0.
        rest = terms[next(power for power, term in enumerate(terms) if term) :]
        return [_between(rest, 0.0, 1.0)] if at_end * used[0] < 0 else []
    slope = [power * term for power, term in enumerate(terms)][1:]
    # Coefficients grow with each derivative; their common factor does not move a root.
    largest = max(abs(term) for term in slope) or 1.0
    cuts = [0.0, *_roots([term / largest for term in slope]), 1.0]
    signs = [_sign(terms, cut) for cut in cuts]
    found = [cut for cut, sign in zip(cuts, signs, strict=True) if sign == 0]
    for left, right, before, after in zip(cuts, cuts[1:], signs, signs[1:], strict=False):
        if before * after < 0:
            found.append(_between(terms, left, right))
    return sorted(set(found))


def _value(terms: Sequence[float], x: float) -> float:
    total = 0.0
    for term in reversed(terms):
        total = total * x + term
    return total


def _sign(terms: Sequence[float], x: float) -> int:
    value = _value(terms, x)
    most = _NOISE * len(terms)
    # On [0, 1] the sum of absolute terms is at most that of the coefficients, of which none is above 1.
    noise = most * _value([abs(term) for term in terms], x) if abs(value) <= most * len(terms) else 0.0
    return 0 if abs(value) <= noise else (1 if value > 0 else -1)


def _between(terms: Sequence[float], left: float, right: float) -> float:
    """The root between two places of different sign, to the last digit a float can hold."""
    # Imported where it is used: it would cost every web process 40 MB and half a second at its start.
    from scipy.optimize import brentq

    return float(brentq(lambda x: _value(terms, x), left, right, xtol=1e-300, rtol=4 * _EPSILON, maxiter=2000))

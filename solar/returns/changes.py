"""What a change of prices or costs does to days that are already in the account: shown before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from solar.money import exact
from solar.returns.days import ZERO, DayValue


@dataclass(frozen=True, slots=True)
class PastChange:
    """The days whose savings differ, first to last, and their sums before and after; priced and unpriced count too."""

    days: tuple[date, ...]
    savings_before: Decimal
    savings_after: Decimal
    newly_priced: int
    newly_unpriced: int

    @property
    def difference(self) -> Decimal:
        return self.savings_after - self.savings_before


def past_change(before: Sequence[DayValue], after: Sequence[DayValue]) -> PastChange:
    """Compare the values of the same days under old and new prices."""
    old = {value.date: value for value in before}
    pairs = [(old[value.date], value) for value in after if value.date in old]
    differing = [(one, other) for one, other in pairs if one.savings != other.savings]
    with exact():
        return PastChange(
            tuple(other.date for _, other in differing),
            sum((one.savings or ZERO for one, _ in differing), ZERO),
            sum((other.savings or ZERO for _, other in differing), ZERO),
            sum(one.savings is None for one, _ in differing),
            sum(other.savings is None for _, other in differing),
        )

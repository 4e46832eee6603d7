"""Sums over the intervals of issued forecasts, from which every figure of the scoreboard can be made later."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd

FIGURES = (
    "count", "mae", "bias", "rmse", "mae_percent_of_capacity", "mae_percent_of_capacity_daylight", "skill",
    "coverage_percent", "baseline_mae", "baseline_percent_of_capacity_daylight",
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What some intervals add up to; sums of two tallies are those of all their intervals.

    `lit` counts the intervals in daylight, `inside` those of them within p10..p90; the baselines are summed over the
    intervals in which both are known (`both`, and `both_lit` of them in daylight), with what the forecast missed there.
    """

    count: int = 0
    absolute: float = 0.0
    signed: float = 0.0
    squared: float = 0.0
    lit: int = 0
    absolute_lit: float = 0.0
    inside_lit: int = 0
    inside: int = 0
    both: int = 0
    ours: float = 0.0
    last_day: float = 0.0
    week_mean: float = 0.0
    both_lit: int = 0
    last_day_lit: float = 0.0
    week_mean_lit: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def to_dict(self) -> dict[str, float]:
        """Plain values, to be kept."""
        return {name: round(value, 4) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> "Tally":
        """The reverse of `to_dict`; names that are not known are passed over."""
        return cls(**{each.name: values[each.name] for each in fields(cls) if each.name in values})  # type: ignore[arg-type]

    def figures(self, capacity_watts: float | None) -> dict[str, float]:
        """The FIGURES by name; what needs the capacity or a baseline that is not known is NaN.

        Where nothing lies in daylight (as of what has no night) the figures in daylight are those of all intervals.
        """
        count, share = max(self.count, 1), 100 / capacity_watts if capacity_watts else np.nan
        lit, absolute, inside = (
            (self.lit, self.absolute_lit, self.inside_lit) if self.lit else (count, self.absolute, self.inside)
        )
        by_day = (self.both_lit, self.last_day_lit, self.week_mean_lit)
        both, *bases = by_day if self.both_lit else (self.both, self.last_day, self.week_mean)
        better = min(self.last_day, self.week_mean)
        skill = float("nan") if not self.both else 1 - self.ours / better if better > 0 else 0.0
        values = (
            float(self.count), self.absolute / count, self.signed / count, float(np.sqrt(self.squared / count)),
            self.absolute / count * share, absolute / lit * share, skill, 100 * inside / lit,
            better / self.both if self.both else float("nan"),
            min(bases) / both * share if both else float("nan"),
        )
        return dict(zip(FIGURES, (float(value) for value in values), strict=True))


def tally(record: pd.DataFrame, greatest: float | None = None) -> Tally:
    """Sums over the rows of a `record` as in `scores.scoreboard`, without those whose truth or p50 is not known.

    An interval is inside its band with a thousandth of the `greatest` truth (default: of these rows) as slack.
    """
    known = record[np.isfinite(record["truth"]) & np.isfinite(record["p50"])]
    if known.empty:
        return Tally()
    truth, light = known["truth"].to_numpy(dtype=float), known["daylight"].to_numpy(dtype=bool)
    error = known["p50"].to_numpy(dtype=float) - truth
    slack = 1e-3 * (float(np.max(np.abs(truth))) if greatest is None else greatest)
    inside = (truth >= known["p10"].to_numpy(dtype=float) - slack)
    inside &= truth <= known["p90"].to_numpy(dtype=float) + slack
    last, week = (np.abs(known[name].to_numpy(dtype=float) - truth) for name in ("last_day", "week_mean"))
    both = np.isfinite(last) & np.isfinite(week)
    return Tally(
        len(known), float(np.abs(error).sum()), float(error.sum()), float((error**2).sum()),
        int(light.sum()), float(np.abs(error[light]).sum()), int(inside[light].sum()), int(inside.sum()),
        int(both.sum()), float(np.abs(error[both]).sum()), float(last[both].sum()), float(week[both].sum()),
        int((both & light).sum()), float(last[both & light].sum()), float(week[both & light].sum()),
    )


def board(tallies: Iterable[tuple[int, Tally]], capacity_watts: float | None) -> pd.DataFrame:
    """One row per day ahead (index `lead`) with the columns of FIGURES, from (lead, tally) in any order."""
    sums: dict[int, Tally] = {}
    for lead, each in tallies:
        sums[lead] = sums.get(lead, Tally()) + each
    rows = {lead: sums[lead].figures(capacity_watts) for lead in sorted(sums) if sums[lead].count}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(FIGURES)).rename_axis("lead")

"""Where direct labels go: at the peak of their series, and never over one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

# Sizes of a label as shares of a panel on a narrow phone; on wide screens there is more room than this.
_CHARACTER_SHARE = 0.023
_LINE_SHARE = 0.16
_MOST_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A label at `x`, `y` as shares of the panel (0..1, y upwards), above or below that point."""

    words: str
    x: float
    y: float
    side: Literal["above", "below"]
    wall: float | None = None

    @property
    def anchor(self) -> str:
        """Which end of the label stands at the point; at the edges, and just before the wall, it turns inwards."""
        half = len(self.words) * _CHARACTER_SHARE / 2
        end = min(self.wall, 1.0) if self.wall is not None and self.x <= self.wall + 0.005 else 1.0
        return "left" if self.x < half else "right" if self.x > end - half else "center"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top as shares of the panel."""
        width = len(self.words) * _CHARACTER_SHARE
        left = {"left": self.x, "right": self.x - width, "center": self.x - width / 2}[self.anchor]
        bottom = self.y if self.side == "above" else self.y - _LINE_SHARE
        return left, left + width, bottom, bottom + _LINE_SHARE

    def overlaps(self, other: "Place") -> bool:
        """Tell whether two labels touch."""
        left, right, bottom, top = self.box
        other_left, other_right, other_bottom, other_top = other.box
        return left < other_right and other_left < right and bottom < other_top and other_bottom < top

    def covers(self, heights: pd.Series) -> bool:
        """Tell whether the label lies on a curve."""
        left, right, bottom, top = self.box
        near = heights[(heights.index >= left) & (heights.index <= right)]
        return bool(((near >= bottom) & (near <= top)).any())


def place(
    words: str,
    heights: pd.Series,
    side: Literal["above", "below"],
    taken: Sequence[Place],
    curves: Sequence[pd.Series] = (),
    wall: float | None = None,
) -> Place | None:
    """Return where a label of a series goes: at its most extreme point that is free, else at its most extreme one.

    `heights` are the series, `curves` the other ones, as shares of the panel (0..1), indexed by shares of the day. At
    `wall`, a share of the day, stands a line that a label should not cross. None for an empty series.
    """
    known = heights.dropna().sort_values(ascending=side == "below")
    sample = known.iloc[:: max(len(known) // 96, 1)]
    candidates = [Place(words, float(x), float(y), side, wall) for x, y in sample.items()]
    candidates = candidates[:_MOST_CANDIDATES]
    apart = [each for each in candidates if not any(each.overlaps(other) for other in taken)]
    clear = (each for each in apart if not any(each.covers(curve) for curve in curves))
    return next(clear, next(iter(apart or candidates), None))

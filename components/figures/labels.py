"""Where direct labels go: at the peak of their series, and never over one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

# Sizes of a label as shares of a panel on a narrow phone; on wide screens there is more room than this.
_CHARACTER_SHARE = 0.023
_LINE_SHARE = 0.16
_MOST_CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Place:
    """A label at `x`, `y` as shares of the panel (0..1, y upwards), above or below that point."""

    words: str
    x: float
    y: float
    side: Literal["above", "below"]

    @property
    def anchor(self) -> str:
        """Which end of the label stands at the point; at the edges it turns inwards."""
        half = len(self.words) * _CHARACTER_SHARE / 2
        return "left" if self.x < half else "right" if self.x > 1 - half else "center"

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


def place(
    words: str, heights: pd.Series, side: Literal["above", "below"], taken: Sequence[Place]
) -> Place | None:
    """Return where a label of a series goes: at its most extreme point that is free, else at its most extreme one.

    `heights` are the series as shares of the panel (0..1), indexed by shares of the day. None for an empty series.
    """
    known = heights.dropna().sort_values(ascending=side == "below")
    candidates = [Place(words, float(x), float(y), side) for x, y in known.iloc[:: max(len(known) // 96, 1)].items()]
    candidates = candidates[:_MOST_CANDIDATES]
    free = (each for each in candidates if not any(each.overlaps(other) for other in taken))
    return next(free, candidates[0] if candidates else None)

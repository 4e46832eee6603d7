"""What the memory of the sun works on: power, clear-sky power and clearness by day and time of day."""

from dataclasses import dataclass

import numpy as np

from .analogs import Analog, mean_of_last, medians
from .site import Array, Rows
from .tables import last_known

KINDS = (
    Analog(6), Analog(15), Analog(45), Analog(15, 0.25), Analog(45, 0.12), Analog(45, 0.25),
)
NAMES = (
    "last known day", "7-day mean", "median, 6 days", "median, 15 days", "median, 45 days", "like days, 15 days",
    "much alike days, 45 days", "like days, 45 days", "clear-sky persistence", "clear sky", "usual clearness", "Prophet",
)
# How far each is trusted before any back-test; the order is that of NAMES.
PRIOR = (0.01, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.1, 0.4)
ENVELOPE_DAYS, ENVELOPE_SHARE = 30, 0.92


@dataclass(frozen=True)
class SkyScene:
    """Tables (days, slots): `power` in W (NaN: unknown or not to be learnt), `clear` in W under a cloudless sky,
    `floor` the least clear power clearness is reckoned against; `usual` is the site's median clearness."""

    power: Array
    clear: Array
    floor: float
    usual: float

    @property
    def yardstick(self) -> Array:
        """Clear-sky power, never below the floor."""
        return np.maximum(self.clear, self.floor)


def scene(power: Array, clear: Array, usual: float | None = None) -> SkyScene:
    """Scene of `power` against `clear`; `usual` is reckoned from them where it is not given."""
    floor = max(0.02 * float(np.nanmax(clear, initial=0.0)), 1e-6)
    if usual is None:
        usual = usual_clearness(power, clear)
    return SkyScene(power, clear, floor, usual)


def usual_clearness(power: Array, clear: Array) -> float:
    """Median of power over clear-sky power in daylight; 0.65 where hardly anything is known."""
    bright = np.isfinite(power) & (clear > 0.1 * np.nanmax(clear, initial=1e-9))
    return float(np.median(power[bright] / clear[bright])) if bright.sum() >= 30 else 0.65


def envelopes(clearness: Array, rows: Rows) -> Array:
    """Upper edge (92 %) of clearness per slot over the 30 days up to each of `rows`, NaN where nothing is known."""
    found = np.full((len(rows), clearness.shape[1]), np.nan)
    for number, row in enumerate(rows):
        recent = clearness[max(0, row - ENVELOPE_DAYS + 1) : row + 1]
        if row < 0 or not np.isfinite(recent).any():
            continue
        ordered = np.sort(recent, axis=0)
        seen = np.isfinite(recent).sum(axis=0)
        place = np.clip(np.ceil(ENVELOPE_SHARE * seen).astype(int) - 1, 0, None)
        found[number] = np.take_along_axis(ordered, place[None, :], 0)[0]
    return found


@dataclass(frozen=True)
class SkyMemory:
    """A scene with what every lead needs of it, worked out once."""

    scene: SkyScene
    clearness: Array
    envelope: Array
    brightness: Array
    latest: Rows


def memory(sky: SkyScene) -> SkyMemory:
    """Clearness, its envelope and the brightness of each day (its energy over that of a clear one, carried forward)."""
    clearness = np.clip(sky.power / sky.yardstick, 0, 2.0)
    envelope = envelopes(clearness, np.arange(len(clearness)))
    best = np.where(np.isfinite(envelope), envelope, sky.usual) * sky.yardstick
    known = np.isfinite(sky.power)
    with np.errstate(invalid="ignore", divide="ignore"):
        bright = np.where(known, sky.power, 0).sum(axis=1) / np.where(known, best, 0).sum(axis=1)
    bright[np.where(known, best, 0).sum(axis=1) < 0.7 * best.sum(axis=1)] = np.nan
    for row in range(1, len(bright)):
        if np.isnan(bright[row]):
            bright[row] = bright[row - 1]
    return SkyMemory(sky, clearness, envelope, np.clip(bright, 0, 1.3), last_known(sky.power, sky.clear))


def experts(past: SkyMemory, days: Rows, lead: int, prophet: Array) -> Array:
    """What each expert of NAMES says, in W: (n, len(days), slots). Day d is foreseen from rows up to d - lead;
    `prophet` is the brightness Prophet expects of each day (NaN: none)."""
    sky = past.scene
    known = days - lead
    row = np.clip(known, 0, len(sky.power) - 1)
    nothing = known < 0
    yard = sky.yardstick[days]
    last = np.where(nothing[:, None], np.nan, sky.power[past.latest[row]])
    kinds = medians(past.clearness, past.brightness, days, lead, KINDS)
    envelope = np.where(nothing[:, None], np.nan, past.envelope[row]) * yard
    bright = np.where(nothing, np.nan, past.brightness[row])
    found = [
        last, mean_of_last(sky.power, days, lead), *(kind * yard for kind in kinds), bright[:, None] * envelope,
        envelope, sky.usual * yard, prophet[:, None] * np.where(np.isfinite(envelope), envelope, np.nan),
    ]
    return np.stack(found)

"""What the memory of the sun works on: power, clear-sky power and clearness by day and time of day."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .analogs import Analog, mean_of_last, medians
from .site import Array, Rows
from .tables import last_known

DAY_KINDS = (Analog(6), Analog(15), Analog(45), Analog(15, 0.25), Analog(45, 0.12))
LATE_KINDS = (Analog(30, 0.25),)
NAMES = (
    "last known day", "7-day mean", "median, 6 days", "median, 15 days", "median, 45 days", "like days, 15 days",
    "much alike days, 45 days", "like afternoons, 30 days", "clear-sky persistence", "clear sky", "usual clearness",
    "Prophet", "14-day mean clearness", "30-day mean clearness",
)
# How far each is trusted before any back-test, in the order of NAMES: tomorrow follows today's sky, later days the
# month's.
NEAR = (0.0, 0.5, 0.5, 0.5, 0.5, 1.5, 1.0, 1.0, 0.8, 0.3, 0.1, 0.2, 0.3, 0.3)
FAR = (0.0, 1.3, 0.3, 0.6, 1.0, 0.5, 0.5, 0.5, 0.5, 0.1, 0.3, 0.8, 1.0, 1.0)
NEARNESS = {1: 1.0, 2: 0.35}
LAST_DAY_SHARE, LAST_DAY_FADE = 0.15, 5.0
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


def prior(lead: int) -> Array:
    """Trust in each expert of NAMES for a day ahead, in sum 1."""
    near, far = np.asarray(NEAR), np.asarray(FAR)
    share = NEARNESS.get(lead, 0.0)
    trust = share * near / near.sum() + (1 - share) * far / far.sum()
    last = LAST_DAY_SHARE * np.exp(-(lead - 1) / LAST_DAY_FADE)
    trust = trust * (1 - last)
    trust[0] += last
    return np.asarray(trust)


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


def softened(clearness: Array) -> Array:
    """Each slot with a quarter of each neighbour: a median of few days is rough, shadows move slowly."""
    sides = np.pad(clearness, ((0, 0), (1, 1)), mode="edge")
    return np.asarray(0.25 * sides[:, :-2] + 0.5 * clearness + 0.25 * sides[:, 2:])


@dataclass(frozen=True)
class SkyMemory:
    """A scene with what every lead needs of it, worked out once."""

    scene: SkyScene
    clearness: Array
    envelope: Array
    brightness: Array
    evening: Array
    latest: Rows


def memory(sky: SkyScene) -> SkyMemory:
    """Clearness, its envelope and how bright (energy over that of a clear one) each day and its last quarter were."""
    clearness = np.clip(sky.power / sky.yardstick, 0, 2.0)
    envelope = envelopes(clearness, np.arange(len(clearness)))
    best = np.where(np.isfinite(envelope), envelope, sky.usual) * sky.yardstick
    passed = np.cumsum(sky.clear, axis=1) / np.maximum(sky.clear.sum(axis=1, keepdims=True), 1e-9)
    day, late = _brightness(sky.power, best), _brightness(sky.power, np.where(passed >= 0.75, best, 0.0))
    return SkyMemory(sky, clearness, envelope, day, late, last_known(sky.power, sky.clear))


def _brightness(power: Array, best: Array) -> Array:
    """Energy of each row over that of `best` where best counts; carried forward over rows known to less than 70 %."""
    counts = np.isfinite(power) & (best > 0)
    most = np.where(counts, best, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        bright = np.where(counts, power, 0).sum(axis=1) / most
    bright[most < 0.7 * best.sum(axis=1)] = np.nan
    return np.asarray(np.clip(pd.Series(bright).ffill().to_numpy(dtype=float), 0, 1.3))


def experts(past: SkyMemory, days: Rows, lead: int, prophet: Array) -> Array:
    """What each expert of NAMES says, in W: (n, len(days), slots). Day d is foreseen from rows up to d - lead;
    `prophet` is the brightness Prophet expects of each day (NaN: none)."""
    sky = past.scene
    known = days - lead
    row = np.clip(known, 0, len(sky.power) - 1)
    nothing = known < 0
    yard = sky.yardstick[days]
    last = np.where(nothing[:, None], np.nan, sky.power[past.latest[row]])
    kinds = medians(past.clearness, past.brightness, days, lead, DAY_KINDS)
    kinds += medians(past.clearness, past.evening, days, lead, LATE_KINDS)
    means = [mean_of_last(past.clearness, days, lead, count) * yard for count in (14, 30)]
    envelope = np.where(nothing[:, None], np.nan, past.envelope[row]) * yard
    bright = np.where(nothing, np.nan, past.brightness[row])
    found = [
        last, mean_of_last(sky.power, days, lead), *(softened(kind) * yard for kind in kinds),
        bright[:, None] * envelope, envelope, sky.usual * yard, prophet[:, None] * envelope, *means,
    ]
    return np.stack(found)

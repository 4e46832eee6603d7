"""Where an installation stands, estimated from the first and last production of its days when nobody said."""

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from .site import Array, Rows
from .tables import Days

MIN_DAYS = 60


def estimate(days: Days, power: Array) -> tuple[float, float] | None:
    """(latitude, longitude) whose day lengths and noons fit `power` (days, slots) over at least 60 producing days.

    An effective place: a shaded or turned roof moves it by some degrees, which the shape learnt later takes back.
    Solar geometry after Spencer (1971). None where the days are too few or show no season.
    """
    rise, fall, rows = _edges(power)
    if len(rows) < MIN_DAYS:
        return None
    hours = 24 / days.slots
    shift = days.offset.total_seconds() / 3600
    angle = 2 * np.pi * (days.dates().day_of_year.to_numpy()[rows] - 1) / 365
    wanted = np.concatenate([rise * hours - shift, (fall + 1) * hours - shift])
    best = None
    for latitude in (45.0, -45.0, 15.0):
        start = [latitude, shift * 15, 3.0]
        found = least_squares(
            lambda guess: _day_edges(angle, *guess) - wanted, start, loss="soft_l1", f_scale=0.5,
            bounds=([-65, shift * 15 - 35, -1], [65, shift * 15 + 35, 15]),
        )
        if best is None or found.cost < best.cost:
            best = found
    return None if best is None else (float(best.x[0]), float(best.x[1]))


def _edges(power: Array) -> tuple[Array, Array, Rows]:
    """Earliest and latest producing slot within 7 days of each producing day, so that clouds do not shorten the day."""
    threshold = 0.01 * np.nanmax(power, initial=0.0)
    shining = np.nan_to_num(power) > max(threshold, 1e-9)
    rows = np.flatnonzero(shining.sum(axis=1) >= 3)
    first = pd.Series(np.nan, index=range(len(power)))
    last = first.copy()
    first[rows] = shining[rows].argmax(axis=1).astype(float)
    last[rows] = power.shape[1] - 1.0 - shining[rows, ::-1].argmax(axis=1)
    early = first.rolling(15, center=True, min_periods=3).quantile(0.1).to_numpy()
    late = last.rolling(15, center=True, min_periods=3).quantile(0.9).to_numpy()
    rows = rows[np.isfinite(early[rows]) & np.isfinite(late[rows])]
    return early[rows], late[rows], rows


def _day_edges(angle: Array, latitude: float, longitude: float, horizon: float) -> Array:
    """UTC hours at which the sun passes `horizon` degrees in the morning and in the evening, joined."""
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle)
    )
    equation = 3.81972 * (
        0.000075 + 0.001868 * np.cos(angle) - 0.032077 * np.sin(angle) - 0.014615 * np.cos(2 * angle)
        - 0.040849 * np.sin(2 * angle)
    )
    phi = np.radians(latitude)
    cosine = (np.sin(np.radians(horizon)) - np.sin(phi) * np.sin(declination)) / (np.cos(phi) * np.cos(declination))
    half = np.degrees(np.arccos(np.clip(cosine, -1, 1))) / 15
    noon = 12 - longitude / 15 - equation
    return np.concatenate([noon - half, noon + half])

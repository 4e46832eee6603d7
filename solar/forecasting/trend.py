"""Prophet over daily values: trend, season of the year, weekdays, holidays and what else explains a day."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from .site import Array, Rows

MIN_DAYS = 28
REFIT_DAYS = 28


def fit(daily: pd.Series, extra: pd.DataFrame, *, weekly: bool) -> str | None:
    """Prophet fitted to `daily` (naive dates) with the columns of `extra` as regressors, as JSON; None below 28 days.

    The season of the year joins from 300 days on, of second order, so that a single year is not learnt by heart.
    """
    from prophet import Prophet  # slow to import and needed for training only
    from prophet.serialize import model_to_json

    frame = pd.DataFrame({"ds": daily.index, "y": daily.to_numpy(dtype=float)}).join(extra.reset_index(drop=True))
    frame = frame.replace([np.inf, -np.inf], np.nan).dropna()
    if len(frame) < MIN_DAYS:
        return None
    columns = [name for name in extra.columns if frame[name].std() > 1e-9]
    with _silence():
        model = Prophet(
            growth="linear", n_changepoints=6, changepoint_prior_scale=0.02, weekly_seasonality=weekly,
            daily_seasonality=False, yearly_seasonality=False, uncertainty_samples=0,
        )
        if len(frame) >= 300:
            model.add_seasonality("year", period=365.25, fourier_order=2, prior_scale=1.0)
        for name in columns:
            model.add_regressor(name, prior_scale=1.0)
        model.fit(frame[["ds", "y", *columns]])
        # Prediction needs only the scales, so the history it was fitted to need not be kept.
        model.history = frame[["ds", "y"]].head(2)
        return str(model_to_json(model))


def predict(stored: str, dates: pd.DatetimeIndex, extra: pd.DataFrame) -> Array:
    """Values for `dates` (naive), NaN where a regressor is not known."""
    from prophet.serialize import model_from_json

    with _silence():
        model = model_from_json(stored)
        columns = list(model.extra_regressors)
        known = np.ones(len(dates), bool) if not columns else extra[columns].notna().all(axis=1).to_numpy()
        values = np.full(len(dates), np.nan)
        if known.any():
            frame = pd.DataFrame({"ds": dates[known]})
            for name in columns:
                frame[name] = extra[name].to_numpy(dtype=float)[known]
            values[known] = model.predict(frame)["yhat"].to_numpy()
    return values


def backtest(daily: pd.Series, extra: pd.DataFrame, days: int, *, weekly: bool) -> tuple[Rows, Array]:
    """Out-of-sample values of the last `days` rows: (cutoffs, values), one row of values per refit at a cutoff.

    values[i, row] is what the fit on rows before cutoffs[i] says about `row`; rows before the cutoff are NaN.
    """
    first = max(MIN_DAYS, len(daily) - days)
    cutoffs = np.arange(first, len(daily), REFIT_DAYS, dtype=np.int64)
    values = np.full((len(cutoffs), len(daily)), np.nan)
    for number, cutoff in enumerate(cutoffs):
        stored = fit(daily.iloc[:cutoff], extra.iloc[:cutoff], weekly=weekly)
        ahead = slice(int(cutoff), min(int(cutoff) + REFIT_DAYS + 8, len(daily)))
        if stored is not None:
            dates = pd.DatetimeIndex(daily.index[ahead])
            values[number, ahead] = predict(stored, dates, extra.iloc[ahead].reset_index(drop=True))
    return cutoffs, values


def at_lead(cutoffs: Rows, values: Array, rows: Rows, lead: int) -> Array:
    """For each row the value of the newest fit that knew nothing after row - lead, NaN where there is none."""
    newest = np.searchsorted(cutoffs, rows - lead + 1, side="right") - 1
    if len(cutoffs) == 0:
        return np.full(len(rows), np.nan)
    return np.asarray(np.where(newest >= 0, values[np.maximum(newest, 0), rows], np.nan))


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps Prophet and Stan from writing to the log while they work; other loggers are left alone."""
    loggers = [logging.getLogger(name) for name in ("prophet", "prophet.models", "cmdstanpy")]
    before = [(logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, (level, disabled) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.disabled = disabled

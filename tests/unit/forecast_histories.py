"""Made-up histories of solar installations for the tests of the forecast."""

import numpy as np
import pandas as pd
import pvlib

from solar.forecasting import Site

SITE = Site("Europe/Madrid", 38.6, -0.9, 6000.0, 25.0, 170.0, 10.0, country="ES")
END = pd.Timestamp("2024-06-15", tz="Europe/Madrid")


def weather(days: int, end: pd.Timestamp = END, ahead: int = 9, minutes: int = 30, seed: int = 1) -> pd.DataFrame:
    """Irradiance and temperature from `days` before `end` to `ahead` days after it; days differ, clouds pass."""
    random = np.random.default_rng(seed)
    end = end.tz_convert("UTC").floor("D")
    index = pd.date_range(end - pd.Timedelta(days=days), end + pd.Timedelta(days=ahead), freq=f"{minutes}min")
    middle = index + pd.Timedelta(minutes=minutes / 2)
    sun = pvlib.solarposition.get_solarposition(middle, SITE.latitude, SITE.longitude)
    clear = 1000 * np.maximum(np.sin(np.radians(sun["elevation"].to_numpy())), 0) ** 1.15
    dates = (index - index[0]).days.to_numpy()
    day = np.clip(random.beta(3, 1, dates.max() + 1), 0.15, 1)[dates]
    sky = clear * np.clip(day + random.normal(0, 0.08, len(index)), 0.05, 1)
    warmth = 15 + 8 * np.sin(2 * np.pi * (index.day_of_year.to_numpy() - 110) / 365)
    return pd.DataFrame({"shortwave_radiation": sky, "temperature_2m": warmth}, index=index)


def history(days: int, end: pd.Timestamp = END, minutes: int = 30, limit: float = 5000.0) -> pd.DataFrame:
    """Solar power, load by the clock of the house, battery power, state of charge and voltage until after `end`."""
    sky = weather(days, end, 2, minutes)
    index = pd.DatetimeIndex(sky.index)
    solar = np.minimum(5.2 * sky["shortwave_radiation"].to_numpy(), limit)
    wall = index.tz_convert(SITE.zone)
    hour = wall.hour.to_numpy() + wall.minute.to_numpy() / 60
    evening = 1200 * np.exp(-0.5 * ((hour - 20.5) / 1.2) ** 2)
    load = 250 + evening * np.where(wall.day_of_week >= 5, 1.5, 1.0)
    load = load + np.random.default_rng(2).gamma(2, 40, len(index))
    level, charge, power = 50.0, np.empty(len(index)), np.empty(len(index))
    for step, surplus in enumerate(solar - load):
        moved = np.clip(level + np.clip(surplus, -3000, 3000) * minutes / 60 / 10000 * 100, 10, 100)
        power[step], level = (moved - level) * 100 * 60 / minutes, float(moved)
        charge[step] = level
    columns = {
        "solarPower": solar, "loadPower": load, "batteryPower": power, "stateOfCharge": charge,
        "batteryVoltage": 48 + charge / 20,
    }
    return pd.DataFrame(columns, index=index)

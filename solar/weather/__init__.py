"""Weather: what codes mean, which units are allowed, answers of Open-Meteo as frames, local days, shared places."""

from solar.weather.answers import DAILY_COLUMNS, HOURLY_COLUMNS, WeatherAnswer, WeatherFormatError, parse, parse_leads
from solar.weather.codes import Condition, condition
from solar.weather.days import local_days
from solar.weather.intervals import hour_intervals
from solar.weather.places import Place, shared_places

ATTRIBUTION = "Weather data by Open-Meteo.com, CC BY 4.0"

__all__ = [
    "ATTRIBUTION", "DAILY_COLUMNS", "HOURLY_COLUMNS", "Condition", "Place", "WeatherAnswer", "WeatherFormatError",
    "condition", "hour_intervals", "local_days", "parse", "parse_leads", "shared_places",
]

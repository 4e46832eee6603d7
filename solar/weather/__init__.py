"""Weather: what codes mean, which units are allowed, answers of Open-Meteo as frames, local days, shared places."""

from solar.weather.answers import DAILY_COLUMNS, HOURLY_COLUMNS, WeatherAnswer, WeatherFormatError, parse, parse_leads
from solar.weather.codes import Condition, condition
from solar.weather.days import day_table, expected_hours, local_days
from solar.weather.intervals import dates_of, hour_intervals, on_the_hour
from solar.weather.places import Place, shared_places
from solar.weather.yields import Yield, yield_of

ATTRIBUTION = "Weather data by Open-Meteo.com, CC BY 4.0"

__all__ = [
    "ATTRIBUTION", "DAILY_COLUMNS", "HOURLY_COLUMNS", "Condition", "Place", "WeatherAnswer", "WeatherFormatError",
    "Yield", "condition", "dates_of", "day_table", "expected_hours", "hour_intervals", "local_days", "on_the_hour",
    "parse", "parse_leads", "shared_places", "yield_of",
]

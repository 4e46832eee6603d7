"""A physically honest simulator of an installation and its weather: pure, repeatable, and without a clock."""

from solar.simulation.run import State, initial_state, simulate, simulate_from
from solar.simulation.site import SiteSpec
from solar.simulation.sky import sky
from solar.simulation.weather import daily_weather, hourly_weather, simulated_weather

__all__ = [
    "SiteSpec", "State", "daily_weather", "hourly_weather", "initial_state", "simulate", "simulate_from",
    "simulated_weather", "sky",
]

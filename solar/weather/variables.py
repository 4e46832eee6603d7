"""The variables that are read from an answer: their column here, and the units they may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_UNIT = frozenset({"", "undefined"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the service: the column it becomes, and the factor to our unit by unit (the first is ours)."""

    column: str
    factors: Mapping[str, float]

    @property
    def unit(self) -> str:
        """The unit of the column; empty where there is none."""
        return next(iter(self.factors))

    @property
    def needs_unit(self) -> bool:
        """Whether a value without unit cannot be understood."""
        return not NO_UNIT & set(self.factors)


def _variable(column: str, **factors: float) -> Variable:
    return Variable(column, MappingProxyType(factors))


_CELSIUS = {"°C": 1.0}
_MILLIMETRES = {"mm": 1.0}
_WATTS = {"W/m²": 1.0, "W/m2": 1.0}
_CODE = {"wmo code": 1.0, "": 1.0, "undefined": 1.0}
# 1 km/h = 1/3.6 m/s exactly.
_SPEED = {"m/s": 1.0, "km/h": 1 / 3.6}

DAILY: Mapping[str, Variable] = MappingProxyType({
    "weather_code": _variable("weather_code", **_CODE),
    "temperature_2m_max": _variable("temperature_max", **_CELSIUS),
    "temperature_2m_min": _variable("temperature_min", **_CELSIUS),
    "uv_index_max": _variable("uv_index_max", **{"": 1.0, "undefined": 1.0}),
    "precipitation_sum": _variable("precipitation_sum", **_MILLIMETRES),
    "shortwave_radiation_sum": _variable("shortwave_radiation_sum", **{"MJ/m²": 1.0, "MJ/m2": 1.0}),
})
SUN_TIMES = ("sunrise", "sunset")
HOURLY: Mapping[str, Variable] = MappingProxyType({
    "shortwave_radiation": _variable("shortwave_radiation", **_WATTS),
    "direct_normal_irradiance": _variable("direct_normal_irradiance", **_WATTS),
    "diffuse_radiation": _variable("diffuse_radiation", **_WATTS),
    "temperature_2m": _variable("temperature", **_CELSIUS),
    "cloud_cover": _variable("cloud_cover", **{"%": 1.0}),
    "wind_speed_10m": _variable("wind_speed", **_SPEED),
    "precipitation": _variable("precipitation", **_MILLIMETRES),
    "weather_code": _variable("weather_code", **_CODE),
})

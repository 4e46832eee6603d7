"""The telemetry vocabulary: every field a reading may carry, with its unit, group and plain name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["number", "text", "list"]
Group = Literal["battery", "solar", "load", "grid", "energy", "status"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a reading: `name` as stored, `unit` as stored (empty for texts), `label` as shown to people."""

    name: str
    unit: str
    group: Group
    label: str
    kind: Kind = "number"


_FIELDS = (
    Field("stateOfCharge", "%", "battery", "State of charge"),
    Field("stateOfHealth", "%", "battery", "State of health"),
    Field("batteryVoltage", "V", "battery", "Battery voltage"),
    Field("batteryCurrent", "A", "battery", "Battery current"),
    Field("batteryTemperature", "°C", "battery", "Battery temperature"),
    Field("batteryCapacity", "Ah", "battery", "Battery capacity"),
    Field("remainingCapacity", "Ah", "battery", "Remaining capacity"),
    Field("batteryPower", "W", "battery", "Battery power"),
    Field("solarVoltage", "V", "solar", "Solar voltage"),
    Field("solarCurrent", "A", "solar", "Solar current"),
    Field("solarPower", "W", "solar", "Solar power"),
    Field("outputVoltage", "V", "load", "Output voltage"),
    Field("outputCurrent", "A", "load", "Output current"),
    Field("outputFrequency", "Hz", "load", "Output frequency"),
    Field("loadPower", "W", "load", "Load power"),
    Field("loadPercentage", "%", "load", "Load, share of rated"),
    Field("apparentPower", "VA", "load", "Apparent power"),
    Field("gridVoltage", "V", "grid", "Grid voltage"),
    Field("gridCurrent", "A", "grid", "Grid current"),
    Field("gridFrequency", "Hz", "grid", "Grid frequency"),
    Field("gridPower", "W", "grid", "Grid power"),
    Field("totalEnergyProduced", "kWh", "energy", "Produced, lifetime"),
    Field("totalEnergyConsumed", "kWh", "energy", "Consumed, lifetime"),
    Field("dailyEnergyProduced", "kWh", "energy", "Produced today"),
    Field("dailyEnergyConsumed", "kWh", "energy", "Consumed today"),
    Field("totalEnergyImported", "kWh", "energy", "Imported, lifetime"),
    Field("totalEnergyExported", "kWh", "energy", "Exported, lifetime"),
    Field("dailyEnergyImported", "kWh", "energy", "Imported today"),
    Field("dailyEnergyExported", "kWh", "energy", "Exported today"),
    Field("totalBatteryCharged", "kWh", "energy", "Charged, lifetime"),
    Field("totalBatteryDischarged", "kWh", "energy", "Discharged, lifetime"),
    Field("dailyBatteryCharged", "kWh", "energy", "Charged today"),
    Field("dailyBatteryDischarged", "kWh", "energy", "Discharged today"),
    Field("inverterTemperature", "°C", "status", "Inverter temperature"),
    Field("operatingMode", "", "status", "Operating mode", "text"),
    Field("deviceStatus", "", "status", "Device status", "text"),
    Field("faultCodes", "", "status", "Faults", "list"),
    Field("warningCodes", "", "status", "Warnings", "list"),
)

FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _FIELDS})
NUMERIC_FIELDS: tuple[str, ...] = tuple(field.name for field in _FIELDS if field.kind == "number")
TEXT_FIELDS: tuple[str, ...] = tuple(field.name for field in _FIELDS if field.kind == "text")
LIST_FIELDS: tuple[str, ...] = tuple(field.name for field in _FIELDS if field.kind == "list")
POWER_FIELDS: tuple[str, ...] = ("solarPower", "loadPower", "batteryPower", "gridPower")
COUNTER_FIELDS: tuple[str, ...] = tuple(field.name for field in _FIELDS if field.unit == "kWh")

CHANNELS: tuple[str, ...] = ("produced", "consumed", "imported", "exported", "charged", "discharged")

"""The names that need no profile: canonical fields and the generic aliases devices use for them."""

from typing import NamedTuple

from solar.normalise.keys import plain
from solar.vocabulary import COUNTER_FIELDS, FIELDS, POWER_FIELDS


class Meaning(NamedTuple):
    """A field, and for one of two opposite channels its sign: `+` import or charge, `-` export or discharge."""

    field: str
    channel: str = ""


#: Fields whose parts (phases, strings, inverters, batteries) add up.
SUMMABLE = frozenset((*POWER_FIELDS, "apparentPower", *COUNTER_FIELDS))
#: Fields of which one of several parts says nothing about the whole.
CURRENTS = frozenset(("batteryCurrent", "solarCurrent", "outputCurrent", "gridCurrent"))

CANONICAL: dict[str, Meaning] = {plain(name): Meaning(name) for name in FIELDS}

_ALIASES: dict[str, str] = {
    "stateOfCharge": "soc battery_soc battery_state_of_charge battery_level battery_percent battery_percentage bms_soc",
    "stateOfHealth": "soh battery_soh battery_state_of_health bms_soh",
    "batteryVoltage": "battery_volt vbat bat_voltage bms_voltage",
    "batteryCurrent": "ibat bat_current bms_current",
    "batteryTemperature": "battery_temp bat_temp bms_temp bat_temperature bms_temperature",
    "batteryPower": "bat_power pbat",
    "batteryPower+": "charge_power battery_charge_power battery_charging_power charging_power",
    "batteryPower-": "discharge_power battery_discharge_power battery_discharging_power discharging_power",
    "solarPower": "pv_power pv_input_power ppv solar_watts production_power total_pv_power solar_input_power pv_watts",
    "solarVoltage": "pv_voltage vpv",
    "solarCurrent": "pv_current ipv",
    "loadPower": "house_power home_power consumption_power ac_output_active_power load_watts household_power",
    "loadPercentage": "load_percent load_pct",
    "outputVoltage": "ac_output_voltage inverter_voltage",
    "outputCurrent": "ac_output_current inverter_current",
    "outputFrequency": "ac_output_frequency inverter_frequency",
    "apparentPower": "ac_output_apparent_power",
    "gridPower": "meter_power net_power grid_watts",
    "gridPower+": "import_power grid_import_power power_import grid_power_import",
    "gridPower-": "export_power grid_export_power feed_in_power grid_feed_in_power power_export grid_power_export",
    "gridVoltage": "mains_voltage ac_input_voltage",
    "gridFrequency": "grid_freq mains_frequency ac_input_frequency",
    "dailyEnergyProduced": "daily_energy today_energy energy_today e_today pv_energy_today yield_today today_yield "
    "daily_yield pv_energy_daily daily_pv_energy daily_production production_today",
    "totalEnergyProduced": "total_energy lifetime_energy e_total pv_energy_total energy_total total_yield yield_total "
    "total_pv_energy total_production production_total",
    "dailyEnergyConsumed": "load_energy_today load_daily_energy daily_load_energy daily_consumption consumption_today",
    "totalEnergyConsumed": "load_energy_total load_total_energy total_load_energy total_consumption consumption_total",
    "totalEnergyImported": "energy_imported import_total total_import total_energy_import energy_import_total "
    "grid_import_total",
    "totalEnergyExported": "energy_exported export_total total_export total_energy_export energy_export_total "
    "grid_export_total",
    "dailyEnergyImported": "import_today daily_import energy_import_today grid_import_today",
    "dailyEnergyExported": "export_today daily_export energy_export_today grid_export_today",
    "totalBatteryCharged": "battery_charge_total battery_charged_total battery_energy_charged",
    "totalBatteryDischarged": "battery_discharge_total battery_discharged_total battery_energy_discharged",
    "dailyBatteryCharged": "battery_charge_today battery_charged_today daily_battery_charge",
    "dailyBatteryDischarged": "battery_discharge_today battery_discharged_today daily_battery_discharge",
    "inverterTemperature": "inverter_temp heatsink_temperature heatsink_temp heat_sink_temperature",
    "operatingMode": "mode work_mode inverter_mode operation_mode",
    "deviceStatus": "status state",
    "faultCodes": "fault_code fault_codes faults error_codes error_code",
    "warningCodes": "warning_code warning_codes warnings",
}

ALIASES: dict[str, Meaning] = {
    plain(alias): Meaning(name.rstrip("+-"), name[-1] if name[-1] in "+-" else "")
    for name, aliases in _ALIASES.items()
    for alias in aliases.split()
}


def meaning_of(name: str) -> Meaning | None:
    """What a plain name (see `paths.plain`) means, canonical names before aliases."""
    return CANONICAL.get(name) or ALIASES.get(name)

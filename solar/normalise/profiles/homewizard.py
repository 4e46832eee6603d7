"""P16 HomeWizard P1 and kWh meters: `total_power_*` are energies, and no time is the reading's."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="homewizard",
        marks=(("total_power_import_kwh",), ("total_power_import_t1_kwh",)),
        has_time=False,
        keys={
            "active_power_w": Key("power", role="grid"),
            "active_power_l<n>_w": Key("power", role="grid"),
            "total_power_import_kwh": Key("forward", role="grid"),
            "total_power_import_t<n>_kwh": Key("forward", role="grid"),
            "total_power_export_kwh": Key("reverse", role="grid"),
            "total_power_export_t<n>_kwh": Key("reverse", role="grid"),
            "active_voltage_l1_v": "gridVoltage",
            "active_voltage_v": "gridVoltage",
            "active_frequency_hz": "gridFrequency",
        },
    )
]

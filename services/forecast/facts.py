"""What a forecast must know of a source, in plain values: where one of them changes, its model is learnt anew."""

from typing import Any

from data.sources import SourceRecord


def facts_of(record: SourceRecord) -> dict[str, Any]:
    """Return the values of `solar.forecasting.Site` by name."""
    is_placed = record.latitude is not None and record.longitude is not None
    return {
        "time_zone": record.time_zone,
        "latitude": record.latitude if is_placed else None,
        "longitude": record.longitude if is_placed else None,
        "capacity_watts": record.installed_capacity_watts or None,
        "tilt_degrees": record.tilt_degrees, "azimuth_degrees": record.azimuth_degrees,
        "battery_capacity_kwh": record.battery_capacity_kwh if record.has_battery is not False else None,
        "export_limit_watts": record.export_limit_watts, "country": None,
    }

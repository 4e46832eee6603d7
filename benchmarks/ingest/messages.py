"""The 25-field message that the measurements send."""

import json
from datetime import UTC, datetime

FIELDS = {
    "stateOfCharge": 66.5, "stateOfHealth": 98.0, "batteryVoltage": 52.1, "batteryCurrent": 12.3,
    "batteryTemperature": 24.1, "batteryCapacity": 200.0, "remainingCapacity": 133.0, "batteryPower": 640.8,
    "solarVoltage": 380.2, "solarCurrent": 11.1, "solarPower": 4220.2, "outputVoltage": 230.1, "outputCurrent": 3.9,
    "outputFrequency": 50.01, "loadPower": 897.4, "loadPercentage": 11.2, "apparentPower": 930.0, "gridVoltage": 231.0,
    "gridCurrent": 11.6, "gridFrequency": 50.0, "gridPower": -2682.0, "totalEnergyProduced": 12345.6,
    "dailyEnergyProduced": 14.2, "totalEnergyConsumed": 9876.5, "dailyEnergyConsumed": 8.1,
}
_REST = (json.dumps(FIELDS)[1:]).encode()


def body(milliseconds: int) -> bytes:
    """Return a message measured so many milliseconds after 1970."""
    return b'{"timestamp": %d, %s' % (milliseconds, _REST)


def milliseconds_now() -> int:
    """Return the milliseconds since 1970."""
    return int(datetime.now(UTC).timestamp() * 1000)

"""The forecast on measured sites, a few origins each; skipped where the measured data are absent."""

import pytest

from benchmarks.forecast.__main__ import SITES, figures, origins, run
from benchmarks.forecast.measured import read

pytestmark = pytest.mark.skipif(not SITES.is_dir(), reason="measured sites (../shared/data/sites) are absent")


def measure(name: str, count: int, weather: bool) -> dict[str, float]:
    measured = read(SITES / name)
    starts = origins(measured, None, None)
    starts = starts[len(starts) // 2 :][:count]
    return figures(run(measured, measured.weather if weather else None, starts), measured.capacity_watts, weather)


def test_measured_weather_beats_the_plain_regression() -> None:
    named = measure("golden_pvdaq50", 14, weather=True)
    assert max(named[f"solar_k{ahead}_ratio_to_ghi_line"] for ahead in range(1, 9)) < 0.8


def test_state_of_charge_beats_the_better_baseline() -> None:
    named = measure("villena_home", 14, weather=False)
    assert named["state_of_charge_k1_ratio_to_better_baseline"] < 1.0
    assert named["solar_k1_ratio_to_better_baseline"] < 1.0
    assert 60 < named["solar_k1_band_coverage_percent"] < 97

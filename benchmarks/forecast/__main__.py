"""How good the forecast is on measured data: `python -m benchmarks.forecast [SITE_DIR]`, or every site there is.

Rolling origins at local midnight; at each one nothing later is known, except the weather with `--weather measured`,
which makes it a test of the model, not a forecast.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecast.measured import Array, Measured, daylight, midnights, plain_regression, read
from solar.forecasting import Baselines, Forecast, Model, Refusal, predict, train

SITES = Path(__file__).parents[3] / "shared" / "data" / "sites"
QUICK_ORIGINS = 20
RETRAIN_DAYS = 7
WIDTHS, DIGITS = (9, 7, 9, 8, 6, 6, 6), (1, 1, 1, 1, 3, 3, 1)
COLUMNS = ("solarPower", "loadPower", "stateOfCharge")


@dataclass
class Cells:
    """What was said and what came, one entry per interval, for one column and one day ahead."""

    parts: list[dict[str, Array]] = field(default_factory=list)

    def joined(self) -> dict[str, Array]:
        """All origins together, only intervals in which everything is known."""
        whole = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        wanted = ("truth", "p50", "last", "week")
        known = np.logical_and.reduce([np.isfinite(whole[name]) for name in wanted])
        return {name: values[known] for name, values in whole.items()}


def origins(measured: Measured, start: str | None, count: int | None) -> pd.DatetimeIndex:
    """Local midnights from `start` (else over the last 30 % of the data), thinned to `count` evenly spread ones."""
    every = midnights(measured)[1:]
    if start is not None:
        chosen = every[every >= pd.Timestamp(start, tz=measured.site.zone).tz_convert("UTC")]
    else:
        chosen = every[int(len(every) * 0.7) :]
    if count is not None and count < len(chosen):
        chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, count).round().astype(int))]
    return chosen


def run(measured: Measured, weather: pd.DataFrame | None, starts: pd.DatetimeIndex) -> dict[tuple[str, int], Cells]:
    """All forecasts of all origins beside the truth and the baselines."""
    columns = [name for name in COLUMNS if name in measured.telemetry]
    baselines = {
        name: Baselines.of(measured.telemetry[name], measured.site, measured.minutes, sun=name == "solarPower")
        for name in columns
    }
    light, found = daylight(measured), {(name, ahead): Cells() for name in columns for ahead in range(1, 9)}
    model: Model | None = None
    trained, line = starts[0], np.zeros(0)
    for number, now in enumerate(starts):
        known = measured.telemetry[measured.telemetry.index < now]
        if model is None or now - trained >= pd.Timedelta(days=RETRAIN_DAYS):
            past = weather[weather.index < now] if weather is not None else None
            try:
                model, trained = train(known, measured.site, past, now), now
            except Refusal as refusal:
                print(f"{now:%Y-%m-%d} refused: {refusal}")
                continue
            line = plain_regression(measured, now)
        _progress(number, len(starts), now)
        forecast = predict(model, known, weather, now)
        _collect(measured, forecast, now, baselines, light, line, found)
    return {key: cells for key, cells in found.items() if cells.parts}


def _progress(number: int, total: int, now: pd.Timestamp) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{number + 1}/{total} {now:%Y-%m-%d}")


def _collect(
    measured: Measured, forecast: Forecast, now: pd.Timestamp, baselines: dict[str, Baselines],
    light: "np.typing.NDArray[np.bool_]", line: Array, found: dict[tuple[str, int], Cells],
) -> None:
    """Adds one origin's eight days to `found`."""
    index = measured.telemetry.index
    said = forecast.frame.resample(f"{measured.minutes}min").mean()
    local = now.tz_convert(measured.site.zone)
    for ahead in range(1, 9):
        start, end = (local + pd.DateOffset(days=ahead - 1)), (local + pd.DateOffset(days=ahead))
        cells = slice(int(index.searchsorted(start.tz_convert("UTC"))), int(index.searchsorted(end.tz_convert("UTC"))))
        if cells.start >= cells.stop:
            continue
        for name, base in baselines.items():
            if f"{name}_p50" not in said:
                continue
            last, week = base.at(local.tz_localize(None), index[cells])
            quantiles = {q: said[f"{name}_{q}"].reindex(index[cells]).to_numpy() for q in ("p10", "p50", "p90")}
            found[name, ahead].parts.append({
                "truth": measured.telemetry[name].to_numpy()[cells], "last": last, "week": week, **quantiles,
                "light": light[cells].astype(float), "line": line[cells],
            })


def figures(found: dict[tuple[str, int], Cells], capacity: float, weather: bool) -> dict[str, float]:
    """Named figures: MAE as per cent of capacity, ratios to the better baseline and the plain regression, coverage."""
    named: dict[str, float] = {}
    for (name, ahead), cells in found.items():
        whole = cells.joined()
        if len(whole["truth"]) == 0:
            continue
        if name == "solarPower":
            _solar_figures(named, whole, ahead, capacity, weather)
        else:
            _other_figures(named, whole, ahead, name)
    return {key: round(value, 4) for key, value in named.items()}


def _solar_figures(
    named: dict[str, float], whole: dict[str, Array], ahead: int, capacity: float, weather: bool
) -> None:
    day = whole["light"] > 0

    def mae(column: str, chosen: "np.typing.NDArray[np.bool_]") -> float:
        return float(np.mean(np.abs(whole[column] - whole["truth"])[chosen])) / capacity * 100

    key = f"solar_k{ahead}"
    better = min(mae("last", day), mae("week", day))
    named[f"{key}_mae_daylight_percent_of_capacity"] = mae("p50", day)
    named[f"{key}_mae_all_hours_percent_of_capacity"] = mae("p50", np.ones(len(day), bool))
    named[f"{key}_last_known_day_mae_daylight_percent_of_capacity"] = mae("last", day)
    named[f"{key}_week_mean_mae_daylight_percent_of_capacity"] = mae("week", day)
    named[f"{key}_ratio_to_better_baseline"] = mae("p50", day) / better
    known = day & np.isfinite(whole["line"])
    if weather and known.any():
        named[f"{key}_ghi_line_mae_daylight_percent_of_capacity"] = mae("line", known)
        named[f"{key}_ratio_to_ghi_line"] = mae("p50", known) / mae("line", known)
    named[f"{key}_band_coverage_percent"] = _coverage(whole, day)


def _coverage(whole: dict[str, Array], chosen: "np.typing.NDArray[np.bool_]") -> float:
    """Share of intervals inside p10..p90, a thousandth of slack for rounding."""
    slack = 1e-3 * max(float(np.max(whole["truth"])), 1e-9)
    inside = (whole["truth"] >= whole["p10"] - slack) & (whole["truth"] <= whole["p90"] + slack)
    return float(np.mean(inside[chosen])) * 100


def _other_figures(named: dict[str, float], whole: dict[str, Array], ahead: int, name: str) -> None:
    squared = name == "loadPower"
    key = f"load_k{ahead}_rmse_watts" if squared else f"state_of_charge_k{ahead}_mae_points"

    def size(column: str) -> float:
        error = whole[column] - whole["truth"]
        return float(np.sqrt(np.mean(error**2)) if squared else np.mean(np.abs(error)))

    short = key.rsplit("_", 2)[0]
    named[key] = size("p50")
    named[f"{key}_last_known_day"] = size("last")
    named[f"{key}_week_mean"] = size("week")
    named[f"{short}_ratio_to_week_mean"] = size("p50") / size("week")
    named[f"{short}_ratio_to_better_baseline"] = size("p50") / min(size("last"), size("week"))
    named[f"{short}_band_coverage_percent"] = _coverage(whole, np.ones(len(whole["truth"]), bool))


def table(named: dict[str, float]) -> str:
    """The figures as a table, one row per quantity and day ahead."""
    heads = ("forecast", "(all)", "last day", "7-day", "ratio", "/GHI", "band")
    rows = [f"{'':<8}{'k':>2} " + " ".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))]
    for ahead in range(1, 9):
        key = f"solar_k{ahead}"
        rows += _row("solar %", ahead, named, [
            f"{key}_mae_daylight_percent_of_capacity", f"{key}_mae_all_hours_percent_of_capacity",
            f"{key}_last_known_day_mae_daylight_percent_of_capacity",
            f"{key}_week_mean_mae_daylight_percent_of_capacity",
            f"{key}_ratio_to_better_baseline", f"{key}_ratio_to_ghi_line", f"{key}_band_coverage_percent",
        ])
    for label, short, unit in (("load W", "load", "rmse_watts"), ("SoC pts", "state_of_charge", "mae_points")):
        for ahead in range(1, 9):
            key = f"{short}_k{ahead}_{unit}"
            rows += _row(label, ahead, named, [
                key, "", f"{key}_last_known_day", f"{key}_week_mean", f"{short}_k{ahead}_ratio_to_better_baseline", "",
                f"{short}_k{ahead}_band_coverage_percent",
            ])
    return "\n".join(rows)


def _row(label: str, ahead: int, named: dict[str, float], keys: list[str]) -> list[str]:
    if keys[0] not in named:
        return []
    cells = [
        f"{named[key]:>{width}.{digit}f}" if key in named else " " * width
        for key, width, digit in zip(keys, WIDTHS, DIGITS, strict=True)
    ]
    return [f"{label:<8}{ahead:>2} " + " ".join(cells)]


def report(folder: Path, options: argparse.Namespace) -> int:
    """Measures one folder and prints it; returns the exit status."""
    measured = read(folder)
    wanted = options.weather or ("measured" if measured.weather is not None else "none")
    if wanted == "measured" and measured.weather is None:
        print(f"{measured.name}: has no weather.csv.gz; use --weather none")
        return 2
    weather = measured.weather if wanted == "measured" else None
    starts = origins(measured, options.start, options.origins)
    if len(starts) == 0:
        print(f"{measured.name}: no local midnight from {options.start} on")
        return 2
    about = "no weather"
    if weather is not None:
        about = "measured weather of the days to come: a test of the model, not a forecast"
    kind = "kWp" if measured.capacity_known else "largest value in the file"
    print(f"{measured.name}: {len(starts)} origins {starts[0]:%Y-%m-%d} .. {starts[-1]:%Y-%m-%d}; {about}")
    print(f"capacity {measured.capacity_watts:.0f} W ({kind}); retrained every {RETRAIN_DAYS} days; MAE in daylight")
    named = figures(run(measured, weather, starts), measured.capacity_watts, weather is not None)
    print(table(named), flush=True)
    if options.json:
        print(json.dumps({"site": measured.name, "weather": wanted, "origins_count": len(starts), **named}))
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = f"without it every one of ../shared/data/sites with {QUICK_ORIGINS} origins"
    parser.add_argument("site_dir", type=Path, nargs="?", help=every)
    parser.add_argument("--weather", choices=("measured", "none"), default=None)
    parser.add_argument("--from", dest="start", metavar="DATE", help="first origin; else the last 30 %% of the data")
    parser.add_argument("--origins", type=int, metavar="N", help="so many origins, evenly spread; else every midnight")
    parser.add_argument("--json", action="store_true", help="last line: all figures as one JSON object")
    options = parser.parse_args(arguments)
    if options.site_dir is not None:
        return report(options.site_dir, options)
    folders = sorted(path.parent for path in SITES.glob("*/site.json"))
    if not folders:
        print("No measured data here (../shared/data/sites); name a folder to measure on it.")
        return 0
    options.origins = options.origins or QUICK_ORIGINS
    return max(report(folder, options) for folder in folders)


if __name__ == "__main__":
    sys.exit(main())

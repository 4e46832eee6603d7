"""P22 PVOutput uploads (`addstatus`, `addbatchstatus`): forms with the site's date and time, Wh of the day beside W."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from solar.normalise.profiles.base import Context, Item, Key, Profile

_NAMES = ("d", "t", "v1", "v2", "v3", "v4")
_MOST_ROWS = 5000


def _unfold(value: Any, context: Context) -> Iterable[Item]:
    """One item a row; `c1` says which counters are lifetime ones, `n` that powers are those of the grid connection."""
    if not isinstance(value, dict):
        return
    for row in _rows(value):
        yield Item(_named(row, str(value.get("c1", "")), str(value.get("n", "")) == "1"), _time(row), True, row)


def _rows(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    batch = value.get("data")
    if not isinstance(batch, str):
        yield value
        return
    for text in batch.split(";")[:_MOST_ROWS]:
        if text.strip():
            yield dict(zip(_NAMES, (part.strip() for part in text.split(",")), strict=False))


def _named(row: dict[str, Any], cumulative: str, is_net: bool) -> dict[str, Any]:
    if is_net:
        rest = {name: row[name] for name in row if name not in ("v1", "v2", "v3", "v4")}
        return {**rest, "export_w": row.get("v2"), "import_w": row.get("v4")}
    renamed = dict(row)
    if cumulative in ("1", "2") and "v1" in renamed:
        renamed["lifetime_v1"] = renamed.pop("v1")
    if cumulative in ("1", "3") and "v3" in renamed:
        renamed["lifetime_v3"] = renamed.pop("v3")
    return renamed


def _time(row: dict[str, Any]) -> str | None:
    """`yyyymmdd` and `hh:mm` as one ISO time without zone."""
    date, clock = str(row.get("d", "")), str(row.get("t", ""))
    if re.fullmatch(r"[0-9]{8}", date):
        date = f"{date[:4]}-{date[4:6]}-{date[6:]}"
    return f"{date}T{clock.zfill(5) if ':' in clock else clock}" if clock else date or None


PROFILES = [
    Profile(
        name="pvoutput",
        marks=(*(("form/d", "form/t", f"form/v{number}") for number in range(1, 13)), ("form/data=rows",)),
        reshape=_unfold,
        keys={
            "v1": Key("dailyEnergyProduced", unit="Wh"),
            "v2": "solarPower",
            "v3": Key("dailyEnergyConsumed", unit="Wh"),
            "v4": "loadPower",
            "lifetime_v1": Key("totalEnergyProduced", unit="Wh"),
            "lifetime_v3": Key("totalEnergyConsumed", unit="Wh"),
            "export_w": Key("gridPower", channel="-"),
            "import_w": Key("gridPower", channel="+"),
            "d": None,
            "t": None,
            "c1": None,
            "n": None,
        },
    )
]

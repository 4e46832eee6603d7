"""The live flow: what the newest reading says about it, as a sentence and as the few things a refresh changes."""

from dataclasses import dataclass
from datetime import datetime

from components.freshness import Freshness
from components.parts import Parts
from components.quantities import clock, percent, power
from solar.battery import Limit

# Below this a line is thin, dotted and without an arrow.
STILL_WATTS = 20.0
_THINNEST, _WIDEST = 4.0, 16.0
_SLOWEST_SECONDS, _FASTEST_SECONDS = 2.4, 0.8


@dataclass(frozen=True, slots=True)
class Flow:
    """The newest powers of a source in W (None = not reported), its charge in percent and what surrounds them."""

    solar: float | None = None
    load: float | None = None
    battery: float | None = None
    grid: float | None = None
    charge: float | None = None
    limit: Limit | None = None
    capacity_watts: float | None = None
    has_battery: bool = True
    time_zone: str = "UTC"
    measured_at: datetime | None = None


def _positive(watts: float | None) -> float:
    return watts if watts is not None and watts >= STILL_WATTS else 0.0


def _negative(watts: float | None) -> float:
    return -watts if watts is not None and watts <= -STILL_WATTS else 0.0


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(flow: Flow) -> str:
    """Say in one sentence where the power goes; empty where too little is known."""
    if flow.load is None and flow.grid is None:
        return "" if flow.solar is None else _solar_alone(flow.solar)
    given = (("solar", _positive(flow.solar)), ("battery", _negative(flow.battery)), ("grid", _positive(flow.grid)))
    givers = [name for name, watts in given if watts]
    if not givers:
        return "Nothing flows"
    plural = len(givers) > 1
    deeds = []
    if flow.load is None or flow.load >= STILL_WATTS:
        deeds.append("run the house" if plural else "runs the house")
    if _positive(flow.battery):
        deeds.append("charge the battery" if plural else "charges the battery")
    if _negative(flow.grid):
        deeds.append(f"{'export' if plural else 'exports'} {'the rest' if deeds else 'everything'}")
    if not deeds:
        return ""
    names = _listed(givers)
    names = f"The {names}" if givers[0] != "solar" else names
    return f"{names[0].upper()}{names[1:]} {_listed(deeds)}"


def _solar_alone(watts: float) -> str:
    return f"Solar produces {power(watts)}" if watts >= STILL_WATTS else "Solar rests"


def grid_word(watts: float | None) -> str:
    """Say which way the grid power goes."""
    return "importing" if _positive(watts) else "exporting" if _negative(watts) else "" if watts is None else "idle"


def battery_word(watts: float | None) -> str:
    """Say which way the battery power goes."""
    return "charging" if _positive(watts) else "discharging" if _negative(watts) else "" if watts is None else "idle"


def spoken(flow: Flow, state: Freshness) -> str:
    """Return the whole diagram as text for screen readers."""
    if state == "empty":
        return "Live flow: no readings yet"
    values = [f"solar {_spoken_power(flow.solar)}", f"house {_spoken_power(flow.load)}"]
    if flow.has_battery:
        charge = "" if flow.charge is None else f" at {percent(flow.charge / 100)}"
        values.append(f"battery {_spoken_power(flow.battery)} {battery_word(flow.battery)}{charge}".rstrip())
    values.append(f"grid {_spoken_power(flow.grid)} {grid_word(flow.grid)}".rstrip())
    when = "" if flow.measured_at is None else f" at {clock(flow.measured_at, flow.time_zone)}"
    opening = "Live flow" if state == "live" else f"Last known flow{when}"
    words = sentence(flow) if state == "live" else ""
    return f"{opening}: {', '.join(values)}.{' ' + words + '.' if words else ''}"


def _spoken_power(watts: float | None) -> str:
    return "not reported" if watts is None else str(power(abs(watts)))


def flow_parts(flow: Flow, state: Freshness) -> Parts:
    """Return what a refresh changes in the diagram for a reading in a state of freshness."""
    parts = Parts()
    grey = "" if state == "live" else "grey"
    for name, watts in (("solar", flow.solar), ("house", flow.load), ("grid", flow.grid), ("battery", flow.battery)):
        written = power(None if watts is None else abs(watts))
        parts.text(f"{name}-value", written.value)
        parts.text(f"{name}-unit", written.unit)
        parts.mark(f"flow-{name}", grey or ("unknown" if watts is None else _meaning(name, watts)))
    _lines(parts, flow, state)
    _rings(parts, flow, grey)
    _notes(parts, flow, state)
    hidden = "" if flow.has_battery else "gone"
    for name in ("flow-battery", "line-battery", "charge"):
        parts.mark(name, parts.classes.get(name, ""), hidden)
    parts.mark("flow-battery-text", hidden)
    parts.mark("flow-body", "" if flow.has_battery else "alone")
    return parts


def _meaning(name: str, watts: float | None) -> str:
    if name != "grid":
        return ""
    return {"importing": "import", "exporting": "export"}.get(grid_word(watts), "")


def _lines(parts: Parts, flow: Flow, state: Freshness) -> None:
    known = [abs(watts) for watts in (flow.solar, flow.battery, flow.grid) if watts is not None]
    greatest = max([flow.capacity_watts or 0.0, *known, 1.0])
    # On the drawing solar points to the house, the house to the grid and the house to the battery.
    outwards = None if flow.grid is None else -flow.grid
    for name, watts in (("solar", flow.solar), ("grid", outwards), ("battery", flow.battery)):
        share = 0.0 if watts is None else abs(watts) / greatest
        moves = state == "live" and watts is not None and abs(watts) >= STILL_WATTS
        back = "back" if watts is not None and watts < 0 else ""
        parts.mark(f"line-{name}", "flowing" if moves else "still", back, _meaning(name, flow.grid))
        width = _THINNEST + (_WIDEST - _THINNEST) * share
        parts.variable(f"line-{name}", "track", width)
        parts.variable(f"line-{name}", "dash", width * 0.42)
        parts.variable(f"line-{name}", "seconds", _SLOWEST_SECONDS - (_SLOWEST_SECONDS - _FASTEST_SECONDS) * share)


def supply_shares(flow: Flow) -> dict[str, float]:
    """Return the shares of solar, battery and import in what flows into the house, 0..1; all 0 where nothing flows."""
    given = {"solar": _positive(flow.solar), "battery": _negative(flow.battery), "import": _positive(flow.grid)}
    total = sum(given.values())
    return {name: watts / total if total else 0.0 for name, watts in given.items()}


def _rings(parts: Parts, flow: Flow, grey: str) -> None:
    start = 0.0
    for name, share in supply_shares(flow).items():
        parts.variable(f"supply-{name}", "share", share * 100)
        parts.variable(f"supply-{name}", "start", start)
        start += share * 100
    parts.mark("supply", grey and "gone")
    parts.variable("charge", "share", flow.charge or 0.0)
    parts.mark("charge", "gone" if grey or flow.charge is None else "")


def _notes(parts: Parts, flow: Flow, state: Freshness) -> None:
    live = state == "live"
    used = None if flow.solar is None or not flow.capacity_watts else flow.solar / flow.capacity_watts
    peak = f"{(flow.capacity_watts or 0) / 1000:.3g} kWp"
    parts.text("solar-note", f"{percent(used)} of {peak}" if live and used is not None else "")
    parts.text("grid-note", grid_word(flow.grid) if live else "")
    parts.mark("grid-note", "strong" if live else "", _meaning("grid", flow.grid))
    charge = None if flow.charge is None else str(percent(flow.charge / 100))
    words = [each for each in (charge, battery_word(flow.battery)) if each]
    parts.text("battery-state", " · ".join(words) if live else _last_charge(flow, charge))
    parts.mark("battery-state", "strong battery" if live else "")
    parts.text("battery-note", limit_words(flow.limit, flow.time_zone) if live else "")
    first, second = _house_note(flow) if live else ("", "")
    parts.text("house-note-1", first)
    parts.text("house-note-2", second)


def _last_charge(flow: Flow, charge: str | None) -> str:
    if charge is None or flow.measured_at is None:
        return ""
    return f"{charge} at {clock(flow.measured_at, flow.time_zone)}"


def limit_words(limit: Limit | None, time_zone: str) -> str:
    """Say when the battery will be full or empty; empty where that is not known."""
    return "" if limit is None else f"{limit.which} at about {clock(limit.at, time_zone)}"


def _house_note(flow: Flow) -> tuple[str, str]:
    if flow.load is None or flow.solar is None:
        return "", ""
    names = {"solar": "solar", "battery": "the battery", "import": "the grid"}
    shares = supply_shares(flow)
    name = max(shares, key=shares.__getitem__)
    if not shares[name]:
        return "", ""
    amount = "All" if shares[name] >= 0.995 else str(percent(shares[name])) + " of"
    return f"{amount} house power", f"comes from {names[name]}"

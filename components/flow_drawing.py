"""The live flow diagram as it is drawn once: the house as hub of solar, grid and battery, and nothing measured yet."""

from dataclasses import dataclass
from typing import Literal

from components import icons

Layout = Literal["wide", "phone"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node lies, on the diagram's own grid."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """The geometry of one layout."""

    width: int
    height: int
    solar: _Place
    house: _Place
    grid: _Place
    battery: _Place


_PLANS: dict[Layout, _Plan] = {
    "wide": _Plan(546, 306, _Place(76, 84, 45), _Place(273, 84, 53), _Place(470, 84, 45), _Place(273, 242, 45)),
    "phone": _Plan(338, 270, _Place(44, 76, 36), _Place(169, 76, 43), _Place(294, 76, 36), _Place(169, 222, 36)),
}
_ICONS = {"solar": "sun", "house": "house", "grid": "pylon", "battery": "battery"}
_GAP = 6


def drawing(layout: Layout) -> str:
    """Return the diagram as SVG markup; every value is a dash and every line is still."""
    plan = _PLANS[layout]
    battery_x, battery_y = plan.battery.x + plan.battery.radius + 18, plan.battery.y - 18
    pieces = [
        _line("solar", plan.solar, plan.house),
        _line("grid", plan.house, plan.grid),
        _line("battery", plan.house, plan.battery),
        *(_node(name, getattr(plan, name)) for name in ("solar", "house", "grid", "battery")),
        _supply_ring(plan.house),
        _charge_ring(plan.battery),
        _label("Solar", plan.solar), _label("House", plan.house), _label("Grid", plan.grid),
        _note("solar-note", plan.solar.x, plan.solar.y + plan.solar.radius + 19),
        _note("grid-note", plan.grid.x, plan.grid.y + plan.grid.radius + 19),
        f'<g class="flow-battery-text" data-part="flow-battery-text"><text class="flow-label start" x="{battery_x}" '
        f'y="{battery_y}">Battery</text>{_note("battery-state", battery_x, battery_y + 19, "start")}'
        f'{_note("battery-note", battery_x, battery_y + 37, "start")}</g>',
    ]
    if layout == "wide":
        left = plan.battery.x - plan.battery.radius - 16
        pieces.append(_note("house-note-1", left, plan.battery.y - 6, "end"))
        pieces.append(_note("house-note-2", left, plan.battery.y + 11, "end"))
    return (
        f'<svg class="flow-{layout}" viewBox="0 0 {plan.width} {plan.height}" aria-hidden="true" focusable="false">'
        f'{"".join(pieces)}</svg>'
    )


def _node(name: str, place: _Place) -> str:
    size = 20 if place.radius > 43 else 16
    top = place.y - place.radius * 0.46 - size / 2
    number, unit = place.y + place.radius * 0.22, place.y + place.radius * 0.55
    icon = (
        f'<svg x="{place.x - size / 2}" y="{top:g}" width="{size}" height="{size}" viewBox="0 0 24 24" '
        f'class="flow-icon">{icons.SHAPES[_ICONS[name]]}</svg>'
    )
    return (
        f'<g class="flow-node {name}" data-part="flow-{name}"><circle class="flow-disc" cx="{place.x}" cy="{place.y}" '
        f'r="{place.radius}"/>{icon}'
        f'<text class="flow-number" data-part="{name}-value" x="{place.x}" y="{number:g}">–</text>'
        f'<text class="flow-unit" data-part="{name}-unit" x="{place.x}" y="{unit:g}">kW</text></g>'
    )


def _line(name: str, start: _Place, end: _Place) -> str:
    across = start.y == end.y
    x1, y1 = (start.x + start.radius + _GAP, start.y) if across else (start.x, start.y + start.radius + _GAP)
    x2, y2 = (end.x - end.radius - _GAP, end.y) if across else (end.x, end.y - end.radius - _GAP)
    ends = f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
    turn = "" if across else " rotate(90)"
    arrow = (
        f'<g transform="translate({(x1 + x2) / 2:g} {(y1 + y2) / 2:g}){turn}"><g class="flow-arrow">'
        f'<circle r="9.5"/><path d="m-2-4.2 4.2 4.2-4.2 4.2"/></g></g>'
    )
    return (
        f'<g class="flow-line {name}" data-part="line-{name}"><line class="flow-track" {ends}/>'
        f'<line class="flow-dashes" {ends}/>{arrow}</g>'
    )


def _supply_ring(place: _Place) -> str:
    turn = f'transform="rotate(-90 {place.x} {place.y})"'
    rings = "".join(
        f'<circle class="flow-share {name}" data-part="supply-{name}" cx="{place.x}" cy="{place.y}" r="{place.radius}" '
        f'pathLength="100" {turn}/>'
        for name in ("solar", "battery", "import")
    )
    return f'<g class="flow-ring" data-part="supply">{rings}</g>'


def _charge_ring(place: _Place) -> str:
    return (
        f'<circle class="flow-charge" data-part="charge" cx="{place.x}" cy="{place.y}" r="{place.radius}" '
        f'pathLength="100" transform="rotate(-90 {place.x} {place.y})"/>'
    )


def _label(words: str, place: _Place) -> str:
    return f'<text class="flow-label" x="{place.x}" y="{place.y - place.radius - 14}">{words}</text>'


def _note(name: str, x: float, y: float, anchor: str = "") -> str:
    return f'<text class="flow-note {anchor}" data-part="{name}" x="{x}" y="{y}"></text>'

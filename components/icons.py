"""Line icons of 24 px, inlined: nothing is fetched and no icon font is needed."""

from typing import Any
from urllib.parse import quote

from dash import html

# Inner markup of each icon on a 24 x 24 grid; stroke 1.7, round caps (set where they are drawn).
SHAPES: dict[str, str] = {
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.8v1.9M12 19.3v1.9M2.8 12h1.9M19.3 12h1.9M5.5 5.5l1.3 1.3'
    'M17.2 17.2l1.3 1.3M5.5 18.5l1.3-1.3M17.2 6.8l1.3-1.3"/>',
    "house": '<path d="M3.5 11.6 12 4l8.5 7.6"/><path d="M5.7 9.8V20h12.6V9.8"/><path d="M10 20v-5h4v5"/>',
    "battery": '<rect x="6.5" y="5" width="11" height="16.2" rx="2"/><path d="M9.8 5V2.8h4.4V5"/>'
    '<path d="m12.8 9.2-2.6 3.9h3.6l-2.6 3.9"/>',
    "pylon": '<path d="M8.4 21.2 10.6 3h2.8l2.2 18.2"/><path d="M4 8.2h16M5.6 12.4h12.8M4 8.2v2.1M20 8.2v2.1"/>'
    '<path d="M9.6 12.4 15 20.6M14.4 12.4 9 20.6"/>',
    "bolt": '<path d="M13.2 2.8 4.6 13.6h6.3l-1 7.6 8.6-10.8h-6.3z"/>',
    "leaf": '<path d="M4.4 20.4C4 10.2 9.6 4.2 20.4 4c.3 10.4-4.8 15.4-13.4 14.4"/>'
    '<path d="M4.4 20.4c1.6-4.6 4.8-7.8 9.6-9.8"/>',
    "grid": '<rect x="3.5" y="3.5" width="7" height="7" rx="1.5"/><rect x="13.5" y="3.5" width="7" height="7" '
    'rx="1.5"/><rect x="3.5" y="13.5" width="7" height="7" rx="1.5"/>'
    '<rect x="13.5" y="13.5" width="7" height="7" rx="1.5"/>',
    "gauge": '<path d="M5.2 18.6a9 9 0 1 1 13.6 0z"/><path d="m12 13.6 3.6-4.6"/>'
    '<circle cx="12" cy="13.8" r="1.1"/>',
    "trend": '<path d="m3 16.8 5.7-5.8 4 4L20.6 7"/><path d="M15.4 6.8h5.4v5.4"/>',
    "plug": '<path d="M9 2.8v5M15 2.8v5M6.2 7.8h11.6v3.6a5.8 5.8 0 0 1-11.6 0zM12 17.2v4"/>',
    "moon": '<path d="M20.2 14.4A8.4 8.4 0 0 1 9.6 3.8a8.4 8.4 0 1 0 10.6 10.6z"/>',
    "bell": '<path d="M6 9.6a6 6 0 0 1 12 0c0 6 2.4 7.2 2.4 7.2H3.6S6 15.6 6 9.6z"/>'
    '<path d="M10 20.2a2.2 2.2 0 0 0 4 0"/>',
    "left": '<path d="m14.8 5.6-6.4 6.4 6.4 6.4"/>',
    "right": '<path d="m9.2 5.6 6.4 6.4-6.4 6.4"/>',
    "more": '<circle cx="5" cy="12" r="1.2"/><circle cx="12" cy="12" r="1.2"/><circle cx="19" cy="12" r="1.2"/>',
    "down": '<path d="m5.6 9.2 6.4 6.4 6.4-6.4"/>',
    "arrow-down": '<path d="M12 4.2v15.4M5.8 13.6 12 19.8l6.2-6.2"/>',
    "arrow-up": '<path d="M12 19.8V4.4M5.8 10.4 12 4.2l6.2 6.2"/>',
    "clock": '<circle cx="12" cy="12" r="8.6"/><path d="M12 7v5.2l3.4 2"/>',
    "offline": '<path d="m3 3 18 18M8.4 15.6a5.2 5.2 0 0 1 5-1.3M5.2 12.3a9.8 9.8 0 0 1 4.2-2.5M2.2 9a14.4 14.4 0 0 1 '
    '4.6-3M11.2 4.9A14.3 14.3 0 0 1 21.8 9M14.2 9.5a9.8 9.8 0 0 1 4.6 2.8"/><circle cx="12" cy="18.8" r=".7"/>',
    "check": '<path d="m4.8 12.6 4.8 4.8L19.4 7"/>',
    "alert": '<path d="M12 3.8 2.6 20.2h18.8z"/><path d="M12 10v4.6M12 17.3v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.6"/><path d="M12 11.2v5M12 7.6v.1"/>',
    "coins": '<ellipse cx="9.5" cy="6.6" rx="6" ry="2.8"/><path d="M3.5 6.6v4.8c0 1.5 2.7 2.8 6 2.8"/>'
    '<path d="M3.5 11.4v4.8c0 1.3 2 2.4 4.7 2.7M15.5 6.6v2.6"/><ellipse cx="15.2" cy="13" rx="5.4" ry="2.6"/>'
    '<path d="M9.8 13v5.4c0 1.4 2.4 2.6 5.4 2.6s5.4-1.2 5.4-2.6V13"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "pencil": '<path d="m4.4 19.6 1-4.4L16.6 4a1.9 1.9 0 0 1 2.7 0l.7.7a1.9 1.9 0 0 1 0 2.7L8.8 18.6z"/>',
    "download": '<path d="M12 3.8v11.4M6.8 10.4 12 15.6l5.2-5.2M4 20.2h16"/>',
    "bin": '<path d="M4.4 6.6h15.2M9.4 6.4V3.8h5.2v2.6M6.4 6.8l.9 13.4h9.4l.9-13.4M10.4 10.8v5.6M13.6 10.8v5.6"/>',
    "upload": '<path d="M12 15.6V4.2M6.8 9.2 12 4l5.2 5.2M4 20.2h16"/>',
    "calendar": '<rect x="3.6" y="5" width="16.8" height="15.6" rx="2"/><path d="M3.6 10h16.8M8.2 2.8v4M15.8 2.8v4"/>',
    "sign-out": '<path d="M14.6 7.4V4H4v16h10.6v-3.4M9.4 12h11.4M17 8.2 20.8 12 17 15.8"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-5h-12v12h5"/>',
    "table": '<rect x="3.5" y="4.5" width="17" height="15" rx="1.8"/><path d="M3.5 9.5h17M3.5 14.5h17M9.5 9.5v10"/>',
    "expand": '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
    "weather": '<path d="M6.4 9.9A3.6 3.6 0 0 1 12.2 6M8.6 2.6v1.2M3 8.6h1.2M4.6 4.6l.9.9M13.4 3.7l-.8 1"/>'
    '<path d="M8.9 19.4a3.7 3.7 0 0 1-.2-7.4 5.2 5.2 0 0 1 10 1.2 3.1 3.1 0 0 1 .1 6.2z"/>',
    "refresh": '<path d="M19.6 5v4.6H15M4.4 19v-4.6H9"/>'
    '<path d="M5.4 9.4a7 7 0 0 1 12-2.2l2.2 2.4M18.6 14.6a7 7 0 0 1-12 2.2l-2.2-2.4"/>',
    "search": '<circle cx="10.8" cy="10.8" r="6.4"/><path d="m15.6 15.6 5 5"/>',
    "list": '<path d="M8.5 6h12M8.5 12h12M8.5 18h12M4 6h.1M4 12h.1M4 18h.1"/>',
    "printer": '<path d="M7 9V3.8h10V9M7 16.5H4V9.5h16v7h-3"/><rect x="7" y="13.6" width="10" height="6.6"/>',
    "computer": '<rect x="3" y="4.5" width="18" height="12" rx="1.8"/><path d="M8.5 20h7M12 16.5V20"/>',
    "eye": '<path d="M2.4 12S6 5.6 12 5.6 21.6 12 21.6 12 18 18.4 12 18.4 2.4 12 2.4 12z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "lock": '<rect x="5" y="10.4" width="14" height="10" rx="2"/><path d="M8.2 10.4V7.6a3.8 3.8 0 0 1 7.6 0v2.8"/>',
    "send": '<path d="M20.6 3.4 10.4 13.6M20.6 3.4 14 20.8l-3.6-7.2L3.2 10z"/>',
    "power": '<path d="M12 3v8.6M7 6.2a8 8 0 1 0 10 0"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "swap": '<path d="M4 8.4h14.4M14.6 4.6l3.8 3.8-3.8 3.8M20 15.6H5.6M9.4 11.8l-3.8 3.8 3.8 3.8"/>',
    "sliders": '<path d="M4 7h9.6M18.4 7H20M4 17h1.6M10.4 17H20"/><circle cx="16" cy="7" r="2.4"/>'
    '<circle cx="8" cy="17" r="2.4"/>',
    "shield": '<path d="M12 2.8 4.4 5.6v5.8c0 4.8 3.2 8.2 7.6 9.8 4.4-1.6 7.6-5 7.6-9.8V5.6z"/>'
    '<path d="m8.8 11.8 2.4 2.4 4.2-4.4"/>',
    "key": '<circle cx="8" cy="15.5" r="4.3"/><path d="m11.2 12.4 8.6-8.6M16.4 7.2l3 3"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6.2L20.5 7"/>',
    "play": '<path d="M7 4.4v15.2L19.4 12z"/>',
    "group": '<circle cx="9" cy="8" r="3.6"/><path d="M2.6 20c0-4 2.6-6.4 6.4-6.4s6.4 2.4 6.4 6.4M15.6 4.7a3.6 3.6 0 0 '
    '1 0 6.6M17.6 14.2c2.4.8 3.8 2.8 3.8 5.8"/>',
}


# The rising sun, and the horizon under it in ink.
_LOGO_SUN = (
    '<path d="M3.5 17a8.5 8.5 0 0 1 17 0" fill="none" stroke="#000" stroke-width="2.6" stroke-linecap="round"/>'
    '<path d="M7.7 17a4.3 4.3 0 0 1 8.6 0z" fill="#000"/>'
)
_LOGO_GROUND = '<path d="M2 20.7h20" fill="none" stroke="#000" stroke-width="2" stroke-linecap="round"/>'


def svg(name: str, size: int = 20) -> str:
    """Return an icon as SVG markup drawn in the current colour."""
    return _framed(SHAPES[name], size)


def _framed(shapes: str, size: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" '
        f'stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{shapes}</svg>"
    )


def icon(name: str, size: int = 20, class_name: str = "") -> Any:
    """Return an icon in the colour of the text around it; it is hidden from screen readers."""
    return drawn(SHAPES[name], size, class_name)


def drawn(shapes: str, size: int = 20, class_name: str = "") -> Any:
    """Return the icon of some markup on the grid of SHAPES, as `icon` does."""
    return _masked(_framed(shapes, 24).replace("currentColor", "#000"), size, class_name)


def logo(size: int = 32) -> Any:
    """Return the mark of Ampra; each part follows the scheme."""
    parts = (("logo-sun", _LOGO_SUN), ("logo-ground", _LOGO_GROUND))
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    return html.Span([_masked(f"{opening}{shapes}</svg>", size, name) for name, shapes in parts], className="logo")


def _masked(picture: str, size: int, class_name: str) -> Any:
    # Dash has no SVG components, so a shape is a mask over a colour.
    return html.Span(
        className=f"icon {class_name}".strip(),
        style={"--icon": f'url("data:image/svg+xml,{quote(picture, safe="")}")', "--icon-size": f"{size}px"},
        **{"aria-hidden": "true"},
    )

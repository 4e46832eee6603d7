"""The only place with colours, fonts and margins: both schemes for CSS, Mantine, Plotly and the first paint."""

from typing import Any, Literal

Scheme = Literal["light", "dark"]

FONT = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
FONT_CODE = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace'

# Each energy colour in three strengths: line (3:1 on card), text (4.5:1), fill (areas and bars).
TOKENS: dict[Scheme, dict[str, str]] = {
    "light": {
        "body": "#F6F7F9", "card": "#FFFFFF", "raised": "#F1F3F6",
        "border": "#E1E5EA", "border2": "#CDD4DC",
        "ink": "#1B2430", "dim": "#5A6675", "faint": "#66717F",
        "primary": "#1B2430", "on-primary": "#FFFFFF", "focus": "#1C7ED6", "stale": "#8A95A3",
        "grid-line": "#EDF0F3", "axis-line": "#C3CBD4", "tick": "#5A6675",
        "solar": "#D97E00", "solar-text": "#9A5B00", "solar-fill": "#F59F00",
        "load": "#4C6EF5", "load-text": "#3B5BDB", "load-fill": "#4C6EF5",
        "battery": "#2F9E44", "battery-text": "#237A34", "battery-fill": "#2F9E44",
        "import": "#D6336C", "import-text": "#C2255C", "import-fill": "#D6336C",
        "export": "#0B9A70", "export-text": "#087F5B", "export-fill": "#0B9A70",
        "price": "#7048E8", "price-text": "#6741D9", "price-fill": "#7048E8",
        "fault": "#E03131", "fault-text": "#C92A2A", "fault-tint": "rgba(224, 49, 49, 0.09)",
        "warning": "#D9480F", "warning-text": "#BF3F0A", "warning-tint": "rgba(217, 72, 15, 0.08)",
    },
    "dark": {
        "body": "#0F141B", "card": "#171D27", "raised": "#1F2733",
        "border": "#2A3442", "border2": "#3B4758",
        "ink": "#E8ECF2", "dim": "#9BA8B8", "faint": "#8F9BAB",
        "primary": "#E8ECF2", "on-primary": "#131922", "focus": "#4DABF7", "stale": "#7C8898",
        "grid-line": "#232C38", "axis-line": "#465365", "tick": "#9BA8B8",
        "solar": "#FFB938", "solar-text": "#FFB938", "solar-fill": "#FFB938",
        "load": "#8EA2FF", "load-text": "#9DAEFF", "load-fill": "#8EA2FF",
        "battery": "#4CC76A", "battery-text": "#5CD07A", "battery-fill": "#4CC76A",
        "import": "#FF7FAB", "import-text": "#FF8FB6", "import-fill": "#FF7FAB",
        "export": "#2FD3A5", "export-text": "#3FD9AE", "export-fill": "#2FD3A5",
        "price": "#B59BFF", "price-text": "#BCA5FF", "price-fill": "#B59BFF",
        "fault": "#FF7B7B", "fault-text": "#FF8A8A", "fault-tint": "rgba(255, 123, 123, 0.09)",
        "warning": "#FF9A5C", "warning-text": "#FF9A5C", "warning-tint": "rgba(255, 154, 92, 0.08)",
    },
}
COLORWAY = ("solar", "load", "battery", "import", "export", "price")

# Alpha of what lies under a line.
AREA_ALPHA = 0.22
LOAD_AREA_ALPHA = 0.16
CHARGE_AREA_ALPHA = 0.13
BAND_ALPHA = 0.16

CHART_MARGIN = {"l": 38, "r": 8, "t": 22, "b": 24}
CHART_FONT_SIZE = 12
SMALL_FONT_SIZE = 11
LINE_WIDTH = 1.8

SCHEME_KEY = "mantine-color-scheme-value"


def translucent(colour: str, alpha: float) -> str:
    """Return a `#RRGGBB` colour as `rgba(...)`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def css_variables() -> str:
    """Return the tokens of both schemes as CSS variables, chosen by Mantine's attribute on the root element."""
    blocks = [f":root {{ --font: {FONT}; --font-code: {FONT_CODE}; }}"]
    for scheme, tokens in TOKENS.items():
        lines = " ".join(f"--{name}: {value};" for name, value in tokens.items())
        blocks.append(f'[data-mantine-color-scheme="{scheme}"] {{ color-scheme: {scheme}; {lines} }}')
    return "\n".join(blocks)


# Before the first paint, or the dark scheme would flash white; the same key as Mantine's own.
FIRST_PAINT_SCRIPT = f"""
(function () {{
  var choice = null;
  try {{ choice = localStorage.getItem("{SCHEME_KEY}"); }} catch (error) {{ choice = null; }}
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
}})();
"""

HEAD = f"""<meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="{TOKENS["light"]["card"]}">
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="{TOKENS["dark"]["card"]}">
    <link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
    <script>{FIRST_PAINT_SCRIPT}</script>
    <style>{css_variables()}</style>"""

INDEX = f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    {HEAD}
    <title>{{%title%}}</title>
    {{%css%}}
  </head>
  <body>
    {{%app_entry%}}
    <footer>
      {{%config%}}
      {{%scripts%}}
      {{%renderer%}}
    </footer>
  </body>
</html>"""


def mantine() -> dict[str, Any]:
    """Return the theme override of Mantine; everything else reads the CSS variables."""
    dark = TOKENS["dark"]
    light = TOKENS["light"]
    dark_tuple = [
        dark["ink"], dark["dim"], dark["faint"], dark["stale"], dark["border2"],
        dark["border"], dark["card"], dark["body"], dark["body"], dark["body"],
    ]
    ink = [
        light["raised"], light["border"], dark["ink"], light["stale"], light["faint"],
        light["dim"], "#3A4554", light["ink"], light["ink"], light["ink"],
    ]
    return {
        "fontFamily": FONT,
        "fontFamilyMonospace": FONT_CODE,
        "headings": {"fontFamily": FONT, "fontWeight": "700"},
        "defaultRadius": 8,
        "primaryColor": "ink",
        "primaryShade": {"light": 8, "dark": 2},
        "autoContrast": True,
        "colors": {"dark": dark_tuple, "ink": ink},
    }

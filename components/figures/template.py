"""The two Plotly templates, `ampra-light` and `ampra-dark`, made of the tokens."""

from functools import cache
from typing import Any

import plotly.graph_objects as go

from components import theme
from components.quantities import localised
from components.theme import Scheme


def template(scheme: Scheme) -> go.layout.Template:
    """Return the template of a scheme: transparent, one font, y grid only, unified hover, no legend.

    Plotly writes the numbers of axes and hovers as the current reader does.
    """
    return _template(scheme, f"{localised('.')}\N{NARROW NO-BREAK SPACE}")


@cache
def _template(scheme: Scheme, separators: str) -> go.layout.Template:
    tokens = theme.TOKENS[scheme]
    axis = {
        "showgrid": False, "zeroline": False, "ticks": "", "automargin": False, "linewidth": 1,
        "linecolor": tokens["axis-line"], "tickfont": {"size": theme.SMALL_FONT_SIZE, "color": tokens["tick"]},
    }
    y_axis = {**axis, "showgrid": True, "gridcolor": tokens["grid-line"], "gridwidth": 1, "nticks": 5}
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "separators": separators,
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": theme.FONT, "size": theme.CHART_FONT_SIZE, "color": tokens["ink"]},
            "colorway": [tokens[name] for name in theme.COLORWAY],
            "margin": theme.CHART_MARGIN,
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": tokens["card"], "bordercolor": tokens["border2"],
                "font": {"family": theme.FONT, "size": theme.CHART_FONT_SIZE, "color": tokens["ink"]},
            },
            "xaxis": {**axis, "showspikes": False},
            "yaxis": {**y_axis, "zerolinecolor": tokens["axis-line"], "zerolinewidth": 1},
        }
    )


def title(words: str, y: float, scheme: Scheme) -> dict[str, Any]:
    """Return the horizontal title of a panel whose top is at `y` in paper coordinates."""
    font = {"size": theme.SMALL_FONT_SIZE, "color": theme.TOKENS[scheme]["tick"]}
    return {
        "text": words, "xref": "paper", "yref": "paper", "x": 0, "y": y, "xanchor": "left", "yanchor": "bottom",
        "xshift": -30, "yshift": 5, "showarrow": False, "font": font,
    }

"""What stands on shared pages beside the figures of the owner's pages: cards with a chart, tiles of a group, badges."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dash import html

from components import theme
from components.freshness import Freshness
from components.icons import icon
from components.quantities import Quantity, energy, power

_BADGE_HEIGHT, _LETTER, _PADDING = 20, 6.6, 10


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source of a shared group: where its page is, its state, power now in W and today's kWh (None: not known)."""

    name: str
    key: str
    state: Freshness
    solar_watts: float | None
    today_kwh: float | None


def chart_card(
    title: Any, name: str, height: int, *, subtitle: str = "", aside: Any = None, above: Any = None, below: Any = None
) -> Any:
    """Return a card with the place for the figure of a name."""
    head = [html.H2(title, className="card-title"), html.Span(subtitle, className="card-subtitle wide-only")]
    if aside:
        head.append(html.Div(aside, className="card-aside"))
    place = html.Div(className="shared-chart", style={"minHeight": height}, **{"data-figure": name})
    return html.Section([html.Div(head, className="card-head"), above, place, below], className="card")


def sums(now_watts: float | None, load_watts: float | None, today_kwh: float | None, count: int) -> Any:
    """Return what the sources of a group do together."""
    tiles = (("Solar now", power(now_watts), "sun", "solar"), ("House now", power(load_watts), "house", "load"),
             ("Produced today", energy(today_kwh), "bolt", "solar"),
             ("Sources", Quantity(str(count), ""), "list", "dim"))
    return html.Div([_tile(*each) for each in tiles], className="shared-tiles")


def _tile(label: str, value: Quantity, symbol: str, meaning: str) -> Any:
    return html.Section(
        [
            html.Div([icon(symbol, 20, f"of-{meaning}"), html.Span(label)], className="tile-head"),
            html.Div([html.Span(value.value, className="number"), html.Span(value.unit, className="unit")],
                     className="tile-number"),
        ],
        className="card tile",
    )  # fmt: skip


def source_cards(lines: Sequence[SourceLine]) -> Any:
    """Return a card for each source; `assets/shared/shared.js` opens the one that is pressed."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.Span(className=f"dot {'live' if line.state == 'live' else ''}".strip()),
                              html.Span(line.name, className="card-title"), icon("right", 18, "end")],
                             className="card-head"),
                    html.Div(f"{power(line.solar_watts)} now · {energy(line.today_kwh)} today", className="dim"),
                ],
                className="card source-card", role="link", tabIndex=0, **{"data-source": line.key},
            )
            for line in lines
        ],
        className="shared-sources",
    )  # fmt: skip


def note(title: str, words: str, symbol: str = "info") -> Any:
    """Return a card that says why there is nothing to see."""
    return html.Section([icon(symbol, 24), html.Div([html.H2(title, className="card-title"),
                                                     html.P(words, className="dim")])], className="card silence")


def badge(label: str, value: str) -> str:
    """Return a small picture for other sites: a label, and a value beside it, as SVG."""
    left, right = (round(len(text) * _LETTER + 2 * _PADDING) for text in (label, value))
    tokens, height = theme.TOKENS["light"], _BADGE_HEIGHT
    words = "".join(
        f'<text x="{x}" y="14" fill="{colour}">{escape(text)}</text>'
        for x, colour, text in ((left / 2, "#FFFFFF", label), (left + right / 2, tokens["ink"], value))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{height}" role="img" '
        f'aria-label="{escape(label)}: {escape(value)}"><title>{escape(label)}: {escape(value)}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="{height}" rx="4"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="{height}" fill="{tokens["ink"]}"/>'
        f'<rect x="{left}" width="{right}" height="{height}" fill="{tokens["solar-fill"]}"/></g>'
        f'<g text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{words}</g></svg>'
    )

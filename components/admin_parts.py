"""What the pages of administration share: their tabs, and how times and states are shown in tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html

from components.account_parts import tabs
from components.icons import icon
from components.returns_cards import card


def frame(pages: Sequence[tuple[str, str]], chosen: str, *content: Any) -> Any:
    """Return a page of administration under the tabs of some pages: the place below /admin and the words of each."""
    title = html.H1("Administration", className="page-title")
    return html.Div([title, tabs("/admin", pages, chosen, "Parts of administration"), *content], className="page")


def not_yours(*, has_other: bool) -> Any:
    """Return what stands in the place of a page that the viewer may not see."""
    words = "This part needs a permission that you do not have."
    more = " Choose another above." if has_other else " An Overseer can give it to you."
    return card("Not yours", [html.P(words + more, className="dim")])


def stamp(at: datetime | None) -> str:
    """Write an aware instant in UTC, for tables that sort by it; nothing where there is none."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at is not None else ""


def part_state(name: str, is_well: bool, sentence: str) -> Any:
    """Return one part of the system with its state in words and by an icon."""
    mark = html.Span(
        [icon("check" if is_well else "alert", 18), html.Span("well" if is_well else "needs a look")],
        className=f"said {'good' if is_well else 'bad'}",
    )
    told = [html.Div(name, className="strong"), html.Div(sentence, className="dim")]
    return html.Li([html.Div(told, className="listed-words"), mark], className="listed")

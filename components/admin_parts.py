"""What the pages of administration share: their tabs, and how times and states are shown in tables."""

from datetime import datetime
from typing import Any

from dash import html

from components.account_parts import tabs
from components.icons import icon

PAGES = (
    ("", "People"), ("/sources", "Sources"), ("/jobs", "Jobs"), ("/system", "System"), ("/audit", "Audit log"),
    ("/simulation", "Simulation"), ("/mails", "Mails"),
)  # fmt: skip


def frame(chosen: str, *content: Any) -> Any:
    """Return a page of administration under its tabs."""
    title = html.H1("Administration", className="page-title")
    return html.Div([title, tabs("/admin", PAGES, chosen, "Parts of administration"), *content], className="page")


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

"""Parts of the settings and of administration: tabs with addresses, password fields, choices, and rows of a list."""

from collections.abc import Iterable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.icons import icon

PASSWORD_HINT = "8 characters or more, with an upper-case letter, a lower-case letter and a digit"


def tabs(base: str, names: Sequence[tuple[str, str]], chosen: str, words: str) -> Any:
    """Return tabs as links, each an address below `base` (or with `?tab=`), the chosen one marked."""
    links = [
        dcc.Link(label, href=f"{base}{name}", className=f"tab {'chosen' if name == chosen else ''}".strip())
        for name, label in names
    ]
    return html.Nav(links, className="tab-row", **{"aria-label": words})


def text(identity: Any, label: str, **more: Any) -> Any:
    """Return a field for a line of text."""
    return dmc.TextInput(id=identity, label=label, **more)


def password(identity: Any, label: str, *, is_new: bool = False) -> Any:
    """Return a field for a password, hidden until its eye is pressed."""
    hint = PASSWORD_HINT if is_new else None
    return dmc.PasswordInput(
        id=identity, label=label, description=hint, value="",
        visibilityToggleButtonProps={"aria-label": "Show the password"},
    )


def choice(identity: Any, label: str, choices: Iterable[tuple[str, str]], hint: str = "") -> Any:
    """Return one setting of a few values as a row of buttons."""
    data = [{"value": value, "label": words} for value, words in choices]
    words = [html.Div(label, className="strong")]
    if hint:
        words.append(html.Div(hint, className="dim"))
    control = dmc.SegmentedControl(id=identity, data=data, value=None, **{"aria-label": label})
    return html.Div([html.Div(words), control], className="setting-row")


def switch(identity: Any, label: str, hint: str, **more: Any) -> Any:
    """Return one setting that is on or off."""
    words = html.Div([html.Div(label, className="strong"), html.Div(hint, className="dim")])
    return html.Div([words, dmc.Switch(id=identity, **{"aria-label": label}, **more)], className="setting-row")


def listed(title: Any, words: Any, aside: Any = None, symbol: str | None = None) -> Any:
    """Return a row of a list: what it is, more about it, and what can be done with it."""
    told = [html.Div(title, className="strong"), html.Div(words, className="dim")]
    content = [html.Div(told, className="listed-words")]
    if symbol:
        content.insert(0, icon(symbol, 20, "of-dim"))
    if aside is not None:
        content.append(html.Div(aside, className="listed-aside"))
    return html.Li(content, className="listed")


def listing(rows: Sequence[Any], nothing: str) -> Any:
    """Return a list of rows, or a sentence where there are none."""
    return html.Ul(list(rows), className="listing") if rows else html.P(nothing, className="dim")


def notice(words: Any, symbol: str = "info") -> Any:
    """Return a sentence that stands out a little."""
    return html.Div([icon(symbol, 20), html.Div(words)], className="inner-notice")

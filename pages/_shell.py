"""The callbacks of the shell: who is signed in, which sources there are, and the way between pages."""

from typing import Any

import dash
from dash import ALL, ClientsideFunction, Dash, Input, Output, State
from flask import g, has_request_context

from components import quantities
from components.shell import ALL_SOURCES, ShellIds, account_words, initials, nav_style
from pages import _admin_frame
from services import access
from services.errors import Forbidden
from services.people import preferences
from services.people.viewer import current
from services.sources import cards as source_cards
from services.sources.cards import SourceCard

LOCATION = "_pages_location"


def register(app: Dash) -> None:
    """Register the callbacks with the one application object."""
    quantities.set_format(_writes_comma)
    app.callback(
        Output(ShellIds.PICKER, "data"),
        Output(ShellIds.ACCOUNT, "children"),
        Output(ShellIds.ACCOUNT_NAME, "children"),
        Output(ShellIds.THEME, "data"),
        Output(ShellIds.DECIMAL, "data"),
        Output(ShellIds.ADMIN, "className"),
        Output({"type": ShellIds.NAV_LINK, "place": ALL, "page": ALL}, "style"),
        Input(LOCATION, "pathname"),
        State({"type": ShellIds.NAV_LINK, "place": ALL, "page": ALL}, "id"),
    )(fill)
    app.clientside_callback(
        ClientsideFunction("shell", "route"),
        Output(ShellIds.PICKER, "value"),
        # A location of its own: with that of the pages as output Dash would hold back their router at the start.
        Output(ShellIds.GO, "href"),
        Input(LOCATION, "pathname"),
        Input(ShellIds.PICKER, "value"),
        Input(ShellIds.PICKER, "data"),
        State(ShellIds.PAGES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "links"),
        Output({"type": ShellIds.NAV_LINK, "place": ALL, "page": ALL}, "href"),
        Output({"type": ShellIds.NAV_LINK, "place": ALL, "page": ALL}, "className"),
        Input(LOCATION, "pathname"),
        Input(ShellIds.PICKER, "data"),
        State({"type": ShellIds.NAV_LINK, "place": ALL, "page": ALL}, "id"),
        State(ShellIds.PAGES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "theme"), Output(ShellIds.THEME, "storage_type"), Input(ShellIds.THEME, "data")
    )
    app.clientside_callback(
        ClientsideFunction("shell", "numbers"), Output(ShellIds.DECIMAL, "storage_type"),
        Input(ShellIds.DECIMAL, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "scheme"), Output(ShellIds.SCHEME, "data"), Input(ShellIds.PAGES, "data")
    )


def _writes_comma() -> bool:
    """Return whether the reader of this request prefers a decimal comma, asked once a request; strangers do not."""
    if not has_request_context():
        return False
    if "has_decimal_comma" not in g:
        try:
            g.has_decimal_comma = preferences.of(current().account_id).has_decimal_comma
        except Forbidden:
            g.has_decimal_comma = False
    return bool(g.has_decimal_comma)


def fill(_path: str, links: list[dict[str, str]]) -> tuple[Any, ...]:
    """Return the source picker's choices, who is signed in, and which links are theirs."""
    viewer = current()
    options = source_options(source_cards.visible_sources(viewer))
    admin = "menu-item" if any(access.may(viewer, each) for each in _admin_frame.ANY) else "menu-item gone"
    known = dash.page_registry
    styles = [nav_style(known.get(each["page"], {}), viewer.permissions) for each in links]
    wanted = preferences.of(viewer.account_id)
    mark = "," if wanted.has_decimal_comma else "."
    return options, initials(viewer.name), account_words(viewer.name, viewer.email), wanted.theme, mark, admin, styles


def source_options(cards: list[SourceCard]) -> list[dict[str, Any]]:
    """Return choices grouped by power group; sources without a group stand first."""
    groups: dict[str, list[dict[str, str]]] = {}
    for card in cards:
        groups.setdefault(card.group or "", []).append({"value": str(card.id), "label": card.name})
    single = groups.pop("", [])
    grouped = [{"group": name, "items": items} for name, items in sorted(groups.items())]
    return [{"value": ALL_SOURCES, "label": "All sources"}, *single, *grouped]

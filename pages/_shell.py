"""The callbacks of the shell: who is signed in, which sources there are, and the way between pages."""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from components.shell import ALL_SOURCES, ShellIds, account_words, initials
from services import source_cards
from services.source_cards import SourceCard
from services.viewer import current

LOCATION = "_pages_location"


def register(app: Dash) -> None:
    """Register the callbacks with the one application object."""
    app.callback(
        Output(ShellIds.PICKER, "data"),
        Output(ShellIds.ACCOUNT, "children"),
        Output(ShellIds.ACCOUNT_NAME, "children"),
        Input(LOCATION, "pathname"),
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
        ClientsideFunction("shell", "scheme"), Output(ShellIds.SCHEME, "data"), Input(ShellIds.PAGES, "data")
    )


def fill(_path: str) -> tuple[Any, ...]:
    """Return the source picker's choices and who is signed in."""
    viewer = current()
    options = source_options(source_cards.visible_sources(viewer))
    return options, initials(viewer.name), account_words(viewer.name, viewer.email)


def source_options(cards: list[SourceCard]) -> list[dict[str, Any]]:
    """Return choices grouped by power group; sources without a group stand first."""
    groups: dict[str, list[dict[str, str]]] = {}
    for card in cards:
        groups.setdefault(card.group or "", []).append({"value": str(card.id), "label": card.name})
    single = groups.pop("", [])
    grouped = [{"group": name, "items": items} for name, items in sorted(groups.items())]
    return [{"value": ALL_SOURCES, "label": "All sources"}, *single, *grouped]

"""The icon of a source, in its General tab."""

from datetime import UTC, datetime
from typing import Any

from dash import Input, Output, State, callback, ctx, dcc
from dash.exceptions import PreventUpdate

from components.picture import picture, picture_field
from components.returns_cards import card
from components.source_page import said
from pages._uploads import content_of
from services import access
from services.people.viewer import current
from services.sources import images


class IconIds:
    """Ids of this card."""

    SOURCE = "source-icon-store"
    SHOWN = "source-icon-picture"
    UPLOAD = "source-icon-upload"
    REMOVE = "source-icon-button"
    SAID = "source-icon-said"


def layout(source_id: str) -> list[Any]:
    """Return the card and its store."""
    field = picture_field(IconIds.SHOWN, IconIds.UPLOAD, IconIds.REMOVE, IconIds.SAID)
    return [dcc.Store(id=IconIds.SOURCE, data=source_id), card("Icon", [field])]


@callback(Output(IconIds.SHOWN, "children"), Input(IconIds.SOURCE, "data"))
def show(source_id: str) -> Any:
    """Show the icon there is."""
    return picture(access.source_for(current(), source_id).icon_url, "plug")


@callback(
    Output(IconIds.SHOWN, "children", allow_duplicate=True),
    Output(IconIds.SAID, "children"),
    Input(IconIds.UPLOAD, "contents"),
    Input(IconIds.REMOVE, "n_clicks"),
    State(IconIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def change(sent: str | None, clicks: int | None, source_id: str) -> Any:
    """Put another icon in its place, or none."""
    viewer, now = current(), datetime.now(UTC)
    if ctx.triggered_id == IconIds.REMOVE and clicks:
        images.remove_icon(viewer, source_id, now)
        return picture(None, "plug"), said("Removed")
    if ctx.triggered_id != IconIds.UPLOAD or not sent:
        raise PreventUpdate
    return picture(images.set_icon(viewer, source_id, content_of(sent, "image"), now), "plug"), said("Saved")

"""The choice of a picture: what there is, a way to bring another, and to take it away."""

from typing import Any

from dash import dcc, html

from components.icons import icon
from components.returns_cards import button

LARGEST_BYTES = 5 * 1024 * 1024
TYPES = ".png,.jpg,.jpeg,.webp"


def picture_field(shown: str, upload: str, remove: str, said: str) -> Any:
    """Return the field; its ids are those of the picture, the upload, the button that removes it, and the answer."""
    return html.Div(
        [
            html.Div(id=shown, className="picture"),
            dcc.Upload(
                html.Div([icon("upload", 18), "Choose or drop a picture"], className="button"),
                id=upload, accept=TYPES, max_size=LARGEST_BYTES, className="picture-drop",
            ),
            button(remove, "Remove", "quiet", "bin"),
            html.Span("PNG, JPEG or WebP, up to 5 MB", className="dim small"),
            html.Div(id=said),
        ],
        className="picture-field",
    )


def picture(address: str | None, symbol: str) -> Any:
    """Return a picture, or a symbol in its place."""
    if address is None:
        return icon(symbol, 26)
    return html.Img(src=address, alt="", className="picture-shown")

"""QR codes as pictures of this page: nothing is fetched, and nothing leaves it."""

from typing import Any

from dash import html


def qr_code(text: str, words: str) -> Any:
    """Return a QR code of a text; dark on light in both schemes, because cameras want it so."""
    # Only here: one page shows one code.
    import segno

    picture = segno.make(text, error="m").svg_data_uri(scale=4, border=3, dark="#1B2430", light="#FFFFFF")
    return html.Img(src=picture, alt=words, className="qr-code")

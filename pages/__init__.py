"""One page per file; what all pages share (the shell's callbacks) is installed here."""

from dash import Dash

from pages import _shell


def install(app: Dash) -> None:
    """Register the callbacks of the shell; the pages register their own when Dash imports them."""
    _shell.register(app)

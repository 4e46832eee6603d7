"""What stands where a person has no sources yet."""

from typing import Any

from dash import html


def no_sources() -> Any:
    """Return the next step for somebody without sources."""
    return html.Section(
        [
            html.H2("No sources yet", className="card-title"),
            html.P("As soon as a solar installation is set up for you, or shared with you, it stands here.",
                   className="dim"),
        ],
        className="card",
    )

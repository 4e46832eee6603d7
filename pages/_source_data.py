"""The tab of a source that shows what its messages become."""

from typing import Any

from dash import html


def layout(source_id: str) -> Any:
    """Return the tab."""
    return html.Div(source_id)

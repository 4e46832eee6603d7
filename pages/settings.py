"""Settings: one's own account, how pages look, tokens for programs, sessions and data, each under a tab."""

from collections.abc import Callable
from typing import Any

import dash
from dash import dcc, html

from components.account_parts import tabs
from pages import _settings_data, _settings_preferences, _settings_profile, _settings_security, _settings_tokens

dash.register_page(__name__, path="/settings", name="Settings", title="Settings · Ampra")

TABS = (
    ("profile", "Profile"), ("security", "Security"), ("preferences", "Preferences"), ("tokens", "API tokens"),
    ("data", "My data"),
)  # fmt: skip
CONTENT: dict[str, Callable[[], Any]] = {
    "profile": _settings_profile.layout,
    "security": _settings_security.layout,
    "preferences": _settings_preferences.layout,
    "tokens": _settings_tokens.layout,
    "data": _settings_data.layout,
}


class Ids:
    """Ids of the page's frame; those of the tabs are in the files of these."""

    LEAVE = "settings-leave-location"


def layout(tab: str = "profile", **_query: str) -> Any:
    """Return the page with one tab open."""
    chosen = tab if tab in CONTENT else "profile"
    return html.Div(
        [
            # Out of the application: the page that follows is no Dash page.
            dcc.Location(id=Ids.LEAVE, refresh=True),
            html.H1("Settings", className="page-title"),
            tabs("/settings?tab=", TABS, chosen, "Parts of the settings"),
            CONTENT[chosen](),
        ],
        className="page form-page",
    )

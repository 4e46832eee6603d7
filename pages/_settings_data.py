"""The tab of the settings where one takes the own data away, or deletes the account."""

from datetime import UTC, datetime
from typing import Any

from dash import Input, Output, State, callback, html, no_update
from dash.exceptions import PreventUpdate

from components.account_parts import password
from components.icons import icon
from components.returns_cards import button, card
from components.source_form import foot
from services.errors import Forbidden, Invalid
from services.people import removal as account_removal
from services.people.viewer import current

LEAVE = "settings-leave-location"


class DataIds:
    """Ids of this tab."""

    PASSWORD = "settings-delete-password"
    DELETE = "settings-delete-button"


def layout() -> Any:
    """Return the tab."""
    take = [
        html.P("Everything that Ampra keeps of you as one ZIP archive: your account, your sources with all their "
               "readings, prices, weather, forecasts and pictures. Passwords and keys are not in it.", className="dim"),
        foot(html.A([icon("download", 16), "Export my data"], href="/export/account", className="button",
                                download="")),
    ]  # fmt: skip
    delete = [
        html.P("Your account goes with all sources and everything that was measured. You are signed out at once, what "
               "is left is removed in the background, and nobody can bring it back.", className="dim"),
        html.Div(password(DataIds.PASSWORD, "Your password"), className="form-grid after"),
        foot(button(DataIds.DELETE, "Delete my account", "danger", "bin")),
    ]
    return html.Div([card("Export", take), card("Delete", delete, class_name="danger-card")], className="page")


@callback(
    Output(LEAVE, "href"),
    Output(DataIds.PASSWORD, "error"),
    Input(DataIds.DELETE, "n_clicks"),
    State(DataIds.PASSWORD, "value"),
    prevent_initial_call=True,
)
def delete(clicks: int | None, secret: str | None) -> Any:
    """Delete the account once its password was typed."""
    if not clicks:
        raise PreventUpdate
    try:
        account_removal.ask(current().account_id, str(secret or ""), datetime.now(UTC))
    except Invalid as error:
        return no_update, error.errors.get("current_password")
    except Forbidden as error:
        return no_update, str(error)
    return "/sign-in", None

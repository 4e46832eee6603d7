"""The tab of the settings with name and e-mail address."""

from datetime import UTC, datetime
from typing import Any

from dash import Input, Output, State, callback, html
from dash.exceptions import PreventUpdate

from components.account_parts import password, text
from components.returns_cards import button, card
from components.source_form import foot
from components.source_page import said
from services.errors import Invalid
from services.people import accounts
from services.people import changes as account_changes
from services.people.viewer import current


class ProfileIds:
    """Ids of this tab."""

    FIRST = "settings-first-input"
    LAST = "settings-last-input"
    SAVE = "settings-name-button"
    SAID = "settings-name-slot"
    ADDRESS = "settings-address-text"
    NEW = "settings-address-input"
    PASSWORD = "settings-address-password"
    CHANGE = "settings-address-button"
    CHANGED = "settings-address-slot"


def layout() -> Any:
    """Return the tab."""
    name = [
        html.Div(
            [text(ProfileIds.FIRST, "First name", autoComplete="given-name"),
             text(ProfileIds.LAST, "Last name", autoComplete="family-name")],
            className="form-grid",
        ),
        foot(html.Div(id=ProfileIds.SAID), button(ProfileIds.SAVE, "Save", "main")),
    ]
    address = [
        html.P(["You sign in as ", html.Span("…", id=ProfileIds.ADDRESS, className="strong"), ". A new address counts "
                "once you press the link that we send to it; everybody signed in is then signed out."],
               className="dim"),
        html.Div(
            [text(ProfileIds.NEW, "New address", autoComplete="email"),
             password(ProfileIds.PASSWORD, "Your password")],
            className="form-grid after",
        ),
        foot(html.Div(id=ProfileIds.CHANGED), button(ProfileIds.CHANGE, "Send the link")),
    ]  # fmt: skip
    return html.Div([card("Name", name), card("E-mail", address)], className="page")


@callback(
    Output(ProfileIds.FIRST, "value"),
    Output(ProfileIds.LAST, "value"),
    Output(ProfileIds.ADDRESS, "children"),
    Input(ProfileIds.SAVE, "id"),
)
def fill(_id: str) -> Any:
    """Show what is known."""
    account = accounts.load(current().account_id)
    if account is None:
        raise PreventUpdate
    return account.first_name, account.last_name, account.email


@callback(
    Output(ProfileIds.SAID, "children"),
    Output(ProfileIds.FIRST, "error"),
    Output(ProfileIds.LAST, "error"),
    Input(ProfileIds.SAVE, "n_clicks"),
    State(ProfileIds.FIRST, "value"),
    State(ProfileIds.LAST, "value"),
    prevent_initial_call=True,
)
def rename(clicks: int | None, first: str | None, last: str | None) -> Any:
    """Keep the name."""
    if not clicks:
        raise PreventUpdate
    try:
        account_changes.rename(current().account_id, str(first or ""), str(last or ""), datetime.now(UTC))
    except Invalid as error:
        return None, error.errors.get("first_name"), error.errors.get("last_name")
    return said("Saved"), None, None


@callback(
    Output(ProfileIds.CHANGED, "children"),
    Output(ProfileIds.NEW, "error"),
    Output(ProfileIds.PASSWORD, "error"),
    Output(ProfileIds.PASSWORD, "value"),
    Input(ProfileIds.CHANGE, "n_clicks"),
    State(ProfileIds.NEW, "value"),
    State(ProfileIds.PASSWORD, "value"),
    prevent_initial_call=True,
)
def change_address(clicks: int | None, email: str | None, secret: str | None) -> Any:
    """Send the link to a new address."""
    if not clicks:
        raise PreventUpdate
    try:
        account_changes.ask_for_new_address(
            current().account_id, str(email or ""), str(secret or ""), datetime.now(UTC)
        )
    except Invalid as error:
        return None, error.errors.get("email"), error.errors.get("current_password"), ""
    return said("A link is on its way to the new address"), None, None, ""

"""The tab of the settings with password, second factor, single sign-on and sessions."""

from datetime import UTC, datetime
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, html, no_update
from dash.exceptions import PreventUpdate

from components.account_parts import listed, listing, password
from components.returns_cards import button, card
from components.session_words import browser, when
from components.source_form import foot
from components.source_page import said
from pages import _settings_factor
from services.errors import Invalid
from services.people import changes as account_changes
from services.people import external_logins, sessions
from services.people.viewer import current

LEAVE = "settings-leave-location"


class SecurityIds:
    """Ids of this tab."""

    CURRENT = "settings-current-password"
    NEW = "settings-new-password"
    CHANGE = "settings-password-button"
    CHANGED = "settings-password-slot"
    SESSIONS = "settings-sessions-list"
    END = "settings-session-end"
    EVERYWHERE = "settings-everywhere-button"
    SIGN_ON = "settings-sign-on-slot"
    APART = "settings-sign-on-button"


def layout() -> Any:
    """Return the tab."""
    own = [
        html.Div(
            [password(SecurityIds.CURRENT, "Current password"), password(SecurityIds.NEW, "New password", is_new=True)],
            className="form-grid",
        ),
        foot(html.Div(id=SecurityIds.CHANGED), button(SecurityIds.CHANGE, "Change the password", "main")),
    ]
    open_ones = [
        html.Div(id=SecurityIds.SESSIONS),
        foot(button(SecurityIds.EVERYWHERE, "Sign out everywhere", "danger", "sign-out")),
    ]
    return html.Div(
        [
            card("Password", own),
            _settings_factor.layout(),
            html.Div(id=SecurityIds.SIGN_ON),
            card("Sessions", open_ones, subtitle="where you are signed in"),
        ],
        className="page",
    )


@callback(
    Output(SecurityIds.CHANGED, "children"),
    Output(SecurityIds.CURRENT, "error"),
    Output(SecurityIds.NEW, "error"),
    Output(SecurityIds.CURRENT, "value"),
    Output(SecurityIds.NEW, "value"),
    Input(SecurityIds.CHANGE, "n_clicks"),
    State(SecurityIds.CURRENT, "value"),
    State(SecurityIds.NEW, "value"),
    prevent_initial_call=True,
)
def change_password(clicks: int | None, old: str | None, new: str | None) -> Any:
    """Change the password; this session goes on, the others end."""
    if not clicks:
        raise PreventUpdate
    account_id, here = current().account_id, sessions.current_id()
    try:
        changed = account_changes.change_password(
            account_id, str(old or ""), str(new or ""), datetime.now(UTC), keep=here
        )
    except Invalid as error:
        wrong = error.errors
        return None, wrong.get("current_password"), wrong.get("new_password"), no_update, no_update
    sessions.go_on(changed.security_stamp)
    return said("Changed; other sessions were signed out"), None, None, "", ""


@callback(
    Output(SecurityIds.SESSIONS, "children"),
    Input(SecurityIds.SESSIONS, "id"),
    Input({"type": SecurityIds.END, "session": ALL}, "n_clicks"),
)
def show_sessions(_id: str, _clicks: list[int | None]) -> Any:
    """List the sessions; one whose button was pressed ends first."""
    account_id, here, now = current().account_id, sessions.current_id(), datetime.now(UTC)
    pressed = ctx.triggered_id
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        for each in sessions.of_account(account_id, now):
            if str(each.id) == pressed["session"]:
                sessions.end(account_id, each.id)
    rows = []
    for each in sessions.of_account(account_id, now):
        end = button({"type": SecurityIds.END, "session": str(each.id)}, "End")
        aside = html.Span("This one", className="badge live") if each.id == here else end
        words = f"{each.address or 'address not known'} · last used {when(each.last_seen_at, now)}"
        rows.append(listed(browser(each.agent), words, aside, "computer"))
    return listing(rows, "No sessions.")


@callback(Output(LEAVE, "href", allow_duplicate=True), Input(SecurityIds.EVERYWHERE, "n_clicks"),
          prevent_initial_call=True)
def sign_out_everywhere(clicks: int | None) -> Any:
    """End every session, this one included."""
    if not clicks:
        raise PreventUpdate
    sessions.end_all(current().account_id, datetime.now(UTC))
    return "/sign-in?done=ended"


@callback(
    Output(SecurityIds.SIGN_ON, "children"),
    Input(SecurityIds.SIGN_ON, "id"),
    Input({"type": SecurityIds.APART, "name": ALL}, "n_clicks"),
)
def show_sign_on(_id: str, clicks: list[int | None]) -> Any:
    """Show whether the other server may sign this account in; nothing where there is none."""
    if not external_logins.is_offered():
        return None
    account_id = current().account_id
    if any(clicks):
        external_logins.disconnect(account_id, datetime.now(UTC))
    if external_logins.is_connected(account_id):
        words, action = "Connected.", button({"type": SecurityIds.APART, "name": "oidc"}, "Disconnect")
    else:
        words, action = "Not connected.", html.A("Connect", href="/sign-in/oidc", className="button")
    return card("Single sign-on", [foot(html.Div(words, className="dim"), action)])

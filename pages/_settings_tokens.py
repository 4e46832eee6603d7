"""The tab of the settings with tokens for programs: made, shown once, listed and removed."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, html, no_update
from dash.exceptions import PreventUpdate

from components.account_parts import listed, listing, notice, text
from components.copying import code_block, copy_field
from components.icons import icon
from components.returns_cards import button, card
from components.session_words import when
from components.source_form import foot
from services.errors import Invalid
from services.people import api_tokens
from services.people.viewer import current


class TokenIds:
    """Ids of this tab."""

    NAME = "settings-token-input"
    SCOPE = "settings-token-scope"
    DAYS = "settings-token-days"
    MAKE = "settings-token-button"
    MADE = "settings-token-slot"
    LIST = "settings-token-list"
    REMOVE = "settings-token-remove"


def layout() -> Any:
    """Return the tab."""
    scopes = [{"value": "read", "label": "Read"}, {"value": "write", "label": "Read and write"}]
    days = [{"value": str(each), "label": f"{each} days"} for each in api_tokens.DAYS]
    options = {"allowDeselect": False, "withCheckIcon": False, "rightSection": icon("down", 16),
               "comboboxProps": {"shadow": "md"}}
    form = [
        html.P(["A program shows its token in the header ", html.Code("Authorization: Bearer …"), ". The description "
                "of the API is at ", html.A("/api/v1/openapi.json", href="/api/v1/openapi.json", target="_blank"), "."],
               className="dim"),
        html.Div(
            [text(TokenIds.NAME, "Name", placeholder="Spreadsheet", value=""),
             dmc.Select(id=TokenIds.SCOPE, label="It may", data=scopes, value="read", **options),
             dmc.Select(id=TokenIds.DAYS, label="Good for", data=days, value="90", **options)],
            className="form-grid after",
        ),
        foot(button(TokenIds.MAKE, "Make a token", "main")),
        html.Div(id=TokenIds.MADE),
    ]  # fmt: skip
    return html.Div([card("New token", form), card("Tokens", [html.Div(id=TokenIds.LIST)])], className="page")


@callback(
    Output(TokenIds.MADE, "children"),
    Output(TokenIds.NAME, "error"),
    Output(TokenIds.NAME, "value"),
    Output(TokenIds.LIST, "key"),
    Input(TokenIds.MAKE, "n_clicks"),
    State(TokenIds.NAME, "value"),
    State(TokenIds.SCOPE, "value"),
    State(TokenIds.DAYS, "value"),
    prevent_initial_call=True,
)
def make(clicks: int | None, name: str | None, scope: str | None, days: str | None) -> Any:
    """Make a token and show it, this once."""
    if not clicks:
        raise PreventUpdate
    now = datetime.now(UTC)
    number = int(days) if days and days.isdigit() else 0
    try:
        token = api_tokens.make(current().account_id, str(name or ""), str(scope or ""), number, now)
    except Invalid as error:
        return None, error.errors.get("name") or str(error), no_update, no_update
    shown = html.Div(
        [
            notice("Copy the token now: it is not shown again.", "key"),
            copy_field("Token", token, is_secret=True),
            code_block(f'curl -H "Authorization: Bearer {token}" …/api/v1/sources'),
        ],
        className="page",
    )
    return shown, None, "", now.isoformat()


@callback(
    Output(TokenIds.LIST, "children"),
    Input(TokenIds.LIST, "key"),
    Input({"type": TokenIds.REMOVE, "name": ALL}, "n_clicks"),
)
def show(_key: str | None, _clicks: list[int | None]) -> Any:
    """List the tokens; one whose button was pressed goes first."""
    account_id, now, pressed = current().account_id, datetime.now(UTC), ctx.triggered_id
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        api_tokens.remove(account_id, str(pressed["name"]), now)
    rows = []
    for each in api_tokens.of_account(account_id):
        may = "reads and writes" if each.scope == "write" else "reads"
        ends = f"until {each.expires_at:%-d %B %Y}" if each.expires_at > now else "has ended"
        words = f"{may} · {ends} · last used {when(each.last_used_at, now)}"
        rows.append(listed(each.name, words, button({"type": TokenIds.REMOVE, "name": each.name}, "Remove"), "key"))
    return listing(rows, "No tokens yet.")

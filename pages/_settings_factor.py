"""The second factor in the settings: put into an app by a QR code, confirmed by a code, and switched off by one."""

from datetime import UTC, datetime
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, html
from dash.exceptions import PreventUpdate

from components.account_parts import notice, text
from components.copying import copy_field, save_button
from components.qr import qr_code
from components.returns_cards import button, card
from components.source_form import foot
from services.errors import Invalid
from services.people import accounts, second_factor
from services.people.accounts import Account
from services.people.viewer import current


class FactorIds:
    """Ids of this card."""

    CARD = "settings-factor-slot"
    ACT = "settings-factor-act"
    CODE = "settings-factor-code"


def layout() -> Any:
    """Return the card, waiting for its state."""
    return html.Div(card("Second factor", [html.Div(className="waiting")]), id=FactorIds.CARD)


@callback(
    Output(FactorIds.CARD, "children"),
    Input(FactorIds.CARD, "id"),
    Input({"type": FactorIds.ACT, "name": ALL}, "n_clicks"),
    State({"type": FactorIds.CODE, "name": ALL}, "value"),
)
def act(_id: str, _clicks: list[int | None], codes: list[str | None]) -> Any:
    """Show the state, and do what was pressed."""
    account, pressed = accounts.load(current().account_id), ctx.triggered_id
    if account is None:
        raise PreventUpdate
    if not isinstance(pressed, dict):
        return _state(account)
    if not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return _do(account, pressed["name"], str(codes[0] or "")[:100] if codes else "")


def _do(account: Account, what: str, code: str) -> Any:
    now = datetime.now(UTC)
    if what == "offer":
        return _offer(account)
    try:
        if what == "confirm":
            return _codes(second_factor.confirm(account.id, code, now))
        second_factor.switch_off(account.id, code, now)
    except Invalid as error:
        wrong = error.errors.get("code", "")
        return _confirm_again(wrong) if what == "confirm" else _on(account, wrong)
    return _off()


def _state(account: Account) -> Any:
    return _on(account) if account.has_second_factor else _off()


def _off() -> Any:
    words = html.P("Signing in asks for a code of your phone too, so that a stolen password is not enough.",
                   className="dim")
    act = button({"type": FactorIds.ACT, "name": "offer"}, "Switch on")
    return card("Second factor", [words, foot(html.Div("Off", className="dim"), act)])


def _offer(account: Account) -> Any:
    made = second_factor.offer(account)
    steps = html.Div([
        html.P("Scan this with an app such as Aegis, 2FAS or Google Authenticator, or type the key. Then enter the "
               "code that it shows.", className="dim"),
        copy_field("Key", made.secret),
        *_code_field("confirm", "Confirm", ""),
    ])  # fmt: skip
    picture = qr_code(made.address, "QR code with the key for your app")
    return card("Second factor", [html.Div([picture, steps], className="factor")])


def _confirm_again(wrong: str) -> Any:
    return card("Second factor", [html.P("Enter the code that your app shows now.", className="dim"),
                                  *_code_field("confirm", "Confirm", wrong)])  # fmt: skip


def _codes(codes: list[str]) -> Any:
    return card("Second factor", [
        notice("The second factor is on. Keep these codes: each signs you in once when your phone is not there, and "
               "they are not shown again.", "check"),
        html.Div([html.Code(each) for each in codes], className="codes"),
        save_button("ampra-recovery-codes.txt", "\n".join(codes) + "\n", "Save as a file"),
    ])  # fmt: skip


def _on(account: Account, wrong: str = "") -> Any:
    left = second_factor.recovery_codes_left(account.id)
    words = html.P(f"On. {left} recovery codes are left. To switch it off, enter a code of your app, or one of these.",
                   className="dim")
    return card("Second factor", [words, *_code_field("off", "Switch off", wrong)])


def _code_field(name: str, words: str, wrong: str) -> list[Any]:
    field = text(
        {"type": FactorIds.CODE, "name": name}, "Code", autoComplete="one-time-code", value="", error=wrong or None
    )
    return [html.Div(field, className="form-grid after"),
            foot(button({"type": FactorIds.ACT, "name": name}, words, "main" if name == "confirm" else ""))]

"""Administration: the mails that a local installation caught, for an Overseer."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import Input, Output, callback, html

from components.icons import icon
from components.returns_cards import button, card
from components.session_words import when
from pages._admin_frame import frame
from services.errors import NotFound
from services.mail import caught as caught_mail
from services.people.viewer import current

dash.register_page(__name__, path="/admin/mails", name="Mails", title="Mails · Ampra")


class Ids:
    """Ids of the page."""

    LIST = "admin-mails-caught-list"
    AGAIN = "admin-mails-again-button"


def layout(**_query: str) -> Any:
    """Return the page, waiting for the mails."""
    content = html.Div(id=Ids.LIST, className="listing")
    return frame("/mails", card("Mails", [content], subtitle="caught on this machine, none left it",
                                aside=button(Ids.AGAIN, "Look again")))


@callback(Output(Ids.LIST, "children"), Input(Ids.AGAIN, "n_clicks"))
def show(_clicks: int | None) -> Any:
    """List the mails, newest first."""
    now = datetime.now(UTC)
    try:
        mails = caught_mail.newest(current())
    except NotFound as error:
        return html.P(f"{error}.".capitalize(), className="dim")
    if not mails:
        return html.P("No mail was sent yet.", className="dim")
    return [
        html.Details(
            [
                html.Summary([icon("mail", 18, "of-dim"), " ", html.Span(each.subject, className="strong"),
                              html.Span(f" to {each.recipient}, {when(each.caught_at, now)}", className="dim")]),
                html.Pre(each.plain, className="mail-text"),
            ],
            className="mail",
        )
        for each in mails
    ]  # fmt: skip

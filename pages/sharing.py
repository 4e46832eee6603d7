"""Sharing: what one shows to the public, and what others share with one."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ALL, Input, Output, callback, ctx, dcc, html

from components import sharing_parts as parts
from components.returns_cards import button, card
from services.people.viewer import current
from services.sharing import links, members

dash.register_page(__name__, path="/sharing", name="Sharing", title="Sharing · Ampra", icon="send", order=12)


class Ids:
    """Ids of the page."""

    MINE = "sharing-mine-list"
    LINKS = "sharing-all-list"
    ACT = "sharing-answer-button"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its lists."""
    words = ["What may be shown of a source, its links and the people it is shared with are under Sharing on the page "
             "of each ", dcc.Link("source", href="/sources"), " and ", dcc.Link("group", href="/groups"), "."]
    return html.Div(
        [
            html.Div(html.H1("Sharing", className="page-title"), className="title-row"),
            card("Shared with you", [html.Div(id=Ids.MINE)], subtitle="by other people"),
            card("Your public links", [html.P(words, className="dim"), html.Div(id=Ids.LINKS)]),
        ],
        className="page form-page",
    )


@callback(
    Output(Ids.MINE, "children"),
    Input(Ids.MINE, "id"),
    Input({"type": Ids.ACT, "what": ALL, "id": ALL}, "n_clicks"),
)
def mine(_id: str, _clicks: list[int | None]) -> Any:
    """List what others share; an invitation whose button was pressed is answered first."""
    viewer, now, pressed = current(), datetime.now(UTC), ctx.triggered_id
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        if pressed.get("what") == "accept":
            members.accept(viewer, str(pressed.get("id")), now)
        else:
            members.leave(viewer, str(pressed.get("id")), now)
    rows = []
    for each in members.mine(viewer):
        is_open = each.accepted_at is not None
        acts = [_act("leave", each.id, "Leave")] if is_open else [
            _act("leave", each.id, "Decline"), _act("accept", each.id, "Accept", "main"),
        ]  # fmt: skip
        words = f"{each.kind.capitalize()} of {each.owner} · as {each.role}: {members.ROLES[each.role]}"
        rows.append(parts.thing_row(each.kind, str(each.thing_id), each.name, words, acts, is_open=is_open))
    return parts.rows_or(rows, "Nobody shares anything with you yet.")


def _act(what: str, membership_id: Any, words: str, kind: str = "") -> Any:
    return button({"type": Ids.ACT, "what": what, "id": str(membership_id)}, words, kind)


@callback(Output(Ids.LINKS, "children"), Input(Ids.LINKS, "id"))
def all_links(_id: str) -> Any:
    """List the links of everything one owns."""
    now = datetime.now(UTC)
    rows = []
    for thing, link in links.of_everything(current()):
        href = f"/source/{thing.id}?tab=sharing" if thing.kind == "source" else f"/group/{thing.id}"
        where = dcc.Link(thing.name, href=href)
        rows.append(parts.link_row(link, now, None, where))
    return parts.rows_or(rows, "No links yet.")

"""Sharing of one source or group, as its owner sees it: switches of the one, links and people of both."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import sharing_parts as parts
from components.icons import icon
from components.returns_cards import button, card
from components.source_page import said
from services.errors import Invalid
from services.people.viewer import current
from services.sharing import links, members

_DAYS = (("", "until it is revoked"), ("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("365", "a year"))
_DELAYS = (("0", "as it happens"), ("15", "15 minutes later"), ("60", "an hour later"), ("1440", "a day later"))


class SharingIds:
    """Ids of this part."""

    SOURCE = "sharing-source-store"
    GROUP = "sharing-group-store"
    REVISION = "sharing-revision-store"
    SWITCH = "sharing-view-switch"
    SWITCHED = "sharing-switch-said"
    NAME = "sharing-name-input"
    TITLE = "sharing-title-input"
    TOWN = "sharing-town-input"
    VIEWS = "sharing-views-choice"
    DAYS = "sharing-days-select"
    DELAY = "sharing-delay-select"
    SITES = "sharing-sites-input"
    MORE = "sharing-more-choice"
    MAKE = "sharing-make-button"
    MADE = "sharing-made-slot"
    LINKS = "sharing-links-list"
    REVOKE = "sharing-revoke-button"
    EMAIL = "sharing-email-input"
    ROLE = "sharing-role-select"
    INVITE = "sharing-invite-button"
    INVITED = "sharing-invite-said"
    PEOPLE = "sharing-people-list"
    WITHDRAW = "sharing-withdraw-button"


def layout(kind: str, thing_id: str) -> Any:
    """Return the part for a source or a group."""
    is_source = kind == "source"
    stores = [
        dcc.Store(id=SharingIds.SOURCE, data=thing_id if is_source else None),
        dcc.Store(id=SharingIds.GROUP, data=None if is_source else thing_id),
        dcc.Store(id=SharingIds.REVISION),
    ]
    shown = [_switches()] if is_source else []
    return html.Div([*stores, *shown, _links(is_source=is_source), _people(is_source=is_source)],
                    className="page form-page" if is_source else "page")


def _switches() -> Any:
    rows = [
        parts.switch_row({"type": SharingIds.SWITCH, "name": name}, words, hint)
        for name, words, hint in parts.SWITCHES
    ]
    foot = html.Div(html.Div(id=SharingIds.SWITCHED), className="form-foot")
    return card("What may be shown", [*rows, foot], subtitle="holds for all links, at once")


def _links(*, is_source: bool) -> Any:
    options = {"allowDeselect": False, "withCheckIcon": False, "rightSection": icon("down", 16),
               "comboboxProps": {"shadow": "md"}}
    boxes = [dmc.Checkbox(label=words, value=view) for view, words in parts.VIEW_WORDS.items()]
    more = (("shows_money", "Show amounts of money"), ("shows_owner", "Show the owner's name"),
            ("is_indexed", "Search engines may list it"))
    fields = [
        dmc.TextInput(id=SharingIds.NAME, label="Name", description="for you alone: who gets it", withAsterisk=True),
        dmc.TextInput(id=SharingIds.TITLE, label="Title", description="what people see instead of its name"),
        dmc.TextInput(id=SharingIds.TOWN, label="Town", description="empty: the place is not shown"),
        dmc.Select(id=SharingIds.DAYS, label="Good", data=_options(_DAYS), value="", description="from now", **options),
        dmc.Select(id=SharingIds.DELAY, label="Shown", data=_options(_DELAYS), value="0",
                   description="every figure and value", **options),
        dmc.Textarea(id=SharingIds.SITES, label="Sites it may stand in", autosize=True, minRows=1,
                     description="one a line, such as https://example.org"),
        dmc.CheckboxGroup(dmc.Group(boxes, gap="md", mt=8), id=SharingIds.VIEWS, label="Views", value=["monitor"],
                          className="wide"),
        dmc.CheckboxGroup(dmc.Group([dmc.Checkbox(label=words, value=name) for name, words in more], gap="md", mt=8),
                          id=SharingIds.MORE, label="More", value=[], className="wide"),
    ]  # fmt: skip
    what = "source" if is_source else "group: of each source what its own switches allow"
    body = [
        html.Div(id=SharingIds.LINKS),
        html.Details(
            [html.Summary("New link"), html.Div(fields, className="form-grid"),
             html.Div(button(SharingIds.MAKE, "Make the link", "main", "plus"), className="form-foot")],
            className="more link-form",
        ),
        html.Div(id=SharingIds.MADE),
    ]  # fmt: skip
    return card("Public links", body, subtitle=f"whoever has one may look at this {what}")


def _options(pairs: Any) -> list[dict[str, str]]:
    return [{"value": value, "label": words} for value, words in pairs]


def _people(*, is_source: bool) -> Any:
    roles = _options((("viewer", "Viewer: may look"), ("manager", "Manager: may look and change")))
    form = html.Div(
        [
            dmc.TextInput(id=SharingIds.EMAIL, label="E-mail address", autoComplete="off"),
            dmc.Select(id=SharingIds.ROLE, label="Role", data=roles, value="viewer", allowDeselect=False,
                       withCheckIcon=False, rightSection=icon("down", 16)),
        ],
        className="form-grid",
    )
    foot = html.Div([html.Div(id=SharingIds.INVITED), button(SharingIds.INVITE, "Invite", "main", "mail")],
                    className="form-foot")
    what = "the owner alone deletes and shares it, and sees credentials" if is_source else "and all its sources"
    return card("People", [html.Div(id=SharingIds.PEOPLE), form, foot], subtitle=what)


def _thing(source_id: str | None, group_id: str | None) -> tuple[str, str]:
    return ("source", source_id) if source_id else ("group", str(group_id or ""))


@callback(
    Output(SharingIds.SWITCHED, "className"),
    Output({"type": SharingIds.SWITCH, "name": ALL}, "checked"),
    Input(SharingIds.SOURCE, "data"),
    State({"type": SharingIds.SWITCH, "name": ALL}, "id"),
)
def fill(source_id: str | None, names: list[dict[str, str]]) -> Any:
    """Show what may be shown of the source."""
    if not source_id:
        raise PreventUpdate
    found = links.switches(current(), source_id)
    return "ready", [getattr(found, each["name"]) for each in names]


@callback(
    Output(SharingIds.SWITCHED, "children"),
    Input({"type": SharingIds.SWITCH, "name": ALL}, "checked"),
    State({"type": SharingIds.SWITCH, "name": ALL}, "id"),
    State(SharingIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def switch(values: list[bool], names: list[dict[str, str]], source_id: str | None) -> Any:
    """Keep the switches as soon as one is turned."""
    viewer = current()
    before = links.switches(viewer, str(source_id or ""))
    wanted = {each["name"]: bool(value) for each, value in zip(names, values, strict=True)}
    after = links.SwitchRecord(**wanted)
    if not wanted or after == before:
        return no_update
    links.keep_switches(viewer, str(source_id), after, datetime.now(UTC))
    return said("Saved" if after.is_enabled else "Saved: nothing is shown")


@callback(
    Output(SharingIds.MADE, "children"),
    Output(SharingIds.NAME, "error"),
    Output(SharingIds.TITLE, "error"),
    Output(SharingIds.TOWN, "error"),
    Output(SharingIds.VIEWS, "error"),
    Output(SharingIds.SITES, "error"),
    Output(SharingIds.NAME, "value"),
    Output(SharingIds.REVISION, "data"),
    Input(SharingIds.MAKE, "n_clicks"),
    State(SharingIds.SOURCE, "data"),
    State(SharingIds.GROUP, "data"),
    State(SharingIds.NAME, "value"),
    State(SharingIds.TITLE, "value"),
    State(SharingIds.TOWN, "value"),
    State(SharingIds.VIEWS, "value"),
    State(SharingIds.DAYS, "value"),
    State(SharingIds.DELAY, "value"),
    State(SharingIds.SITES, "value"),
    State(SharingIds.MORE, "value"),
    prevent_initial_call=True,
)
def make(
    clicks: int | None, source_id: str | None, group_id: str | None, name: str | None, title: str | None,
    town: str | None, views: list[str] | None, days: str | None, delay: str | None, sites: str | None,
    more: list[str] | None,
) -> Any:  # fmt: skip
    """Make a link and show it, this once."""
    if not clicks:
        raise PreventUpdate
    now, listed = datetime.now(UTC), (sites or "").split()
    wanted = {
        "name": name, "title": title, "town": town, "views": views or [], "embedding_sites": listed,
        "expires_at": now + timedelta(days=int(days)) if days and days.isdigit() else None,
        "delay_minutes": int(delay) if delay and delay.isdigit() else 0, **dict.fromkeys(more or (), True),
    }  # fmt: skip
    try:
        found = links.make(current(), *_thing(source_id, group_id), wanted, now)
    except Invalid as error:
        faults = [error.errors.get(each, False)
                  for each in ("name", "title", "town", "views", "embedding_sites")]  # fmt: skip
        return None, *faults, no_update, no_update
    shown = parts.made(found.url, has_now=found.link.share_monitor, may_embed=bool(listed))
    return shown, False, False, False, False, False, "", now.isoformat()


@callback(
    Output(SharingIds.LINKS, "children"),
    Input(SharingIds.SOURCE, "data"),
    Input(SharingIds.GROUP, "data"),
    Input(SharingIds.REVISION, "data"),
    Input({"type": SharingIds.REVOKE, "link": ALL}, "n_clicks"),
)
def list_links(source_id: str | None, group_id: str | None, _revision: Any, _clicks: list[int | None]) -> Any:
    """List the links; one whose button was pressed is revoked first."""
    viewer, now, pressed = current(), datetime.now(UTC), ctx.triggered_id
    kind, thing_id = _thing(source_id, group_id)
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        links.revoke(viewer, kind, thing_id, str(pressed.get("link")), now)
    found = links.listed(viewer, kind, thing_id)
    return parts.rows_or([parts.link_row(each, now, _revoke_button(each)) for each in found], "No links yet.")


def _revoke_button(link: Any) -> Any:
    if link.revoked_at is not None:
        return None
    return button({"type": SharingIds.REVOKE, "link": str(link.id)}, "Revoke", "danger")


@callback(
    Output(SharingIds.EMAIL, "error"),
    Output(SharingIds.INVITED, "children"),
    Output(SharingIds.EMAIL, "value"),
    Output(SharingIds.REVISION, "data", allow_duplicate=True),
    Input(SharingIds.INVITE, "n_clicks"),
    State(SharingIds.SOURCE, "data"),
    State(SharingIds.GROUP, "data"),
    State(SharingIds.EMAIL, "value"),
    State(SharingIds.ROLE, "value"),
    prevent_initial_call=True,
)
def invite(
    clicks: int | None, source_id: str | None, group_id: str | None, email: str | None, role: str | None
) -> Any:
    """Invite somebody by their address."""
    if not clicks:
        raise PreventUpdate
    now = datetime.now(UTC)
    try:
        members.invite(current(), *_thing(source_id, group_id), email or "", role or "", now)
    except Invalid as error:
        return error.errors.get("email") or str(error), None, no_update, no_update
    return False, said("Invited"), "", now.isoformat()


@callback(
    Output(SharingIds.PEOPLE, "children"),
    Input(SharingIds.SOURCE, "data"),
    Input(SharingIds.GROUP, "data"),
    Input(SharingIds.REVISION, "data"),
    Input({"type": SharingIds.WITHDRAW, "member": ALL}, "n_clicks"),
)
def list_people(source_id: str | None, group_id: str | None, _revision: Any, _clicks: list[int | None]) -> Any:
    """List with whom it is shared; one whose button was pressed goes first."""
    viewer, now, pressed = current(), datetime.now(UTC), ctx.triggered_id
    kind, thing_id = _thing(source_id, group_id)
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        members.withdraw(viewer, kind, thing_id, str(pressed.get("member")), now)
    rows = []
    for each in members.listed(viewer, kind, thing_id):
        state = "has accepted" if each.accepted_at else "invited, has not answered yet"
        end = button({"type": SharingIds.WITHDRAW, "member": str(each.id)}, "Withdraw")
        rows.append(parts.person_row(each.email, f"{each.role.capitalize()} · {state}", end))
    return parts.rows_or(rows, "Shared with nobody yet.")

"""The card of one person in administration: role, verify, lock, reset link, delete."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, html, no_update
from dash.exceptions import PreventUpdate

from components.account_parts import switch, text
from components.icons import icon
from components.returns_cards import button, card
from components.source_form import foot
from components.source_page import said
from services import access
from services.people import accounts, permissions
from services.people import administration as people
from services.people.administration import PersonRecord
from services.people.viewer import Viewer, current


class PersonIds:
    """Ids of this card."""

    ACT = "admin-person-act"
    ROLE = "admin-person-role"
    TYPED = "admin-person-typed"
    PERMISSION = "admin-person-permission"
    GIVEN = "admin-person-given"
    SAID = "admin-person-said"


ACTS: dict[str, tuple[Callable[[Viewer, str, datetime], None], str]] = {
    "verify": (people.verify, "Verified"),
    "lock": (people.lock, "Locked and signed out"),
    "unlock": (people.unlock, "Unlocked"),
    "reset": (people.send_reset_link, "A link is on its way to the owner"),
}


def person_card(person: PersonRecord, viewer: Viewer, state: str) -> Any:
    """Return the card; what the viewer may not do is not offered."""
    email, is_own = person.email or "", person.id == viewer.account_id
    factor = "second factor on" if person.has_second_factor else "no second factor"
    role, since = people.role_of(person.roles), f"since {person.created_at:%Y-%m-%d}"
    known = (state, role, f"{person.sources} sources", factor, since)
    facts = html.P(" · ".join(known), className="dim")
    if not _may_touch(person, viewer):
        return card(email, [facts, html.P("Only an Overseer changes the account of an Overseer.", className="dim")])
    acts = [_act("reset", person.id, "Send reset link", "mail")]
    if not person.is_email_verified:
        acts.append(_act("verify", person.id, "Mark as verified", "check"))
    if not is_own:
        is_locked = person.barred_at is not None
        acts.append(_act("unlock" if is_locked else "lock", person.id, "Unlock" if is_locked else "Lock", "lock"))
    content = [facts, html.Div(acts, className="person-bar"), html.Div(id=PersonIds.SAID),
               html.Div(id=PersonIds.GIVEN)]
    if not is_own:
        content += [_role(person, viewer), *_permissions(person, viewer), *_delete(person)]
    return card(email, content)


def _may_touch(person: PersonRecord, viewer: Viewer) -> bool:
    return people.OVERSEER not in person.roles or access.may(viewer, permissions.OVERSEERS_MANAGE)


def _act(what: str, user_id: str, words: str, symbol: str, kind: str = "") -> Any:
    return button({"type": PersonIds.ACT, "what": what, "person": user_id}, words, kind, symbol)


def _role(person: PersonRecord, viewer: Viewer) -> Any:
    can_make = access.may(viewer, permissions.OVERSEERS_MANAGE)
    roles = [role for role in accounts.ROLES if role != people.OVERSEER or can_make]
    return html.Div(
        [
            dmc.Select(
                id={"type": PersonIds.ROLE, "person": person.id}, label="Role", data=roles, w=200, allowDeselect=False,
                value=people.role_of(person.roles), rightSection=icon("down", 16), withCheckIcon=False,
                comboboxProps={"shadow": "md"},
            ),
            _act("role", person.id, "Give this role", "shield"),
        ],
        className="admin-form",
    )


def _permissions(person: PersonRecord, viewer: Viewer) -> list[Any]:
    """Return switches of what the person may beside the role, for who may give it."""
    if not access.may(viewer, permissions.OVERSEERS_MANAGE):
        return []
    held = people.permissions_of(viewer, person.id)
    rows = [
        switch(
            {"type": PersonIds.PERMISSION, "person": person.id, "name": each}, permissions.WORDS[each],
            "by the role" if each in held.by_role else "", checked=each in held.by_role | held.own,
            disabled=each in held.by_role and each not in held.own,
        )
        for each in permissions.SINGLE
    ]
    title = html.Span([html.Strong("Permissions"), html.Span(" beside those of the role", className="dim")])
    return [html.Details([html.Summary(title), *rows], className="person-permissions", open=bool(held.own))]


def _delete(person: PersonRecord) -> list[Any]:
    if people.OVERSEER in person.roles:
        return []
    field = text({"type": PersonIds.TYPED, "person": person.id}, "To delete, type the address", value="",
                 autoComplete="off")
    return [html.Div(field, className="form-grid after"),
            foot(_act("delete", person.id, "Delete with everything", "bin", "danger"))]


@callback(
    Output(PersonIds.SAID, "children"),
    Output("admin-revision-store", "data"),
    Input({"type": PersonIds.ACT, "what": ALL, "person": ALL}, "n_clicks"),
    State({"type": PersonIds.ROLE, "person": ALL}, "value"),
    State({"type": PersonIds.TYPED, "person": ALL}, "value"),
    prevent_initial_call=True,
)
def act(_clicks: list[int | None], roles: list[str | None], typed: list[str | None]) -> Any:
    """Do what was pressed; the card and the table are drawn anew after it."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    viewer, now, user_id, what = current(), datetime.now(UTC), str(pressed["person"]), pressed["what"]
    if what == "role":
        people.set_role(viewer, user_id, str(roles[0] if roles else ""), now)
    elif what == "delete":
        if not _is_meant(viewer, user_id, typed[0] if typed else ""):
            return said("Type the address, exactly as it is written", "bad"), no_update
        people.delete(viewer, user_id, now)
    elif what in ACTS:
        ACTS[what][0](viewer, user_id, now)
    return (said(ACTS[what][1]) if what in ACTS else no_update), now.isoformat()


@callback(
    Output(PersonIds.GIVEN, "children"),
    Input({"type": PersonIds.PERMISSION, "person": ALL, "name": ALL}, "checked"),
    prevent_initial_call=True,
)
def permit(_switches: list[bool | None]) -> Any:
    """Give the permission that was switched on, or take the one that was switched off."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or len(ctx.triggered) != 1:
        raise PreventUpdate
    viewer, user_id, name = current(), str(pressed["person"]), str(pressed["name"])
    held, is_given = people.permissions_of(viewer, user_id), ctx.triggered[0]["value"] is True
    # A card just drawn also says how its switches are.
    if is_given == (name in held.own | held.by_role):
        raise PreventUpdate
    people.set_permission(viewer, user_id, name, datetime.now(UTC), is_given=is_given)
    return said("Given" if is_given else "Taken back")


def _is_meant(viewer: Viewer, user_id: str, typed: str | None) -> bool:
    found = next((each for each in people.search(viewer, str(typed or "")) if each.id == user_id), None)
    return found is not None and (found.email or "") == str(typed or "").strip()

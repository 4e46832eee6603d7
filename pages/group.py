"""One power group: its sums, the ranking of its sources, who belongs to it, its name and its end."""

import math
from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import group_cards
from components.freshness import freshness
from components.icons import icon
from components.picture import picture, picture_field
from components.returns_cards import button, card, modal
from components.returns_sums import currency_cards
from components.shell import ShellIds
from components.source_page import said
from pages import _sharing_part as sharing
from pages._uploads import content_of
from services import access
from services.people.viewer import current
from services.returns import sums as returns_sums
from services.sources import changes as source_changes
from services.sources import groups, images
from services.sources.groups import Member

dash.register_page(__name__, path_template="/group/<group_id>", name="Group", title="Group · Ampra")

REFRESH_MILLISECONDS = 30_000
COUNT_MILLISECONDS, COUNT_SECONDS = 1_000, 1.5


class Ids:
    """Ids of the page."""

    GROUP = "group-id-store"
    REVISION = "group-revision-store"
    INTERVAL = "group-live-interval"
    TITLE = "group-name-title"
    LOGO_HEAD = "group-logo-head"
    SUMS = "group-sums-slot"
    RANKING = "group-ranking-slot"
    MONEY = "group-money-slot"
    COUNT = "group-money-interval"
    MEMBERS = "group-members-select"
    MOVE = "group-members-button"
    MOVED = "group-members-said"
    NAME = "group-name-input"
    WORDS = "group-description-input"
    SAVE = "group-save-button"
    SAVED = "group-save-said"
    LOGO = "group-logo-picture"
    UPLOAD = "group-logo-upload"
    REMOVE = "group-logo-button"
    LOGO_SAID = "group-logo-said"
    DELETE = "group-delete-button"
    ASK = "group-delete-modal"
    YES = "group-confirm-button"


def layout(group_id: str = "", **_query: str) -> Any:
    """Return the page of a group."""
    crumbs = [dcc.Link("Groups", href="/groups"), icon("right", 14), html.Span("Group")]
    head = [html.Div(id=Ids.LOGO_HEAD, className="picture small"),
            html.H1("Group", id=Ids.TITLE, className="page-title")]
    return html.Div(
        [
            dcc.Store(id=Ids.GROUP, data=group_id),
            dcc.Store(id=Ids.REVISION),
            dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
            html.Nav(crumbs, className="crumbs", **{"aria-label": "Way back"}),
            html.Div(head, className="title-row"),
            html.Div(id=Ids.SUMS),
            card("Ranking", [html.Div(id=Ids.RANKING)],
                 subtitle=f"specific yield, last {groups.RANKED_DAYS} days"),
            _money(group_id),
            _members(),
            html.H2("Sharing", className="page-title"),
            sharing.layout("group", group_id),
            _about(),
        ],
        className="page",
    )  # fmt: skip


def _money(group_id: str) -> Any:
    more = dcc.Link("By source", href=f"/returns?group={group_id}", className="button")
    body = [dcc.Interval(id=Ids.COUNT, interval=COUNT_MILLISECONDS), html.Div(id=Ids.MONEY, className="notices")]
    return card("Money", body, subtitle="each currency for itself", aside=more)


def _members() -> Any:
    choice = dmc.MultiSelect(
        id=Ids.MEMBERS, data=[], searchable=True, placeholder="Sources of this group", maxDropdownHeight=260,
        comboboxProps={"shadow": "md"}, nothingFoundMessage="No source of that name", **{"aria-label": "Sources"},
    )
    foot = html.Div([html.Div(id=Ids.MOVED), button(Ids.MOVE, "Save sources", "main")], className="form-foot")
    return card("Sources", [choice, foot], subtitle="a source is in one group at most")


def _about() -> Any:
    form = html.Div(
        [dmc.TextInput(id=Ids.NAME, label="Name", withAsterisk=True),
         dmc.Textarea(id=Ids.WORDS, label="Description", autosize=True, minRows=2, className="wide")],
        className="form-grid",
    )  # fmt: skip
    foot = html.Div(
        [html.Div(id=Ids.SAVED), button(Ids.DELETE, "Delete group", "danger", "bin"),
         button(Ids.SAVE, "Save", "main")],
        className="form-foot",
    )  # fmt: skip
    question = [html.P("Its sources stay, with everything that was measured; they are in no group then."),
                html.Div(button(Ids.YES, "Delete the group", "danger"), className="form-foot")]
    logo = picture_field(Ids.LOGO, Ids.UPLOAD, Ids.REMOVE, Ids.LOGO_SAID)
    return card("About", [form, foot, logo, modal(Ids.ASK, "Delete this group?", question, size="md")])


@callback(
    Output(Ids.TITLE, "children"),
    Output(Ids.LOGO_HEAD, "children"),
    Output(Ids.LOGO, "children"),
    Output(Ids.NAME, "value"),
    Output(Ids.WORDS, "value"),
    Output(Ids.MEMBERS, "data"),
    Output(Ids.MEMBERS, "value"),
    Input(Ids.GROUP, "data"),
    Input(Ids.REVISION, "data"),
)
def fill(group_id: str, _revision: Any) -> Any:
    """Show what the group is and who belongs to it."""
    viewer = current()
    record = access.group_for(viewer, group_id)
    # A source can only be in a group of its own owner.
    own = [each for each in access.visible_sources(viewer) if each.user_id == record.user_id]
    data = [{"value": str(each.id), "label": each.name} for each in own]
    inside = [str(each.id) for each in own if each.power_group_id == record.id]
    logo = picture(record.logo_url, "group")
    return record.name, logo, logo, record.name, record.description or "", data, inside


@callback(
    Output(Ids.SUMS, "children"),
    Output(Ids.RANKING, "children"),
    Input(Ids.GROUP, "data"),
    Input(Ids.REVISION, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
)
def rank(group_id: str, _revision: Any, _ticks: int | None) -> Any:
    """Show the sums and the ranking."""
    now = datetime.now(UTC)
    found = groups.members(current(), group_id, now)
    capacity = sum(each.record.installed_capacity_watts or 0 for each in found)
    sums = group_cards.sums(*(_sum(found, name) for name in ("solar_watts", "load_watts", "grid_watts",
                                                           "produced_today_kwh")), capacity)
    return sums, group_cards.ranking([_line(each, now) for each in found], groups.RANKED_DAYS)


@callback(
    Output(Ids.MONEY, "children"),
    Output(Ids.COUNT, "disabled"),
    Input(Ids.GROUP, "data"),
    Input(Ids.REVISION, "data"),
    Input(Ids.COUNT, "n_intervals"),
)
def add_up(group_id: str, _revision: Any, _ticks: int | None) -> Any:
    """Show the money of the group by currency; asked again until every source is counted."""
    found = returns_sums.sums(current(), datetime.now(UTC), group_id=group_id, seconds=COUNT_SECONDS)
    return currency_cards(found.totals, found.left), not found.left


def _sum(found: list[Member], name: str) -> float:
    known = [value for each in found if not math.isnan(value := getattr(each, name))]
    return sum(known) if known else math.nan


def _line(each: Member, now: datetime) -> group_cards.MemberLine:
    record = each.record
    return group_cards.MemberLine(
        str(record.id), record.name, record.icon_url, freshness(each.newest_at, now), each.solar_watts,
        each.produced_today_kwh, each.specific_yield, each.measured_days,
    )


@callback(
    Output(Ids.MOVED, "children"),
    Output(Ids.REVISION, "data"),
    Input(Ids.MOVE, "n_clicks"),
    State(Ids.MEMBERS, "value"),
    State(Ids.GROUP, "data"),
    prevent_initial_call=True,
)
def move(clicks: int | None, chosen: list[str] | None, group_id: str) -> Any:
    """Take sources in and out."""
    if not clicks:
        raise PreventUpdate
    viewer, now, wanted = current(), datetime.now(UTC), set(chosen or ())
    inside = {str(each.record.id) for each in groups.members(viewer, group_id, now)}
    source_changes.move(viewer, sorted(wanted - inside), group_id, now)
    source_changes.move(viewer, sorted(inside - wanted), None, now)
    return said(f"{len(wanted - inside)} taken in, {len(inside - wanted)} taken out"), now.isoformat()


@callback(
    Output(Ids.NAME, "error"),
    Output(Ids.WORDS, "error"),
    Output(Ids.SAVED, "children"),
    Output(Ids.REVISION, "data", allow_duplicate=True),
    Input(Ids.SAVE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(Ids.WORDS, "value"),
    State(Ids.GROUP, "data"),
    prevent_initial_call=True,
)
def save(clicks: int | None, name: str | None, words: str | None, group_id: str) -> Any:
    """Keep name and description."""
    if not clicks:
        raise PreventUpdate
    wanted, now = {"name": name or None, "description": words or None}, datetime.now(UTC)
    if faults := groups.faults(wanted):
        return faults.get("name", False), faults.get("description", False), said("Not saved", "bad"), no_update
    groups.update(current(), group_id, wanted, now)
    return False, False, said("Saved"), now.isoformat()


@callback(
    Output(Ids.LOGO_SAID, "children"),
    Output(Ids.REVISION, "data", allow_duplicate=True),
    Input(Ids.UPLOAD, "contents"),
    Input(Ids.REMOVE, "n_clicks"),
    State(Ids.GROUP, "data"),
    prevent_initial_call=True,
)
def change_logo(sent: str | None, clicks: int | None, group_id: str) -> Any:
    """Put another logo in its place, or none."""
    viewer, now = current(), datetime.now(UTC)
    if ctx.triggered_id == Ids.REMOVE and clicks:
        images.remove_logo(viewer, group_id, now)
        return said("Removed"), now.isoformat()
    if ctx.triggered_id != Ids.UPLOAD or not sent:
        raise PreventUpdate
    images.set_logo(viewer, group_id, content_of(sent, "image"), now)
    return said("Saved"), now.isoformat()


@callback(Output(Ids.ASK, "opened"), Input(Ids.DELETE, "n_clicks"), prevent_initial_call=True)
def ask(clicks: int | None) -> Any:
    """Ask before the group goes."""
    return bool(clicks)


@callback(
    Output(ShellIds.GO, "href", allow_duplicate=True),
    Input(Ids.YES, "n_clicks"),
    State(Ids.GROUP, "data"),
    prevent_initial_call=True,
)
def delete(clicks: int | None, group_id: str) -> Any:
    """Delete the group."""
    if not clicks:
        raise PreventUpdate
    groups.delete(current(), group_id, datetime.now(UTC))
    return "/groups"

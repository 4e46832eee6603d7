"""The tabs of a source that are forms: General, Location and Economics."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import source_form
from components.returns_cards import button, card
from components.source_page import said, warning
from pages import _source_form as form
from pages import _source_icon
from services import access
from services.people.viewer import current
from services.rollups import retention
from services.sources import changes as source_changes

SECTIONS = {"general": ("general", "retention"), "location": ("location", "plant"), "economics": ("economics",)}
TITLES = {"general": "General", "location": "Place", "plant": "Plant", "economics": "Economics",
          "retention": "How long it is kept"}
SUBTITLES = {
    "general": "", "location": "for weather, forecast and the time zone", "plant": "the panels and what is behind them",
    "economics": "what it cost; prices and assumptions are on Returns",
    "retention": "what is older goes at night; hours and days are kept for ever",
}


class FieldIds:
    """Ids of these tabs."""

    SOURCE = "source-fields-store"
    FIELD = "source-field-input"
    GROUP = "source-group-select"
    ACTIVE = "source-active-switch"
    ADVICE = "source-advice-slot"
    PROPOSED = "source-proposed-store"
    USE = "source-use-zone-button"
    SAVE = "source-save-button"
    SAID = "source-saved-slot"
    REVISION = "source-revision-store"
    GENERAL = "source-general-part"


def layout(source_id: str, tab: str) -> Any:
    """Return the form of a tab."""
    known, kept = form.choices(), retention.house_days()
    unset = {name: f"as for all: {days}" for name, days in kept.items()}
    cards = []
    for section in SECTIONS[tab]:
        content = [source_form.fields(section, FieldIds.FIELD, known, when_empty=unset)]
        cards.append(card(TITLES[section], content, subtitle=SUBTITLES[section]))
    stores = [dcc.Store(id=FieldIds.SOURCE, data=source_id), dcc.Store(id=FieldIds.REVISION),
              dcc.Store(id=FieldIds.PROPOSED)]
    save = source_form.foot(html.Div(id=FieldIds.SAID), button(FieldIds.SAVE, "Save changes", "main"))
    return html.Div(
        [
            *stores,
            *cards,
            html.Div(id=FieldIds.ADVICE),
            save,
            *([*_general(), *_source_icon.layout(source_id)] if tab == "general" else []),
        ],
        className="page form-page",
    )


def _general() -> list[Any]:
    switch = dmc.Switch(
        id=FieldIds.ACTIVE, label="Switched on", checked=True, disabled=True,
        description="While it is switched off, nothing that its device sends is taken in.",
    )
    group = source_form.group_field(FieldIds.GROUP)
    content = [html.Div([group, switch], className="form-grid"), html.Div(id=FieldIds.GENERAL)]
    return [card("Group and state", content, subtitle="takes effect at once")]


@callback(
    Output({"type": FieldIds.FIELD, "name": ALL}, "value"),
    Input(FieldIds.SOURCE, "data"),
    State({"type": FieldIds.FIELD, "name": ALL}, "id"),
)
def fill(source_id: str, ids: list[dict[str, str]]) -> Any:
    """Put what is stored into the form."""
    return form.inputs_of(ids, access.source_for(current(), source_id))


@callback(
    Output(FieldIds.GROUP, "data"),
    Output(FieldIds.GROUP, "value"),
    Output(FieldIds.ACTIVE, "checked"),
    Output(FieldIds.ACTIVE, "disabled"),
    Input(FieldIds.SOURCE, "data"),
    Input(FieldIds.GENERAL, "id"),
)
def fill_state(source_id: str, _general: str) -> Any:
    """Show in which group the source is and whether it is on."""
    viewer = current()
    record = access.source_for(viewer, source_id)
    group = str(record.power_group_id) if record.power_group_id else None
    return form.group_choices(viewer), group, record.is_active, False


@callback(
    Output({"type": FieldIds.FIELD, "name": ALL}, "error"),
    Output(FieldIds.SAID, "children"),
    Output(FieldIds.REVISION, "data"),
    Input(FieldIds.SAVE, "n_clicks"),
    State({"type": FieldIds.FIELD, "name": ALL}, "value"),
    State({"type": FieldIds.FIELD, "name": ALL}, "id"),
    State(FieldIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def save(clicks: int | None, given: list[Any], ids: list[dict[str, str]], source_id: str) -> Any:
    """Keep what was changed, or say at each field what is wrong."""
    if not clicks:
        raise PreventUpdate
    viewer, now = current(), datetime.now(UTC)
    record = access.source_for(viewer, source_id, manage=True)
    changes = form.changes_of(form.values_of(ids, given, record.time_zone), record)
    faults = source_changes.faults(viewer, source_id, changes, now)
    if faults:
        return form.errors_for(ids, faults), said("Not saved: see the fields", "bad"), no_update
    source_changes.update(viewer, source_id, changes, now)
    words = "Saved" if changes else "Nothing was changed"
    if any(name in changes for name in source_changes.ACCOUNTED):
        words = "Saved; the days are being accounted anew"
    return form.errors_for(ids, {}), said(words), now.isoformat()


@callback(
    Output(FieldIds.ADVICE, "children"),
    Output(FieldIds.PROPOSED, "data"),
    Input({"type": FieldIds.FIELD, "name": ALL}, "value"),
    Input(FieldIds.REVISION, "data"),
    State({"type": FieldIds.FIELD, "name": ALL}, "id"),
    State(FieldIds.SOURCE, "data"),
)
def advise(given: list[Any], _revision: Any, ids: list[dict[str, str]], source_id: str) -> Any:
    """Warn of what a change does to the past, and propose the zone of a new place."""
    viewer = current()
    record = access.source_for(viewer, source_id)
    values = form.values_of(ids, given, record.time_zone)
    changes = {} if not any(values.values()) else form.changes_of(values, record)
    notes, proposed = [], None
    if {"latitude", "longitude"} & changes.keys() and not source_changes.faults(viewer, source_id, changes, _now()):
        proposed = source_changes.zone_for(viewer, source_id, values["latitude"], values["longitude"])
        if values["latitude"] is not None and proposed != values["time_zone"]:
            use = html.Button(f"Use {proposed}", id=FieldIds.USE, className="button", type="button")
            notes.append(warning(f"This place keeps the time of {proposed}",
                                 f"The source is set to {values['time_zone']}.", symbol="clock", aside=use))
    if any(name in changes for name in source_changes.ACCOUNTED):
        notes.append(_recount_warning(changes))
    return notes, proposed


def _recount_warning(changes: dict[str, Any]) -> Any:
    if "time_zone" in changes:
        title = "Every day will be accounted anew"
        words = ("Days begin at midnight of the time zone, so energies and money of past days move. It takes a minute "
                 "or so after saving. Days whose readings are deleted already stay as they are.")
    else:
        title = "Past days will be accounted anew"
        words = "What is plausible depends on the capacity, and the balance on the battery. It takes a minute or so."
    return warning(title, words)


def _now() -> datetime:
    return datetime.now(UTC)


@callback(
    Output({"type": FieldIds.FIELD, "name": ALL}, "value", allow_duplicate=True),
    Input(FieldIds.USE, "n_clicks"),
    State(FieldIds.PROPOSED, "data"),
    State({"type": FieldIds.FIELD, "name": ALL}, "id"),
    prevent_initial_call=True,
)
def use_zone(clicks: int | None, proposed: str | None, ids: list[dict[str, str]]) -> Any:
    """Put the proposed zone into the form; saving is the reader's."""
    return [proposed if clicks and proposed and each["name"] == "time_zone" else no_update for each in ids]


@callback(
    Output(FieldIds.GENERAL, "children"),
    Input(FieldIds.GROUP, "value"),
    Input(FieldIds.ACTIVE, "checked"),
    State(FieldIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def follow(group: str | None, is_active: bool, source_id: str) -> Any:
    """Move the source or switch it, as soon as that was chosen."""
    viewer = current()
    record = access.source_for(viewer, source_id, manage=True)
    if ctx.triggered_id == FieldIds.ACTIVE and is_active is not record.is_active:
        source_changes.set_active(viewer, [source_id], is_active=is_active, now=_now())
        return said("Switched on" if is_active else "Switched off: nothing is taken in any more")
    before = str(record.power_group_id) if record.power_group_id else None
    if ctx.triggered_id == FieldIds.GROUP and group != before:
        source_changes.move(viewer, [source_id], group, _now())
        return said("Moved" if group else "Taken out of the group")
    return no_update

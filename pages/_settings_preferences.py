"""The tab of the settings with units, automation and looks; each change is kept at once."""

from typing import Any

from dash import ClientsideFunction, Input, Output, callback, clientside_callback, ctx, html
from dash.exceptions import PreventUpdate

from components.account_parts import choice, switch
from components.returns_cards import card
from components.source_page import said
from services.people import preferences
from services.people.preferences import SettingType
from services.people.viewer import current


class PreferenceIds:
    """Ids of this tab."""

    UNIT = "settings-unit-choice"
    NUMBERS = "settings-numbers-choice"
    THEME = "settings-theme-choice"
    WEATHER = "settings-weather-switch"
    FORECASTS = "settings-forecasts-switch"
    SAID = "settings-preferences-slot"


_CHOICES = {
    PreferenceIds.UNIT: SettingType.TEMPERATURE_UNIT,
    PreferenceIds.NUMBERS: SettingType.NUMBER_FORMAT,
    PreferenceIds.THEME: SettingType.THEME,
}
_SWITCHES = {
    PreferenceIds.WEATHER: SettingType.AUTO_UPDATE_WEATHER_DATA,
    PreferenceIds.FORECASTS: SettingType.AUTO_RUN_PREDICTIONS,
}


def layout() -> Any:
    """Return the tab, waiting for the values."""
    looks = [
        choice(PreferenceIds.UNIT, "Temperature", (("0", "°C"), ("1", "°F"))),
        choice(PreferenceIds.NUMBERS, "Numbers", (("0", "1\u202f234.5"), ("1", "1\u202f234,5")),
               "On every page, in charts and in tables; dates are written out, times have 24 hours."),
        choice(PreferenceIds.THEME, "Colours", (("0", "As the system"), ("1", "Light"), ("2", "Dark"))),
    ]
    automation = [
        switch(PreferenceIds.WEATHER, "Weather", "Fetch the weather of my sources every few hours."),
        switch(PreferenceIds.FORECASTS, "Forecasts", "Train and forecast my sources every day."),
    ]
    aside = html.Div(id=PreferenceIds.SAID)
    return html.Div([card("Looks", looks, aside=aside), card("By itself", automation)], className="page")


@callback(
    *[Output(each, "value") for each in _CHOICES],
    *[Output(each, "checked") for each in _SWITCHES],
    Input(PreferenceIds.SAID, "id"),
)
def fill(_id: str) -> Any:
    """Show what is set."""
    values = preferences.of(current().account_id).values
    return *[values[kind] for kind in _CHOICES.values()], *[values[kind] == "1" for kind in _SWITCHES.values()]


@callback(
    Output(PreferenceIds.SAID, "children"),
    *[Input(each, "value") for each in _CHOICES],
    *[Input(each, "checked") for each in _SWITCHES],
    prevent_initial_call=True,
)
def keep(*_values: Any) -> Any:
    """Keep what was changed."""
    account_id, known = current().account_id, dict(preferences.of(current().account_id).values)
    changed = 0
    for triggered in ctx.triggered:
        identity, value = triggered["prop_id"].split(".")[0], triggered["value"]
        kind = _CHOICES.get(identity) or _SWITCHES.get(identity)
        written = ("1" if value else "0") if identity in _SWITCHES else str(value)
        if kind is not None and value is not None and known[kind] != written:
            preferences.change(account_id, kind, written)
            changed += 1
    if not changed:
        raise PreventUpdate
    return said("Saved")


clientside_callback(
    ClientsideFunction("shell", "choose"),
    Output(PreferenceIds.THEME, "color"),
    Input(PreferenceIds.THEME, "value"),
    prevent_initial_call=True,
)

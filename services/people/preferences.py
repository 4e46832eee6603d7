"""What a person prefers: units, automation, and how pages look; what was never set has its default."""

from collections.abc import Mapping
from dataclasses import dataclass

from data import postgres, settings_store
from data.settings_store import VALID_VALUES, SettingType
from services.errors import Invalid

__all__ = ["DEFAULTS", "Preferences", "SettingType", "change", "of"]

DEFAULTS: Mapping[SettingType, str] = {
    SettingType.TEMPERATURE_UNIT: "0",
    SettingType.AUTO_UPDATE_WEATHER_DATA: "1",
    SettingType.AUTO_RUN_PREDICTIONS: "1",
    SettingType.THEME: "0",
    SettingType.NUMBER_FORMAT: "0",
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's settings; the texts are those that are stored."""

    values: Mapping[SettingType, str]

    @property
    def is_fahrenheit(self) -> bool:
        """Whether temperatures are shown in °F."""
        return self.values[SettingType.TEMPERATURE_UNIT] == "1"

    @property
    def updates_weather(self) -> bool:
        """Whether the weather of this person's sources is fetched by the clock."""
        return self.values[SettingType.AUTO_UPDATE_WEATHER_DATA] == "1"

    @property
    def runs_predictions(self) -> bool:
        """Whether forecasts of this person's sources are made by the clock."""
        return self.values[SettingType.AUTO_RUN_PREDICTIONS] == "1"

    @property
    def theme(self) -> str:
        """Return auto, light or dark."""
        return ("auto", "light", "dark")[int(self.values[SettingType.THEME])]

    @property
    def has_decimal_comma(self) -> bool:
        """Whether numbers are written 12,5 instead of 12.5."""
        return self.values[SettingType.NUMBER_FORMAT] == "1"


def of(account_id: str) -> Preferences:
    """Return what an account prefers."""
    with postgres.session() as session:
        return Preferences({**DEFAULTS, **settings_store.of_user(session, account_id)})


def change(account_id: str, kind: SettingType, value: str) -> None:
    """Set one preference; it holds from the next page, and from the next round of the clock. Raises Invalid."""
    if value not in VALID_VALUES[kind]:
        raise Invalid({kind.name.lower(): f"must be one of {', '.join(sorted(VALID_VALUES[kind]))}"})
    with postgres.session() as session:
        settings_store.put(session, account_id, kind, value)

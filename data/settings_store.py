"""What users prefer, in PostgreSQL: one value per user and setting."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import UserSetting


class SettingType(IntEnum):
    """The settings of the original with its numbers, and after them what Ampra adds."""

    TEMPERATURE_UNIT = 1
    AUTO_UPDATE_WEATHER_DATA = 2
    AUTO_RUN_PREDICTIONS = 3
    # 0 as the system, 1 light, 2 dark.
    THEME = 4
    # 0 for 12.5 and 1 for 12,5.
    NUMBER_FORMAT = 5


VALID_VALUES: Mapping[SettingType, frozenset[str]] = MappingProxyType(
    {each: frozenset({"0", "1", "2"} if each is SettingType.THEME else {"0", "1"}) for each in SettingType}
)


def of_user(session: Session, user_id: str) -> dict[SettingType, str]:
    """Return what a user has set; a setting never touched is absent."""
    known = [int(each) for each in SettingType]
    query = select(UserSetting.setting_type, UserSetting.value).where(
        UserSetting.user_id == user_id, UserSetting.setting_type.in_(known)
    )
    return {SettingType(kind): value for kind, value in session.execute(query)}


def users_with(session: Session, kind: SettingType, value: str) -> set[str]:
    """Return the ids of the users who set this value; whoever never touched the setting is not among them."""
    query = select(UserSetting.user_id).where(UserSetting.setting_type == int(kind), UserSetting.value == value)
    return set(session.execute(query).scalars())


def put(session: Session, user_id: str, kind: SettingType, value: str) -> None:
    """Set a user's value. Raises ValueError for one that the setting does not have."""
    if value not in VALID_VALUES[kind]:
        allowed = ", ".join(sorted(VALID_VALUES[kind]))
        raise ValueError(f"{kind.name} may be {allowed}; {value!r} is not allowed")
    wanted = insert(UserSetting).values(user_id=user_id, setting_type=int(kind), value=value)
    session.execute(
        wanted.on_conflict_do_update(
            index_elements=[UserSetting.user_id, UserSetting.setting_type],
            set_={"value": value, "updated_at": func.now()},
        )
    )

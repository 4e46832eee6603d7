"""Daily weather in PostgreSQL: one row a source and local day, observed or forecast, never half of a day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import and_, cast, column, delete, func, or_, select, true, values
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import SunSource, WeatherData

VALUES = (
    "temperature_max", "temperature_min", "shortwave_radiation_sum", "weather_code", "uv_index_max",
    "precipitation_sum", "sunrise", "sunset",
)
_TOLD = ("date", *VALUES, "is_observed", "issued_at")
_TABLE = WeatherData.__table__


def put(session: Session, source_ids: Iterable[str | UUID], days: pd.DataFrame) -> int:
    """Store days for several sources in one statement; returns how many rows were written.

    `days` has the columns `date` (aware: the day's begin in the source's zone), VALUES (°C, MJ/m², WMO code, index, mm,
    aware instants; NaN and NaT are not known), `is_observed` and `issued_at` (aware). A day that is there is renewed: a
    value that is not known now stays as it was, an observed day is not replaced by a forecast of it, nor a newer
    telling by an older one of its kind. Sources that were deleted meanwhile are left out.
    """
    if days.empty:
        return 0
    told = values(*(column(name, _TABLE.c[name].type) for name in _TOLD), name="told").data(_rows(days))
    # In one order, so that two processes never wait for each other.
    rows = (
        # A column that is NULL throughout has no type of its own.
        select(SunSource.id, *(cast(told.c[name], _TABLE.c[name].type) for name in _TOLD))
        .select_from(SunSource.__table__.join(told, true()))
        .where(SunSource.id.in_([UUID(str(each)) for each in source_ids]))
        .order_by(SunSource.id, told.c.date)
    )
    wanted = insert(WeatherData).from_select(["sun_source_id", *_TOLD], rows)
    new, old = wanted.excluded, WeatherData
    is_newer = or_(old.issued_at.is_(None), new.issued_at >= old.issued_at)
    known: dict[str, Any] = {name: func.coalesce(new[name], getattr(old, name)) for name in VALUES}
    statement = wanted.on_conflict_do_update(
        index_elements=[old.sun_source_id, old.date],
        set_={**known, "is_observed": new.is_observed, "issued_at": new.issued_at},
        where=or_(and_(new.is_observed, ~old.is_observed), and_(new.is_observed == old.is_observed, is_newer)),
    )
    return len(session.execute(statement.returning(old.id)).all())


def between(session: Session, source_id: UUID, start: datetime, end: datetime) -> pd.DataFrame:
    """Return the days of a source that begin in `[start, end)`, in order: `date`, VALUES, `is_observed`, `issued_at`.

    Numbers are floats with NaN where not known; `date`, `sunrise`, `sunset` and `issued_at` are aware UTC.
    """
    query = (
        select(*(_TABLE.c[name] for name in _TOLD))
        .where(WeatherData.sun_source_id == source_id, WeatherData.date >= start, WeatherData.date < end)
        .order_by(WeatherData.date)
    )
    frame = pd.DataFrame.from_records([tuple(row) for row in session.execute(query)], columns=list(_TOLD))
    for name in ("date", "sunrise", "sunset", "issued_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    numbers = [name for name in VALUES if name not in ("sunrise", "sunset")]
    return frame.astype({**dict.fromkeys(numbers, float), "is_observed": bool})


def issued_at(session: Session, source_id: UUID) -> datetime | None:
    """Return when the newest stored forecast of a source was issued (aware), or None."""
    query = select(func.max(WeatherData.issued_at)).where(
        WeatherData.sun_source_id == source_id, ~WeatherData.is_observed
    )
    found: datetime | None = session.execute(query).scalar_one()
    return found


def span_observed(session: Session, source_id: UUID) -> tuple[datetime, datetime, int] | None:
    """Return the begin of the first and of the last observed day of a source and their number, or None."""
    query = select(func.min(WeatherData.date), func.max(WeatherData.date), func.count()).where(
        WeatherData.sun_source_id == source_id, WeatherData.is_observed
    )
    first, last, number = session.execute(query).one()
    return (first, last, number) if number else None


def delete_source(session: Session, source_id: UUID) -> None:
    """Delete all days of a source, as where it has moved."""
    session.execute(delete(WeatherData).where(WeatherData.sun_source_id == source_id))


def _rows(days: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = [[_plain(value, name) for value in days[name]] for name in _TOLD]
    return list(zip(*columns, strict=True))


def _plain(value: Any, name: str) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if name == "weather_code":
        return int(value)
    return bool(value) if name == "is_observed" else value if isinstance(value, datetime) else float(value)

"""The readings that the accounting of some days needs: from where it goes on to where nothing later changes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from data import mongo, reading_frames, readings, rollups
from data.rollups import Slot
from solar.vocabulary import COUNTER_FIELDS, POWER_FIELDS

ENERGY_FIELDS = (*POWER_FIELDS, *COUNTER_FIELDS)
# A gap, a stale counter or an excursion may reach back over midnight by so much (formulas 1.5).
REACH = timedelta(hours=3)
_LONGEST_DAY = timedelta(hours=25)


def load(
    source_id: str, start: datetime, end: datetime, newest: datetime, fields: Sequence[str], slots: Iterable[Slot] = ()
) -> pd.DataFrame:
    """Return all readings from `start` to 3 h beyond the first one of each field after `end`, or to the newest.

    What lies in a slot counts as not reported.
    """
    database, until = mongo.database(), end + REACH
    pieces = [reading_frames.frame_between(database, source_id, start, until, fields)]
    if newest >= until:
        after = pieces[0].loc[end:]
        for name in [name for name in fields if not after[name].notna().any()]:
            found = _next_with(source_id, name, until)
            if found is not None:
                pieces.append(reading_frames.frame_between(database, source_id, found, found + REACH, [name]))
    return without(pd.concat(pieces) if len(pieces) > 1 else pieces[0], slots)


def _next_with(source_id: str, field: str, after: datetime) -> datetime | None:
    """The next reading that carries a field; days tell where to look, as a field may be gone for good."""
    database = mongo.database()
    for start in rollups.days_with_field(database, source_id, field, after - _LONGEST_DAY, most=3):
        found = readings.first_with(database, source_id, field, max(start, after), start + _LONGEST_DAY)
        if found is not None:
            return found
    return None


def without(frame: pd.DataFrame, slots: Iterable[Slot]) -> pd.DataFrame:
    """Return the readings with what lies in a slot as not reported."""
    for slot in slots:
        inside = (frame.index >= slot.start) & (frame.index < slot.end)
        if inside.any():
            frame = frame.copy()
            hidden = [name for name in frame.columns if not slot.fields or name in slot.fields]
            frame.loc[inside, hidden] = np.nan
    return frame

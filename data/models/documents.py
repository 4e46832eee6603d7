"""The collections in MongoDB: what their documents must look like, and their indexes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, IndexModel

from solar.vocabulary import LIST_FIELDS, NUMERIC_FIELDS, TEXT_FIELDS

Document = dict[str, Any]
DAY_SECONDS = 86_400
GUID = {"bsonType": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
DATE = {"bsonType": "date"}


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: what its documents must look like (empty: anything), its indexes beside `_id`, and whether it is
    packed tightly where the server makes it (zstd takes half the disk of the default, which is quicker)."""

    schema: Mapping[str, Any] = field(default_factory=dict)
    indexes: tuple[IndexModel, ...] = ()
    is_packed: bool = False


def _index(*names: str, **options: Any) -> IndexModel:
    return IndexModel([(name, ASCENDING) for name in names], **options)


def _with(field: str) -> Document:
    return {f"{field}.0": {"$exists": True}}


def _object(required: tuple[str, ...], **properties: Any) -> Document:
    return {"bsonType": "object", "required": list(required), "properties": properties}


READING_SCHEMA: Document = {
    **_object(
        ("sunSourceId", "timestamp"),
        _id={},
        sunSourceId=GUID,
        timestamp=DATE,
        **{name: {"bsonType": "double"} for name in NUMERIC_FIELDS},
        **{name: {"bsonType": "string"} for name in TEXT_FIELDS},
        **{name: {"bsonType": "array", "items": {"bsonType": "string"}} for name in LIST_FIELDS},
        rawData={"bsonType": "object"},
        metadata={"bsonType": "object"},
    ),
    # A field outside the vocabulary is a mistake of ours: what devices sent beside it is in rawData.
    "additionalProperties": False,
}

_ROLL_UP = Collection(
    _object(("sunSourceId", "start"), sunSourceId=GUID, start=DATE),
    (_index("sunSourceId", "start", unique=True),),
    is_packed=True,
)
# Stamps an hour apart from `start` on, and for each column a value or null for each of them.
_HOURS: Document = {
    "start": DATE,
    "hours": {"bsonType": "int", "minimum": 1, "maximum": 1000},
    "values": {
        "bsonType": "object",
        "additionalProperties": {"bsonType": "array", "items": {"bsonType": ["double", "int", "null"]}},
    },
}

COLLECTIONS: Mapping[str, Collection] = {
    # The three of the original. The unique index also serves searches by source alone.
    "normalized_sun_source_data": Collection(
        READING_SCHEMA,
        (
            _index("sunSourceId", "timestamp", unique=True),
            # Few readings carry codes; these find them without looking at the others.
            *(_index("sunSourceId", "timestamp", name=name, partialFilterExpression=_with(field))
              for field, name in (("faultCodes", "readings_with_faults"), ("warningCodes", "readings_with_warnings"))),
        ),
        is_packed=True,
    ),
    "predictions": Collection(
        _object(("sunSourceId", "createdAt"), sunSourceId=GUID, createdAt=DATE), (_index("sunSourceId", "createdAt"),)
    ),
    "model_metadata": Collection(_object(("sunSourceId",), sunSourceId=GUID), (_index("sunSourceId"),)),
    # Ours.
    "dead_letters": Collection(
        _object(("sunSourceId", "receivedAt"), receivedAt=DATE),
        (
            _index("sunSourceId", "receivedAt"),
            _index("sunSourceId", "digest", unique=True),
            _index("receivedAt", expireAfterSeconds=30 * DAY_SECONDS),
        ),
    ),
    "latest_readings": Collection(),
    "device_memory": Collection(),
    "ingest_counts": Collection(indexes=(_index("sunSourceId", "hour", unique=True), _index("hour"))),
    "webhook_ids": Collection(
        _object(("createdAt",), createdAt=DATE),
        (_index("sunSourceId", "webhookId", unique=True), _index("createdAt", expireAfterSeconds=DAY_SECONDS)),
    ),
    "open_batches": Collection(
        indexes=(
            _index("sunSourceId", unique=True, partialFilterExpression={"open": True}),
            _index("openedAt"),
        ),
    ),
    "rollups_5m": _ROLL_UP,
    "rollups_1h": _ROLL_UP,
    "rollups_1d": _ROLL_UP,
    "rollup_marks": Collection(indexes=(_index("sunSourceId", "day"), _index("from"))),
    # What roll-ups need to go on from where they are: one document a source, and one a source and local day.
    "rollup_sources": Collection(),
    "energy_days": _ROLL_UP,
    # Energies of days that an owner brought from elsewhere.
    "imported_days": _ROLL_UP,
    # How far documents of an original Ampra have come; `_id` names its database and collection.
    "import_states": Collection(),
    # Hourly weather: forecasts as they were issued, and observed local days (`date` as 2026-06-21).
    "weather_forecasts": Collection(
        _object(
            ("sunSourceId", "issuedAt", "expiresAt", "isSimulated", "start", "hours", "values"),
            sunSourceId=GUID, issuedAt=DATE, expiresAt=DATE, isSimulated={"bsonType": "bool"}, **_HOURS,
        ),
        (_index("sunSourceId", "issuedAt", unique=True), _index("expiresAt", expireAfterSeconds=0)),
        is_packed=True,
    ),
    "weather_observations": Collection(
        _object(
            ("sunSourceId", "date", "origin", "complete", "storedAt", "start", "hours", "values"),
            sunSourceId=GUID, date={"bsonType": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
            origin={"enum": ["archive", "recent"]}, complete={"bsonType": "bool"}, storedAt=DATE, **_HOURS,
        ),
        (_index("sunSourceId", "date", unique=True),),
        is_packed=True,
    ),
}

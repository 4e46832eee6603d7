"""The description of the REST API for programs (OpenAPI 3.1)."""

from typing import Any

from data import settings

Json = dict[str, Any]
_STRING: Json = {"type": "string"}
_NUMBER: Json = {"type": "number"}
_TIME: Json = {"type": "string", "format": "date-time"}
_NUMBERS: Json = {"type": "object", "additionalProperties": _NUMBER}


def document() -> Json:
    """Return the description; a test holds it against the routes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ampra", "version": "1",
            "description": "Times are UTC. Power is in W, energy in kWh. A field that was not reported is absent.",
        },
        "servers": [{"url": settings.get().web_url}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": {"source_id": _parameter("source_id", "The id of a source.", _STRING, place="path")},
            "responses": _RESPONSES,
        },
    }


def _paths() -> Json:
    one = {"parameters": [{"$ref": "#/components/parameters/source_id"}]}
    return {
        "/api/v1/openapi.json": {"get": _operation("This description.", {"type": "object"})},
        "/api/v1/sources": {
            "get": _operation("The sources you may see.", _object(sources={"type": "array", "items": _SOURCE}))
        },
        "/api/v1/sources/{source_id}": {**one, "get": _operation("One source.", _SOURCE)},
        "/api/v1/sources/{source_id}/latest": {
            **one, "get": _operation("The newest value of each field, and when it was measured.", _LATEST),
        },
        "/api/v1/sources/{source_id}/readings": {
            **one,
            "get": _operation("Means of fields over [start, end), 2,000 at most.", _READINGS, [
                _parameter("start", "With its offset.", _TIME), _parameter("end", "With its offset.", _TIME),
                _parameter("fields", "Names separated by commas; solarPower,loadPower if left out.", _STRING, False),
            ]),
            "post": {
                **_operation("Take in a reading or a list of them. Needs a token that may write.", _RECEIPT),
                "requestBody": {"required": True, "content": {"application/json": {"schema": {
                    "oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}}}},
            },
        },
        "/api/v1/sources/{source_id}/days": {
            **one,
            "get": _operation("Energies of local days, 400 at most.", _DAYS, [
                _parameter("from", "The first day.", {"type": "string", "format": "date"}),
                _parameter("to", "The last day, included.", {"type": "string", "format": "date"}),
            ]),
        },
        **_paths_of_rules(one),
    }  # fmt: skip


def _paths_of_rules(one: Json) -> Json:
    """The paths of what holds for a source: how long it is kept, and what energy costs."""
    return {
        "/api/v1/sources/{source_id}/retention": {
            **one,
            "get": _operation("For how many days telemetry is kept; hours and days are kept for ever.", _KEPT),
            "put": {
                **_operation("Set it, null for what the installation keeps. Needs a token that may write.", _KEPT),
                "requestBody": {"required": True, "content": {"application/json": {"schema": _KEPT_SENT}}},
            },
        },
        "/api/v1/sources/{source_id}/hourly-prices": {
            **one,
            "get": _operation("Dynamic prices that overlap [start, end), 400 days at most.", _PRICES, [
                _parameter("start", "With its offset.", _TIME), _parameter("end", "With its offset.", _TIME),
            ]),
            "post": {
                **_operation(_TAKES_PRICES, _PRICES_TAKEN, [
                    _parameter("dryRun", "true: only say what would change.", {"type": "boolean"}, False),
                ]),
                "requestBody": {"required": True, "content": {"application/json": {"schema": _PRICES_SENT}}},
            },
        },
    }  # fmt: skip


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _parameter(name: str, words: str, schema: Json, required: bool = True, place: str = "query") -> Json:
    return {"name": name, "in": place, "required": required, "description": words, "schema": schema}


def _operation(words: str, schema: Json, parameters: list[Json] | None = None) -> Json:
    answers = {status: {"$ref": f"#/components/responses/{name}"} for status, name in _ANSWERS.items()}
    good = {"description": words, "content": {"application/json": {"schema": schema}}}
    return {"summary": words, "parameters": parameters or [], "responses": {"200": good, **answers}}


_ANSWERS = {"400": "Invalid", "401": "Unknown", "403": "Forbidden", "404": "NotFound", "429": "TooMany", "503": "Away"}
_ERROR = {"application/json": {"schema": _object(error=_STRING)}}
_RESPONSES: Json = {
    "Invalid": {
        "description": "Something sent breaks a rule; `fields` says which and what is allowed.",
        "content": {"application/json": {"schema": _object(
            error=_STRING, fields={"type": "object", "additionalProperties": _STRING})}},
    },
    "Unknown": {"description": "No token, or one that does not hold.", "content": _ERROR},
    "Forbidden": {"description": "The token may only read.", "content": _ERROR},
    "NotFound": {"description": "There is no such source, or it is not yours.", "content": _ERROR},
    "TooMany": {"description": "More than 600 requests in a minute.", "content": _ERROR},
    "Away": {"description": "A database does not answer just now.", "content": _ERROR},
}  # fmt: skip
_SOURCE = _object(
    id=_STRING, name=_STRING, group={"type": ["string", "null"]}, timeZone=_STRING,
    installedCapacityWatts={"type": ["number", "null"]}, hasBattery={"type": ["boolean", "null"]},
)  # fmt: skip
_LATEST = _object(
    timestamp={"type": ["string", "null"], "format": "date-time"}, fields={"type": "object"},
    measuredAt={"type": "object", "additionalProperties": _TIME},
)  # fmt: skip
_READINGS = _object(
    start=_TIME, end=_TIME, stepSeconds={"type": ["number", "null"]},
    readings={"type": "array", "items": {"type": "object", "properties": {"timestamp": _TIME}}},
)  # fmt: skip
_DAYS = _object(
    timeZone=_STRING,
    days={"type": "array", "items": _object(
        date={"type": "string", "format": "date"}, kwh=_NUMBERS, measuredShare=_NUMBERS)},
)  # fmt: skip
_KEPT = _object(
    readingsDays={"type": "integer"}, fiveMinutesDays={"type": "integer"},
    own={"type": "array", "items": _STRING, "description": "What the source says itself."},
)
_KEPT_DAYS: Json = {"type": ["integer", "null"], "minimum": 7, "maximum": 36500}
_KEPT_SENT = _object(readingsDays=_KEPT_DAYS, fiveMinutesDays=_KEPT_DAYS)
_TAKES_PRICES = (
    "Take in dynamic prices per kWh, all or none, in place of what they overlap; the answer says what that changes of "
    "days that are over. They count where a price of the history is marked as dynamic. Needs a token that may write."
)
_PRICES = _object(
    currency=_STRING,
    prices={"type": "array", "items": _object(start=_TIME, end=_TIME, price=_STRING, exportPrice=_STRING)},
)
_PRICES_SENT: Json = {
    "type": "object", "required": ["prices"],
    "properties": {"prices": {"type": "array", "items": {
        "type": "object", "required": ["start", "end", "price"],
        "properties": {"start": _TIME, "end": _TIME, "price": {"type": ["number", "string"]},
                       "exportPrice": {"type": ["number", "string", "null"]}},
    }}},
}  # fmt: skip
_PRICES_TAKEN = _object(
    kept={"type": "integer"}, currency=_STRING, pastDays={"type": "integer"},
    firstDay={"type": "string", "format": "date"}, lastDay={"type": "string", "format": "date"},
    savedBefore=_STRING, savedAfterwards=_STRING,
)  # fmt: skip
_RECEIPT = _object(
    stored={"type": "integer"}, merged={"type": "integer"}, duplicate={"type": "integer"},
    rejected={"type": "object", "additionalProperties": _STRING}, notUnderstood={"type": "array", "items": _STRING},
)  # fmt: skip

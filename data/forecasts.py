"""Predictions and model metadata in MongoDB."""

from typing import Any

from pymongo.database import Database

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
PREDICTIONS, MODELS = "predictions", "model_metadata"


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete what was predicted for a source, and what is known of its models."""
    with mapped_mongo_errors():
        for name in (PREDICTIONS, MODELS):
            database[name].delete_many({"sunSourceId": source_id})


def source_ids(database: Database[Document]) -> list[str]:
    """Return the ids of all sources that have predictions or models."""
    with mapped_mongo_errors():
        return sorted({each for name in (PREDICTIONS, MODELS) for each in database[name].distinct("sunSourceId")})

"""The ids of webhook requests in MongoDB, so that a replayed request is known to every process."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
Claim = Literal["ours", "accepted", "busy"]
# A process that was killed while it took a request in must not hold its id for ever.
CLAIM_HOLDS = timedelta(seconds=30)


def claim(database: Database[Document], source_id: str, webhook_id: str, now: datetime) -> Claim:
    """Claim an id before its request is taken in, so that of two at once only one is.

    `accepted`: a request with this id was answered 200 within the last 24 hours. `busy`: another process is just
    taking it in. `ours`: go on, then `accept` or `release` it. Raises StorageUnavailable.
    """
    ids, key = database["webhook_ids"], {"sunSourceId": source_id, "webhookId": webhook_id}
    with mapped_mongo_errors():
        try:
            ids.insert_one({**key, "createdAt": now, "claimedAt": now})
            return "ours"
        except DuplicateKeyError:
            pass
        abandoned = {**key, "claimedAt": {"$lt": now - CLAIM_HOLDS}}
        if ids.update_one(abandoned, {"$set": {"claimedAt": now}}).matched_count:
            return "ours"
        found = ids.find_one(key)
    return "accepted" if found is not None and found.get("claimedAt") is None else "busy"


def accept(database: Database[Document], source_id: str, webhook_id: str, now: datetime) -> None:
    """Remember the id of a request that was answered 200; the index forgets it after 24 hours."""
    key = {"sunSourceId": source_id, "webhookId": webhook_id}
    with mapped_mongo_errors():
        database["webhook_ids"].update_one(
            key, {"$set": {"createdAt": now}, "$unset": {"claimedAt": ""}}, upsert=True
        )


def release(database: Database[Document], source_id: str, webhook_id: str) -> None:
    """Forget the claim of a request that was not accepted: the same may be sent again."""
    with mapped_mongo_errors():
        database["webhook_ids"].delete_one(
            {"sunSourceId": source_id, "webhookId": webhook_id, "claimedAt": {"$exists": True}}
        )

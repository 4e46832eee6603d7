"""Rate limits counted in MongoDB, so that all processes together keep them."""

import atexit
import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.storage import MongoDBStorage
from limits.strategies import FixedWindowRateLimiter

from data import settings
from data.errors import mapped_mongo_errors
from data.mongo import DATABASE, SELECTION_MILLISECONDS


@lru_cache(maxsize=1)
def _limiter() -> FixedWindowRateLimiter:
    # Unacknowledged by the journal on purpose: losing a count in a crash only forgives a request.
    storage = MongoDBStorage(
        settings.get().mongo_url,
        database_name=DATABASE,
        counter_collection_name="limit_counters",
        window_collection_name="limit_windows",
        serverSelectionTimeoutMS=SELECTION_MILLISECONDS,
    )
    # The storage closes its client when it is forgotten; left to the very end, that fails with a trace in the log.
    atexit.register(_limiter.cache_clear)
    return FixedWindowRateLimiter(storage)


@lru_cache(maxsize=64)
def _item(rule: str) -> RateLimitItem:
    return parse(rule)


def seconds_to_wait(rule: str, *who: str, cost: int = 1) -> int:
    """Count a request of `who`, or `cost` of them, against a rule like `120/minute`.

    Returns 0 where it may pass, else seconds to wait.

    Raises StorageUnavailable.
    """
    with mapped_mongo_errors():
        if _limiter().hit(_item(rule), *who, cost=cost):
            return 0
        reset_at = _limiter().get_window_stats(_item(rule), *who).reset_time
    return max(1, round(reset_at - time.time()))


def forgive(rule: str, *who: str) -> None:
    """Forget what `who` was counted for by a rule; raises StorageUnavailable."""
    with mapped_mongo_errors():
        _limiter().clear(_item(rule), *who)

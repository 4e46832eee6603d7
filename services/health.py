"""Whether the stores answer."""

from data import mongo, postgres


def stores() -> dict[str, bool]:
    """Return for each store whether it answers just now."""
    return {"postgres": postgres.answers(), "mongo": mongo.answers()}

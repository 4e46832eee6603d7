"""Model files in the object store: JSON, so that reading one runs no code; the newest of each source."""

import gzip

from data import object_store
from solar.forecasting import Model


def _key(source_id: str) -> str:
    return f"models/{source_id}/model.json.gz"


def put(source_id: str, model: Model) -> tuple[str, int]:
    """Keep a model in place of the one before; returns its key and how many bytes it takes."""
    content = gzip.compress(model.to_json().encode(), 6)
    object_store.put(_key(source_id), content)
    return _key(source_id), len(content)


def get(source_id: str) -> Model | None:
    """Return a source's model; None where there is none, or none that this version can read."""
    content = object_store.get(_key(source_id))
    if content is None:
        return None
    try:
        return Model.from_json(gzip.decompress(content).decode())
    except (ValueError, KeyError, TypeError, OSError, EOFError):
        return None

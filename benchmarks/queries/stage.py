"""Servers whose data is kept between runs, as `make run` starts them, and our settings pointing at them."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local import mongo, postgres, process
from deploy.local.ports import free_port, wait_for
from tests import servers

START_SECONDS = 60


@contextmanager
def stage(folder: Path) -> Iterator[None]:
    """Start PostgreSQL and MongoDB on what `folder` holds, bring the schema up to date and set the environment."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    postgres_port, mongo_port, kept = free_port(), free_port(), _secrets(folder)
    database = postgres.prepare(folder / "postgres", postgres_port, kept["postgres"])
    documents = mongo.prepare(folder / "mongo", mongo_port, kept["mongo"])
    with ExitStack() as running:
        for child, is_ready, port in (
            (database, postgres.is_ready, postgres_port), (documents, mongo.is_ready, mongo_port),
        ):  # fmt: skip
            output = running.enter_context((folder / f"{child.name}.log").open("wb"))
            started = process.start(child, output)
            running.callback(process.stop, started, child)
            if not wait_for(lambda ready=is_ready, at=port: ready(at), START_SECONDS):
                raise SystemExit(f"{child.name} did not start: see {folder / child.name}.log")
        settings = servers.environment(
            postgres.url(postgres_port, kept["postgres"]), mongo.url(mongo_port, kept["mongo"]), folder
        )
        servers.migrate(settings)
        os.environ.update(settings)
        yield


def _secrets(folder: Path) -> dict[str, str]:
    file = folder / "secrets.json"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps({"postgres": secrets.token_urlsafe(24), "mongo": secrets.token_hex(24)}))
    found: dict[str, str] = json.loads(file.read_text())
    return found

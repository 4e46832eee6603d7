"""What Alembic runs: the steps in one transaction, one process at a time."""

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, text

from data import postgres, settings
from data.models import Base
from migrations import LOCK, is_ours


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_object=is_ours, compare_server_default=True
    )
    with context.begin_transaction():
        # Before the current step is read, so that a second process finds the work of the first one done.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


if context.is_offline_mode():
    raise CommandError("Ampra's migrations need a connection: --sql is not supported.")

if context.config.config_file_name:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    _url = settings.load(os.environ).postgres_url
    if not _url:
        raise CommandError("AMPRA_POSTGRES_URL is not set: it must be a URL that begins with postgresql://.")
    with postgres.engine_for(_url).connect() as _connection:
        _run(_connection)

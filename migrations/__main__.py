"""`python -m migrations`: brings both databases to the newest schema; may run at any time, also twice at once."""

import argparse
import os
import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from data import mongo as mongo_connection
from data import postgres, settings
from data.errors import StorageUnavailable, mapped_mongo_errors, mapped_postgres_errors
from migrations import FOLDER, LOCK, mongo


def upgrade(connection: Connection, step: str = "head") -> None:
    """Bring PostgreSQL to a step, the newest by default."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    command.upgrade(config, step)


def run(given: settings.Settings, step: str = "head") -> None:
    """Bring both databases to the newest schema, waiting for another process that is at it."""
    engine = postgres.engine_for(given.postgres_url)
    with mapped_postgres_errors(), engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        upgrade(connection, step)
        with mapped_mongo_errors(), mongo_connection.client_for(given.mongo_url) as client:
            mongo.apply(client.get_default_database(mongo_connection.DATABASE))
        # Ending the connection would unlock too, but the pool keeps it.
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    engine.dispose()


def main() -> int:
    """Run for the settings of the environment; one sentence on what went wrong, else on what was done."""
    parser = argparse.ArgumentParser(description="Bring both databases to the newest schema.")
    parser.add_argument("--to", default="head", help="an earlier step of PostgreSQL's, for restoring a backup of it")
    step = parser.parse_args().to
    try:
        given = settings.load(os.environ)
        for variable, url in (("AMPRA_POSTGRES_URL", given.postgres_url), ("AMPRA_MONGO_URL", given.mongo_url)):
            if not url:
                raise settings.SettingsError(f"{variable} is not set.")
        run(given, step)
    except (settings.SettingsError, StorageUnavailable) as error:
        cause = f" ({error.__cause__.args[0]})" if error.__cause__ is not None and error.__cause__.args else ""
        sys.stderr.write(f"The schema could not be brought up to date: {error}{cause}\n")
        return 1
    sys.stdout.write(f"Both databases have the {'newest schema' if step == 'head' else f'schema {step}'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Fixtures of all layers: real servers started once on free ports, the schema migrated once, the stores emptied."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of this run keep their files."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def postgres_url(servers_folder: Path) -> Iterator[str]:
    """A real PostgreSQL of this run."""
    with servers.postgres_server(servers_folder) as url:
        yield url


@pytest.fixture(scope="session")
def mongo_url(servers_folder: Path) -> Iterator[str]:
    """A real MongoDB of this run."""
    with servers.mongo_server(servers_folder) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgres_url: str, mongo_url: str, servers_folder: Path) -> Iterator[dict[str, str]]:
    """The newest schema in both databases and our settings pointing at them; gives the settings."""
    settings = servers.environment(postgres_url, mongo_url, servers_folder)
    servers.migrate(settings)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AMPRA_")]:
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        servers.forget_settings()
        yield settings
    servers.forget_settings()


@pytest.fixture
def stores(migrated: dict[str, str]) -> dict[str, str]:
    """Both databases, migrated and without a row or document of an earlier test; gives the settings."""
    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    return migrated

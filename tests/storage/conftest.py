"""Fixtures of the storage layer: a second system beside the first, for what goes from one to the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.storage.second_home import second_home


@pytest.fixture(scope="session")
def migrated_home(migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A second system with the schema, made once."""
    with second_home(migrated, tmp_path_factory.mktemp("second")) as settings:
        servers.migrate(settings)
        yield settings


@pytest.fixture
def home(stores: dict[str, str], migrated_home: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The second system, with the schema and nothing else; both have the same secrets."""
    servers.empty(migrated_home["AMPRA_POSTGRES_URL"], migrated_home["AMPRA_MONGO_URL"])
    return {**migrated_home, "AMPRA_VAR": str(tmp_path / "home")}

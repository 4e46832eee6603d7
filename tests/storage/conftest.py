"""Fixtures of the storage layer: an object store that speaks S3, and a second system beside the first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from deploy.local.ports import free_port
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


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3, with a bucket."""
    import boto3

    port = free_port()
    server = ThreadedMotoServer(port=port)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="key", aws_secret_access_key="secret",
                          region_name="us-east-1")
    client.create_bucket(Bucket="ampra")
    yield f"s3://key:secret@ampra/pictures?endpoint={endpoint}&region=us-east-1"
    server.stop()

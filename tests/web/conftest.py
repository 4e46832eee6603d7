"""The app once for all tests of the edge, with Alice, Bob and an admin, each with a client of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from services.people import accounts
from services.people.viewer import Viewer

PASSWORD = "Sunny-day-7"


@dataclass(frozen=True)
class Person:
    """Somebody with an account: the account, how services see them, and a signed-in client."""

    account: accounts.Account
    viewer: Viewer
    client: FlaskClient


@pytest.fixture(scope="session")
def app(migrated: dict[str, str]) -> Iterator[ModuleType]:
    """The real app; one object per process."""
    import app as application

    yield application


@pytest.fixture
def stranger(app: ModuleType, stores: dict[str, str]) -> FlaskClient:
    """A client that nobody signed in with."""
    return app.server.test_client()


def sign_in(app: ModuleType, email: str, roles: tuple[str, ...] = ("User",)) -> Person:
    """Make an account and a client that is signed in with it."""
    account = accounts.create_user(email, PASSWORD, "Test", "Person", roles=roles, is_email_verified=True)
    client = app.server.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return Person(account, Viewer(account.id, "Test Person", email, account.roles, account.permissions), client)


@pytest.fixture
def alice(app: ModuleType, stores: dict[str, str]) -> Person:
    """An owner."""
    return sign_in(app, "alice@example.org")


@pytest.fixture
def bob(app: ModuleType, stores: dict[str, str]) -> Person:
    """Another owner."""
    return sign_in(app, "bob@example.org")


@pytest.fixture
def admin(app: ModuleType, stores: dict[str, str]) -> Person:
    """An admin."""
    return sign_in(app, "admin@example.org", ("Admin", "User"))


@pytest.fixture
def overseer(app: ModuleType, stores: dict[str, str]) -> Person:
    """An Overseer."""
    return sign_in(app, "overseer@example.org", ("Overseer",))

"""Who is looking: the signed-in account as the pages and use cases see it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person, and what the claims of their roles and their own permit them.

    A guest has no account: somebody with a public link, who may look at the sources and the group that are `shown`, and
    at nothing measured at or after `until` (aware; None: at everything).
    """

    account_id: str
    name: str
    email: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    is_guest: bool = False
    shown: frozenset[UUID] = frozenset()
    until: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """Whether everybody's sources are theirs to see: an Admin, an Overseer, or somebody given that permission."""
        return bool(self.roles & {"Admin", "Overseer"}) or "sources.all" in self.permissions


_find: list[Callable[[], Viewer | None]] = []


def set_finder(finder: Callable[[], Viewer | None]) -> None:
    """Install how the edge finds the viewer of the current request; called once when the web server is put together."""
    _find[:] = [finder]


def current() -> Viewer:
    """Return the viewer of the current request; raises Forbidden where nobody is signed in."""
    viewer = _find[0]() if _find else None
    if viewer is None:
        raise Forbidden("nobody is signed in")
    return viewer

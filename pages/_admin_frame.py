"""The frame of administration as one viewer sees it: the tabs of what they may, and content only where they may."""

from typing import Any

from components import admin_parts
from services.people import permissions
from services.people.viewer import current

PAGES = (
    ("", "People", permissions.USERS_MANAGE), ("/sources", "Sources", permissions.SOURCES_ALL),
    ("/jobs", "Jobs", permissions.JOBS_MANAGE), ("/system", "System", permissions.SYSTEM_READ),
    ("/audit", "Audit log", permissions.AUDIT_READ), ("/simulation", "Simulation", permissions.SIMULATION_CONTROL),
    ("/mails", "Mails", permissions.MAILS_READ),
)  # fmt: skip
# Whoever has one of these finds something in administration.
ANY = tuple(permission for _, _, permission in PAGES)


def frame(chosen: str, *content: Any) -> Any:
    """Return a page of administration under the tabs of what the viewer may; without its content where it is not."""
    held = current().permissions
    mine = [(place, words) for place, words, permission in PAGES if permission in held]
    is_mine = chosen in {place for place, _ in mine}
    return admin_parts.frame(mine, chosen, *(content if is_mine else [admin_parts.not_yours(has_other=bool(mine))]))

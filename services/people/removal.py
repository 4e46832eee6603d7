"""Deleting an account: at once for people, and until nothing of it is left for the stores."""

from datetime import datetime

from data import account_sessions, audit_log, groups, people, postgres, queue, sources, users
from data.errors import StorageUnavailable
from data.users import UserRecord
from services import audit
from services.errors import Forbidden
from services.ingestion import broker_sync
from services.ingestion.source_facts import CACHE
from services.people import changes as account_changes
from services.sources import changes as source_changes


def ask(account_id: str, password: str, now: datetime) -> None:
    """Delete one's own account with everything in it; raises Invalid for a wrong password, Forbidden, TooMany."""
    account_changes.confirm_password(account_id, password, now)
    with postgres.session() as session:
        user = users.by_id(session, account_id)
        if user is None:
            return
        mark(session, user, now)
        audit_log.add(session, "deletion-asked", **audit.own(account_id, now))
    begin(account_id)


def mark(session: postgres.Transaction, user: UserRecord, now: datetime) -> None:
    """Let an account be gone for people from now on; raises Forbidden for an Overseer."""
    if "Overseer" in user.roles:
        raise Forbidden("an Overseer is never deleted: another Overseer changes the role first")
    users.change(session, user.id, {"deletion_requested_at": now, "security_stamp": users.new_stamp()})
    account_sessions.end_all(session, user.id)


def begin(user_id: str) -> None:
    """Have the workers remove what is left of an account; one that is lost is begun again by the nightly sweep."""
    try:
        queue.defer("accounts:erase", {"user_id": user_id}, queueing_lock=f"accounts:erase:{user_id}")
    except StorageUnavailable:
        return


def erase(user_id: str, now: datetime) -> int:
    """Remove an account, its sources and all that belongs to them; returns how many sources. May be run again.

    The sources' rows go first, so that nothing comes in any more; their telemetry and files follow, tried again until
    they are gone; the user's row goes last.
    """
    with postgres.session() as session:
        user = users.by_id(session, user_id)
        owned, own_groups = sources.list_owned(session, user_id), groups.list_owned(session, user_id)
    if user is None or user.deletion_requested_at is None:
        return 0
    for source in owned:
        # Asked for before the row goes: a purge too many finds nothing, one too few would leave something.
        source_changes.purge_later(source.id, now)
        with postgres.session() as session:
            sources.remove(session, source.id)
        broker_sync.access_changed(source.id)
    CACHE.forget()
    for group in own_groups:
        # The purge of a source takes its images along; a group has nobody else who does.
        queue.defer("sources:remove_images", {"kind": "group", "owner_id": str(group.id)})
    with postgres.session() as session:
        people.remove(session, user_id)
    return len(owned)


def sweep() -> int:
    """Begin again what is waiting to be deleted; returns how many accounts."""
    with postgres.session() as session:
        waiting = people.waiting_for_deletion(session)
    for user_id in waiting:
        begin(user_id)
    return len(waiting)

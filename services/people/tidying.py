"""Removes what ended long ago: sessions, and links that nobody can use any more."""

from datetime import datetime, timedelta

from data import account_sessions, postgres, single_use_links
from services.people import sessions

KEPT_FOR = timedelta(days=7)


def tidy(now: datetime) -> int:
    """Remove sessions and links whose time is over; returns how many."""
    with postgres.session() as session:
        ended = account_sessions.remove_unused(session, now, sessions.LIFETIME)
        return ended + single_use_links.remove_old(session, now - KEPT_FOR)

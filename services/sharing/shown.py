"""What a public link shows just now: found by its token, checked anew every two seconds, and its visits counted."""

import hashlib
import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data import groups, limits, postgres, shared_links, sources, users
from data.postgres import Transaction
from data.shared_links import LinkRecord, SwitchRecord
from data.single_use_links import hash_of
from data.sources import SourceRecord
from services.people.viewer import Viewer

VIEWS = ("monitor", "weather", "forecast", "returns")
# A revoked link is noticed after so long at most; pages ask every eight seconds, so within their refresh of ten.
HOLDS_SECONDS = 2.0
# Requests and visits are counted here and told to the databases at most so often.
TELLS_SECONDS = 10.0
MOST_A_MINUTE = 12_000
MOST_MISSES_A_MINUTE = 120
MOST_REMEMBERED = 2_000
# Of a token of 32 bytes as written.
TOKEN_LENGTH = 43
_STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source of a link: its name, a key for addresses that says nothing, and which views of it may be seen."""

    record: SourceRecord
    key: str
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link shows: its title, words around it, its sources, and the delay of all that is measured."""

    link_id: UUID
    mark: str
    title: str
    town: str | None
    owner: str | None
    is_group: bool
    shows_money: bool
    delay: timedelta
    is_indexed: bool
    embedding_sites: tuple[str, ...]
    expires_at: datetime | None
    sources: tuple[ShownSource, ...]

    def until(self, now: datetime) -> datetime | None:
        """Return the instant from which on nothing is shown; None where nothing is held back."""
        if not self.delay:
            return None
        held = now - self.delay
        # Whole buckets only: the one that has begun holds what is newer.
        return held - (held - datetime.fromtimestamp(0, held.tzinfo)) % _STEP

    def guest(self, now: datetime) -> Viewer:
        """Return who looks by this link."""
        shown = frozenset(each.record.id for each in self.sources)
        return Viewer("", "", "", is_guest=True, shown=shown, until=self.until(now))

    def source(self, key: str | None) -> ShownSource | None:
        """Return the source of a key, the first one without a key, or None."""
        if not key:
            return self.sources[0]
        return next((each for each in self.sources if each.key == key), None)


@dataclass(slots=True)
class _Known:
    """What is remembered of a link of this process."""

    shown: Shown | None
    checked_at: float
    told_at: float = float("-inf")
    requests: int = 0
    visits: int = 0
    blocked_until: float = 0.0


_known: OrderedDict[str, _Known] = OrderedDict()
_lock = threading.Lock()
_checking: dict[str, threading.Lock] = {}


def find(token: str, now: datetime) -> Shown | None:
    """Return what a token shows, None where it shows nothing: mistyped, revoked, expired or switched off alike.

    Raises StorageUnavailable.
    """
    if len(token) != TOKEN_LENGTH:
        return None
    name, at = hash_of(token), now.timestamp()
    known = _fresh(name, at)
    if known is None:
        with _lock:
            making = _checking.setdefault(name, threading.Lock())
        # Of many who come at once, one asks the database.
        with making:
            known = _fresh(name, at) or _remember(name, _look(name, now), at)
        with _lock:
            _checking.pop(name, None)
    shown = known.shown
    return shown if shown is not None and (shown.expires_at is None or now < shown.expires_at) else None


def _fresh(name: str, at: float) -> _Known | None:
    with _lock:
        known = _known.get(name)
    return known if known is not None and 0 <= at - known.checked_at < HOLDS_SECONDS else None


def _remember(name: str, shown: Shown | None, at: float) -> _Known:
    with _lock:
        known = _known.get(name)
        if known is None and shown is None:
            # Guesses must not push out what is watched.
            return _Known(None, at)
        if known is None:
            known = _known[name] = _Known(shown, at)
        known.shown, known.checked_at = shown, at
        _known.move_to_end(name)
        while len(_known) > MOST_REMEMBERED:
            _known.popitem(last=False)
    return known


def forget() -> None:
    """Have every link of this process checked anew; what was counted stays."""
    with _lock:
        for each in _known.values():
            each.checked_at = float("-inf")


def forget_everything() -> None:
    """Forget every link and what was counted: for tests, and nothing else needs it."""
    with _lock:
        _known.clear()


def seconds_to_wait(token: str, shown: Shown, now: datetime, *, is_visit: bool) -> int:
    """Count a request, and a visit; return 0 where it may pass, else the seconds to wait. Raises StorageUnavailable.

    All processes together keep the limit: each tells the others its count every few seconds.
    """
    at = now.timestamp()
    with _lock:
        known = _known.get(hash_of(token))
        if known is None:
            return 0
        known.requests += 1
        known.visits += is_visit
        requests, visits = known.requests, known.visits
        is_due = not 0 <= at - known.told_at < TELLS_SECONDS
        if is_due:
            known.told_at, known.requests, known.visits = at, 0, 0
    if is_due:
        _tell(known, shown, requests, visits, now)
    return max(0, round(known.blocked_until - at))


def seconds_to_wait_after_miss(address: str | None) -> int:
    """Count a token that shows nothing; return 0 where its sender may go on, else the seconds to wait."""
    return limits.seconds_to_wait(f"{MOST_MISSES_A_MINUTE}/minute", "shared-miss", address or "")


def _tell(known: _Known, shown: Shown, requests: int, visits: int, now: datetime) -> None:
    wait = limits.seconds_to_wait(f"{MOST_A_MINUTE}/minute", "shared", str(shown.link_id), cost=requests)
    known.blocked_until = now.timestamp() + wait if wait else 0.0
    if visits:
        with postgres.session() as session:
            shared_links.count_visits(session, shown.link_id, visits, now)


def _look(token_hash: str, now: datetime) -> Shown | None:
    with postgres.session() as session:
        link = shared_links.by_hash(session, token_hash)
        if link is None or link.revoked_at is not None:
            return None
        if link.expires_at is not None and link.expires_at <= now:
            return None
        return _shown(session, link, token_hash)


def _shown(session: Transaction, link: LinkRecord, token_hash: str) -> Shown | None:
    if link.sun_source_id is not None:
        source = sources.get(session, link.sun_source_id)
        records, title = ([source], source.name) if source else ([], "")
    else:
        group = groups.get(session, link.power_group_id) if link.power_group_id else None
        records, title = (sources.list_in_group(session, group.id), group.name) if group else ([], "")
    switches = shared_links.switches(session, [each.id for each in records])
    some = [
        ShownSource(each, _key(token_hash, each.id), views) for each in records
        # A source is its owner's alone: one that changed hands in a group is not shown by an old link.
        if each.user_id == link.user_id and (views := _views(link, switches.get(each.id, SwitchRecord())))
    ]
    if not some:
        return None
    owner = users.by_id(session, link.user_id)
    if owner is None or owner.is_barred:
        return None
    name = None if link.hides_owner else " ".join(filter(None, (owner.first_name, owner.last_name))) or None
    return Shown(
        link.id, _mark(link, some, name), link.title or title, link.town, name, link.power_group_id is not None,
        not link.hides_money, timedelta(minutes=link.delay_minutes), link.is_indexed, tuple(link.embedding_sites),
        link.expires_at, tuple(some),
    )


def _views(link: LinkRecord, switches: SwitchRecord) -> tuple[str, ...]:
    if not switches.is_enabled:
        return ()
    return tuple(
        view for view in VIEWS if getattr(link, f"share_{view}") and getattr(switches, f"share_{view}")
    )


def _key(token_hash: str, source_id: UUID) -> str:
    return hmac.new(token_hash.encode(), source_id.bytes, hashlib.sha256).hexdigest()[:10]


def _mark(link: LinkRecord, some: list[ShownSource], owner: str | None) -> str:
    """Name the state of what is shown: answers made before it changed are not given any more."""
    parts = (link.id, link.title, link.town, owner, link.hides_money, link.delay_minutes, link.is_indexed,
             [(each.record, each.views) for each in some])
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

"""What sources prove themselves with: MQTT keys and webhook secrets, made, verified, replaced and revoked."""

import base64
import hashlib
import hmac
import logging
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data import credentials as stored
from data import postgres
from data.credentials import CredentialRecord, Kind
from data.errors import StorageUnavailable
from services import sealing
from services.errors import NotFound
from services.ingestion import broker_sync

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=24)
# A revocation acts within five seconds, on open connections too, of which brokers that ask us take three.
FRESH_FOR = timedelta(seconds=1.5)
KNOWN_GOOD_FOR = timedelta(minutes=5)
# So long PostgreSQL is not asked again after it did not answer.
PAUSE = timedelta(seconds=2)
_RANDOM_BYTES = 32
_HASH_MARK = "sha256:"
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Secret:
    """A new credential: `plain` is shown once, `kept` is what the database holds."""

    plain: str
    kept: str


def make(kind: Kind) -> Secret:
    """Make a credential of 32 random bytes: an MQTT key as 64 hexadecimal digits, a webhook secret in base64."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    if kind == "mqtt":
        # A plain hash is enough: nobody guesses 256 random bits, however fast it can be tried.
        return Secret(random.hex(), kept_of(random.hex()))
    plain = base64.b64encode(random).decode()
    return Secret(plain, sealing.seal(plain))


def fingerprint(key: str) -> str:
    """Return the SHA-256 of an MQTT key in hexadecimal digits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def kept_of(key: str) -> str:
    """Return what is kept of an MQTT key."""
    return _HASH_MARK + fingerprint(key)


def verify_mqtt_key(source_id: str, key: str, now: datetime) -> bool:
    """Return whether a key is one of the source's own that holds now; raises StorageUnavailable.

    Whether the source is active is not asked here.
    """
    return is_valid_fingerprint(source_id, fingerprint(key), now)


def is_valid_fingerprint(source_id: str, given: str, now: datetime) -> bool:
    """Return whether the key of an open connection, given by its fingerprint, still holds.

    Raises StorageUnavailable.
    """
    wanted = (_HASH_MARK + given).encode("utf-8", "surrogatepass")
    holding = [each for each in _REMEMBERED.of(source_id, "mqtt", now) if each.holds(now)]
    return any(hmac.compare_digest(each.kept.encode(), wanted) for each in holding)


def has_mqtt_key(source_id: str, now: datetime) -> bool:
    """Return whether any MQTT key of the source holds now; raises StorageUnavailable."""
    return any(each.holds(now) for each in _REMEMBERED.of(source_id, "mqtt", now))


def webhook_secrets(source_id: str, now: datetime) -> list[str]:
    """Return the source's webhook secrets that hold now, newest first; none for an unknown source.

    Raises StorageUnavailable, also where none can be opened with the keys in the settings: then devices must keep what
    they have until the keys are right again.
    """
    holding = [each for each in _REMEMBERED.of(source_id, "webhook", now) if each.holds(now)]
    opened = [secret for each in holding if (secret := _opened(each, source_id)) is not None]
    if holding and not opened:
        raise StorageUnavailable("the webhook secrets cannot be opened: AMPRA_SEALING_KEY is another than before")
    return opened


def rotate(source_id: UUID, kind: Kind, now: datetime, overlap: timedelta = OVERLAP) -> str:
    """Make a new credential and let the older ones end after the overlap; returns the new one, to be shown once.

    A broker with accounts of its own knows one key a source: there the old one ends at once. Raises NotFound where
    there is no such source.
    """
    made = make(kind)
    overlap = broker_sync.overlap(overlap) if kind == "mqtt" else overlap
    with postgres.session() as session:
        if not stored.lock_source(session, source_id):
            raise NotFound("there is no such source")
        stored.let_expire(session, source_id, kind, now + overlap)
        stored.add(session, source_id, kind, made.kept, now)
    _REMEMBERED.forget(source_id)
    if kind == "mqtt":
        broker_sync.key_made(source_id, made.plain)
    return made.plain


def revoke(source_id: UUID, kind: Kind, now: datetime) -> int:
    """Revoke every credential of a kind at once, those on the way out included; returns how many there were.

    Raises NotFound where there is no such source.
    """
    with postgres.session() as session:
        if not stored.lock_source(session, source_id):
            raise NotFound("there is no such source")
        revoked = stored.revoke(session, source_id, kind, now)
    _REMEMBERED.forget(source_id)
    if kind == "mqtt":
        broker_sync.access_changed(source_id)
    return revoked


def _opened(record: CredentialRecord, source_id: str) -> str | None:
    try:
        return sealing.unseal(record.kept)
    except sealing.CannotUnseal as error:
        log.error("a webhook secret of source %s: %s", source_id, error)
        return None


class _Remembered:
    """Credentials read at most every 1.5 s a source; while PostgreSQL is away the last ones serve 5 minutes."""

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, Kind], tuple[datetime, list[CredentialRecord]]] = {}
        self._failed_at: datetime | None = None
        self._lock = threading.Lock()

    def of(self, source_id: str, kind: Kind, now: datetime) -> list[CredentialRecord]:
        try:
            key = (UUID(source_id), kind)
        except ValueError:
            return []
        known = self._known.get(key)
        # Either way in time: a clock that was set back must not keep old credentials good.
        if known is not None and abs(now - known[0]) < FRESH_FOR:
            return known[1]
        is_good = known is not None and abs(now - known[0]) < KNOWN_GOOD_FOR
        # That PostgreSQL does not answer may take seconds to show: then it is not asked every time.
        if known is not None and is_good and self._failed_at is not None and abs(now - self._failed_at) < PAUSE:
            return known[1]
        try:
            with postgres.session() as session:
                records = stored.of_source(session, *key)
        except StorageUnavailable:
            self._failed_at = now
            if known is not None and is_good:
                return known[1]
            raise
        self._failed_at = None
        self._keep(key, now, records)
        return records

    def forget(self, source_id: UUID) -> None:
        with self._lock:
            for key in [key for key in self._known if key[0] == source_id]:
                del self._known[key]

    def _keep(self, key: tuple[UUID, Kind], now: datetime, records: list[CredentialRecord]) -> None:
        with self._lock:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = (now, records)


_REMEMBERED = _Remembered()

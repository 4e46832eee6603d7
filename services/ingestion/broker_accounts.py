"""Who may use the MQTT broker, and for which topics: sources with their key, and our own listeners."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from data import settings
from services.ingestion import credentials
from services.ingestion.source_facts import CACHE

PREFIX = "src-"
ROOT = "ampra/sources/"


def may_connect(client_id: str, user_name: str, password: str, now: datetime) -> bool:
    """Return whether a client may connect: a source with its own id and key, or a listener of ours."""
    source_id = _source_of(user_name)
    if source_id is None:
        return _is_listener(user_name, password)
    if client_id != user_name:
        return False
    facts = CACHE.one(source_id, now)
    return facts is not None and facts.is_active and credentials.verify_mqtt_key(source_id, password, now)


def may_use(user_name: str, action: str, topic: str, now: datetime) -> bool:
    """Return whether a user may `publish` or `subscribe` now: a source only publishes, below its own topic.

    A connected source is asked after again, because brokers do not end its connection when its key is revoked.
    """
    source_id = _source_of(user_name)
    if source_id is None:
        return user_name == _listener()[0] and action == "subscribe" and _without_group(topic) == f"{ROOT}#"
    own = f"{ROOT}{source_id}/"
    is_own = topic.startswith(own) and len(topic) > len(own) and not set("+#") & set(topic)
    if action != "publish" or not is_own:
        return False
    facts = CACHE.one(source_id, now)
    return facts is not None and facts.is_active and credentials.has_mqtt_key(source_id, now)


def _without_group(topic_filter: str) -> str:
    """Return the filter of a subscription that several listeners share, without the name they share it under."""
    return topic_filter.split("/", 2)[-1] if topic_filter.startswith("$share/") else topic_filter


def revoked(sessions: Iterable[tuple[str, str]], now: datetime) -> set[str]:
    """Return the user names of those open sessions, given with the SHA-256 of their key, that must end."""
    ended = set()
    for user_name, fingerprint in sessions:
        source_id = _source_of(user_name)
        if source_id is None:
            continue
        facts = CACHE.one(source_id, now)
        if facts is None or not facts.is_active or not credentials.is_valid_fingerprint(source_id, fingerprint, now):
            ended.add(user_name)
    return ended


def _source_of(user_name: str) -> str | None:
    return user_name.removeprefix(PREFIX) if user_name.startswith(PREFIX) else None


def _listener() -> tuple[str, str]:
    url = urlsplit(settings.get().mqtt_url)
    return unquote(url.username or ""), unquote(url.password or "")


def _is_listener(user_name: str, password: str) -> bool:
    own_name, own_password = _listener()
    is_right = hmac.compare_digest(password.encode(), own_password.encode())
    return bool(own_password) and user_name == own_name and is_right

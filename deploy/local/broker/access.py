"""Who may connect and what they may do: asked of Ampra's web edge, remembered for five minutes should it be away."""

import hashlib
import hmac
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

SOURCE_PREFIX = "src-"
ROOT = "ampra/sources/"
LISTENER = "ampra-listener"
LISTENER_FILTERS = ("ampra/sources/#",)
SHARED = "$share/"
KNOWN_GOOD_SECONDS = 300.0
# A revoked key acts within five seconds, the answer included.
CHECK_SECONDS = 3.0
ANSWER_SECONDS = 3.0

log = logging.getLogger("broker")


class Unknown(Exception):
    """Nobody can say just now whether these credentials are good."""


@dataclass
class Confirmed:
    """Credentials found good: the hash of the key, and when (monotonic seconds) the web edge last said so."""

    fingerprint: str
    at: float


def fingerprint(key: str) -> str:
    """The hash by which a key is known."""
    return hashlib.sha256(key.encode()).hexdigest()


def may_publish(user: str, topic: str) -> bool:
    """A source publishes below its own topic and nowhere else; nobody else publishes at all."""
    own = f"{ROOT}{user.removeprefix(SOURCE_PREFIX)}/"
    is_source = user.startswith(SOURCE_PREFIX) and user != SOURCE_PREFIX
    return is_source and topic.startswith(own) and topic != own and "\0" not in topic


def may_subscribe(user: str, topic_filter: str) -> bool:
    """Only the listener receives anything, alone or as one of a group that shares the messages."""
    if topic_filter.startswith(SHARED):
        topic_filter = topic_filter.removeprefix(SHARED).partition("/")[2]
    return user == LISTENER and topic_filter in LISTENER_FILTERS


class Access:
    """Asks the web edge, and keeps the answers it may need when that is away; keys are kept as hashes only."""

    def __init__(self, web_url: str, internal_token: str, listener_password: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=web_url, timeout=ANSWER_SECONDS, trust_env=False,
            headers={"X-Ampra-Internal-Token": internal_token},
        )
        self._listener_password = listener_password
        self._known: dict[str, Confirmed] = {}

    async def admit(self, client_id: str, user: str, password: str) -> Confirmed | None:
        """The credentials as confirmed, or None when this client may not connect; Unknown when nobody can say."""
        if user == LISTENER:
            is_right = hmac.compare_digest(password.encode(), self._listener_password.encode())
            return Confirmed(fingerprint(password), time.monotonic()) if is_right else None
        if not user.startswith(SOURCE_PREFIX) or client_id != user:
            return None
        try:
            is_allowed = await self._ask(client_id, user, password)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("cannot ask the web edge about %s (%s)", user, type(error).__name__)
            return self._known_good(user, password)
        if not is_allowed:
            self._known.pop(user, None)
            return None
        self._known[user] = Confirmed(fingerprint(password), time.monotonic())
        return self._known[user]

    async def revoked(self, sessions: Mapping[str, Confirmed]) -> set[str]:
        """Which of these connected sources must go: their key is no longer good, or unconfirmed for five minutes."""
        if not sessions:
            return set()
        listed = [{"username": user, "fingerprint": known.fingerprint} for user, known in sessions.items()]
        try:
            answer = await self._http.post("/api/mqtt/sessions", json={"sessions": listed})
            answer.raise_for_status()
            gone = sessions.keys() & set(answer.json()["revoked"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return {user for user, known in sessions.items() if not _is_recent(known)}
        for user in sessions.keys() - gone:
            sessions[user].at = time.monotonic()
        for user in gone:
            self._known.pop(user, None)
        return gone

    async def close(self) -> None:
        """Close the connections to the web edge."""
        await self._http.aclose()

    async def _ask(self, client_id: str, user: str, password: str) -> bool:
        question = {"clientid": client_id, "username": user, "password": password}
        answer = await self._http.post("/api/mqtt/auth", json=question)
        answer.raise_for_status()
        return bool(answer.json()["result"] == "allow")

    def _known_good(self, user: str, password: str) -> Confirmed:
        known = self._known.get(user)
        if known and _is_recent(known) and hmac.compare_digest(known.fingerprint, fingerprint(password)):
            return known
        raise Unknown(user)


def _is_recent(known: Confirmed) -> bool:
    return time.monotonic() - known.at <= KNOWN_GOOD_SECONDS

"""Answers of shared pages, kept for one refresh in each process, so that many viewers cost little more than one."""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEEP_SECONDS = 10.0
# While one makes an answer anew, the others get the last one, if it is no older than this.
STALE_SECONDS = 60.0
MOST_BYTES = 64 * 1024 * 1024
_WORTH_PACKING = 1024

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: as it is, packed by gzip, and its mark for browsers; `body` is None where there is nothing."""

    body: bytes | None
    packed: bytes | None
    mark: str
    made_at: float


_kept: OrderedDict[Key, Answer] = OrderedDict()
_size = 0
_lock = threading.Lock()
_making: dict[Key, threading.Lock] = {}


def answer(key: Key, make: Callable[[], bytes | None]) -> Answer:
    """Return the answer of a key, made at most once a refresh by whoever comes first."""
    found = _find(key, KEEP_SECONDS)
    if found is not None:
        return found
    with _lock:
        mine = _making.setdefault(key, threading.Lock())
    if not mine.acquire(blocking=False):
        found = _find(key, STALE_SECONDS)
        if found is not None:
            return found
        mine.acquire()
    try:
        return _find(key, KEEP_SECONDS) or _keep(key, _made(make()))
    finally:
        mine.release()
        with _lock:
            _making.pop(key, None)


def forget() -> None:
    """Forget every answer."""
    global _size
    with _lock:
        _kept.clear()
        _size = 0


def _find(key: Key, seconds: float) -> Answer | None:
    with _lock:
        found = _kept.get(key)
    return found if found is not None and time.monotonic() - found.made_at < seconds else None


def _made(body: bytes | None) -> Answer:
    at = time.monotonic()
    if body is None:
        return Answer(None, None, "", at)
    # Packed once for everybody.
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= _WORTH_PACKING else None
    return Answer(body, packed, hashlib.sha256(body).hexdigest()[:24], at)


def _keep(key: Key, made: Answer) -> Answer:
    global _size
    with _lock:
        before = _kept.pop(key, None)
        _kept[key] = made
        _size += _bytes_of(made) - (_bytes_of(before) if before else 0)
        while _size > MOST_BYTES and len(_kept) > 1:
            _, dropped = _kept.popitem(last=False)
            _size -= _bytes_of(dropped)
    return made


def _bytes_of(each: Answer) -> int:
    return len(each.body or b"") + len(each.packed or b"")

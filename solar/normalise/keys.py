"""How keys and paths of keys are compared, split and joined, and which keys hold a time."""

import re

_DROPPED = str.maketrans("", "", "_-.: ")


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set, for tables that read better as text."""
    return frozenset(text.split())


#: Keys that hold the time of a reading, compared whole (lower case, separators dropped).
TIME_KEYS = word_set(
    "timestamp ts time datetime readingtime lastupdate lastupdatetime lastupdated lastsuccess measuredat "
    "uploadtime updatetime"
)


def plain(key: str) -> str:
    """A key as keys are compared: lower case without `_ - . :` and spaces."""
    return key.lower().translate(_DROPPED)


def segments_of(path: str) -> list[str]:
    """The non-empty segments of a path."""
    return [segment for segment in path.split("/") if segment]


def is_time_key(path: str) -> bool:
    """Whether the last segment of a path is one of the keys that hold a time."""
    return plain(path.rsplit("/", 1)[-1]) in TIME_KEYS


def join(*parts: str) -> str:
    """Paths one below the other; empty ones vanish."""
    return "/".join(part for part in parts if part)


_CAMEL = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+|[^\W\d_a-zA-Z]+[0-9]*")


def words_of(segment: str) -> list[str]:
    """The words of a key in lower case: split at separators and at the humps of camel case, digits stay with their
    word.
    """
    return [word.lower() for word in _CAMEL.findall(segment)]

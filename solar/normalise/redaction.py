"""Makes payloads fit to keep: secrets removed, and nothing in them that a document store refuses."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from solar.normalise.keys import plain, word_set
from solar.normalise.leaves import MAX_DEPTH
from solar.normalise.model import Message

_SECRETS = word_set(
    "apikey password passwd passphrase pwd secret token accesstoken refreshtoken authtoken bearer "
    "authorization credential credentials mqttpassword wifipassword wifipsk psk privatekey webhooksecret "
    "clientsecret"
)
_INT64 = 2**63
_LONGEST_KEY = 64
_PLAIN = (float, bool, str, type(None))
_IN_JSON = re.compile(r'("(?:[^"\\]|\\.){0,60}"\s*:\s*)("(?:[^"\\]|\\.)*"|[^,}\]\s]+)')
_IN_FORM = re.compile(r"(?:^|(?<=[&?]))([^&=]{1,60})=([^&]*)")


@lru_cache(maxsize=20_000)
def _is_known_secret(key: str) -> bool:
    return plain(key) in _SECRETS


def is_secret(key: str) -> bool:
    """Whether a key names something that must not be kept."""
    return len(key) < _LONGEST_KEY and _is_known_secret(key)


def kept(value: Any) -> dict[str, Any]:
    """A payload as it is stored in `rawData`: always an object, without secrets (`key` at the top included)."""
    if type(value) is not dict:
        return {"payload": _clean(value, 1)}
    return {
        _key(name): child if type(child) in _PLAIN else _clean(child, 2)
        for name, child in value.items()
        if not is_secret(name) and not (name == "key" and type(child) is str and "value" not in value)
    }


def _clean(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is dict:
        if depth > MAX_DEPTH:
            return "(nested too deep)"
        return {_key(name): _clean(child, depth + 1) for name, child in value.items() if not is_secret(name)}
    if kind is list:
        return "(nested too deep)" if depth > MAX_DEPTH else [_clean(child, depth + 1) for child in value]
    if kind is int:
        return value if -_INT64 <= value < _INT64 else float(value)
    return value


def _key(name: str) -> str:
    """A key without NUL, which BSON forbids in names."""
    return name.replace("\0", "") if "\0" in name else name


def without_secrets(message: Message) -> Message:
    """The message with every secret in its body overwritten, for dead letters."""
    text = message.body.decode("utf-8", "surrogateescape")
    cleaned = _IN_JSON.sub(_hide_json, text)
    if message.transport != "mqtt":
        cleaned = _IN_FORM.sub(_hide_form, cleaned)
    if cleaned == text:
        return message
    return replace(message, body=cleaned.encode("utf-8", "surrogateescape"))


def _hide_json(found: re.Match[str]) -> str:
    name = found[1].rpartition(":")[0].strip().strip('"')
    return f'{found[1]}"***"' if is_secret(name) or name == "key" else found[0]


def _hide_form(found: re.Match[str]) -> str:
    return f"{found[1]}=***" if is_secret(found[1]) or found[1] == "key" else found[0]

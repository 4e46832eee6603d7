"""Sealing: secrets that must be read again are kept encrypted with a key that is in the settings only."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data import settings


class CannotUnseal(Exception):
    """A sealed text was made with a key that the settings do not hold (any more)."""


def seal(secret: str) -> str:
    """Return a secret sealed with the first key of AMPRA_SEALING_KEY."""
    return _box(settings.get().sealing_keys).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed with any key of AMPRA_SEALING_KEY; raises CannotUnseal."""
    try:
        return _box(settings.get().sealing_keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotUnseal("AMPRA_SEALING_KEY does not hold the key of a sealed secret") from None


@lru_cache(maxsize=2)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(text: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ampra sealed secrets").derive(text.encode())
    return base64.urlsafe_b64encode(derived)

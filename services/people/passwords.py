"""Passwords: the rules for new ones, argon2id hashes, and the older hashes of ASP.NET Identity."""

import base64
import binascii
import hashlib
import hmac
import struct
from functools import lru_cache

import argon2

SHORTEST, LONGEST = 8, 256
# OWASP's first recommendation: 19 MiB, 2 passes; small enough for many people to sign in at once.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_IDENTITY_DIGESTS = ("sha1", "sha256", "sha512")
_IDENTITY_HEADER = struct.Struct(">BIII")
_MOST_ROUNDS = 10_000_000


def problem(password: str) -> str | None:
    """Return a sentence on why a new password is not allowed, or None where it is."""
    has_all = any(map(str.isupper, password)) and any(map(str.islower, password)) and any(map(str.isdigit, password))
    if not (SHORTEST <= len(password) <= LONGEST and has_all):
        needs = "an upper-case letter, a lower-case letter and a digit"
        return f"must have {SHORTEST} to {LONGEST} characters, with {needs}"
    if password.lower() in _common():
        return "is one of the passwords that are tried first; please choose another"
    return None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters."""
    return _HASHER.hash(_bytes(password))


def verify(password: str, stored: str) -> bool:
    """Return whether a password is the one of a stored hash, of either kind; False for a hash of no known kind."""
    if not stored.startswith("$argon2"):
        return _verify_identity(password, stored)
    try:
        return _HASHER.verify(stored, _bytes(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def spend_time(password: str) -> None:
    """Do the work of a verification that fails, for a name that nobody has."""
    verify(password, _nobody())


def needs_upgrade(stored: str) -> bool:
    """Return whether a stored hash is of an older kind or weaker than those made now."""
    return not stored.startswith("$argon2") or _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The 30,000 most common passwords, in small letters, as the package zxcvbn (MIT licence) lists them."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password("nobody has this password")


def _bytes(password: str) -> bytes:
    # JSON may bring half of a surrogate pair, which is no UTF-8 but must not be an error either.
    return password.encode("utf-8", "surrogatepass")


def _verify_identity(password: str, stored: str) -> bool:
    """Verify a hash of ASP.NET Identity, version 3.

    Base64 of: the byte 1, then as big-endian 32-bit numbers the digest (0 SHA-1, 1 SHA-256, 2 SHA-512), the rounds and
    the salt's length, then salt and PBKDF2 key (PasswordHasher of ASP.NET Core Identity).
    """
    try:
        raw = base64.b64decode(stored, validate=True)
        version, digest, rounds, salt_length = _IDENTITY_HEADER.unpack_from(raw)
    except (binascii.Error, ValueError, struct.error):
        return False
    salt, key = raw[_IDENTITY_HEADER.size :][:salt_length], raw[_IDENTITY_HEADER.size + salt_length :]
    is_sound = version == 1 and digest < len(_IDENTITY_DIGESTS) and 0 < rounds <= _MOST_ROUNDS
    # The lengths that the original itself insists on.
    if not is_sound or len(salt) < 16 or len(key) < 16:
        return False
    found = hashlib.pbkdf2_hmac(_IDENTITY_DIGESTS[digest], _bytes(password), salt, rounds, len(key))
    return hmac.compare_digest(found, key)

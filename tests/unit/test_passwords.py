"""Passwords: rules, argon2id, and the hashes of ASP.NET Identity built here by another library."""

import base64
import struct

import argon2
import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from hypothesis import given
from hypothesis import strategies as st

from services.people import passwords

SALT = bytes(range(16))


def _identity_hash(
    password: str, digest: int, rounds: int, length: int = 32, version: int = 1, salt: bytes = SALT
) -> str:
    algorithm: HashAlgorithm = (SHA1(), SHA256(), SHA512())[digest]
    key = PBKDF2HMAC(algorithm=algorithm, length=length, salt=salt, iterations=rounds).derive(password.encode())
    return base64.b64encode(struct.pack(">BIII", version, digest, rounds, len(salt)) + salt + key).decode()


@pytest.mark.parametrize("password", ["Abcdefh1", "Ünlücüm9", "a" * 254 + "B1"])
def test_good_passwords(password: str) -> None:
    assert passwords.problem(password) is None


@pytest.mark.parametrize("password", ["", "Abcdef1", "abcdefg1", "ABCDEFG1", "Abcdefgh", "a" * 255 + "B1"])
def test_bad_passwords(password: str) -> None:
    assert "8 to 256 characters" in (passwords.problem(password) or "")


@pytest.mark.parametrize("password", ["Password1", "PassWord1", "Qwerty123", "Iloveyou1", "Abcdefg1"])
def test_common_passwords_are_refused_whatever_their_capitals(password: str) -> None:
    assert "tried first" in (passwords.problem(password) or "")


def test_a_hash_is_salted_argon2id_and_needs_no_upgrade() -> None:
    first, second = passwords.hash_password("Secret123"), passwords.hash_password("Secret123")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify("Secret123", first)
    assert not passwords.verify("Secret124", first)
    assert not passwords.needs_upgrade(first)


def test_a_weaker_argon2_hash_is_to_be_upgraded() -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("Secret123")
    assert passwords.verify("Secret123", weak)
    assert passwords.needs_upgrade(weak)


@pytest.mark.parametrize(
    ("digest", "rounds", "length"), [(0, 1000, 32), (1, 10_000, 32), (2, 100_000, 32), (2, 250, 64)]
)
def test_hashes_of_the_original_verify_and_are_to_be_upgraded(digest: int, rounds: int, length: int) -> None:
    stored = _identity_hash("Müßig 42", digest, rounds, length)
    assert passwords.verify("Müßig 42", stored)
    assert not passwords.verify("Müßig 43", stored)
    assert passwords.needs_upgrade(stored)


@pytest.mark.parametrize(
    "stored",
    [
        "", "plain", "$argon2id$broken", "AQ==", base64.b64encode(b"\1" * 12).decode(),
        _identity_hash("Secret123", 1, 10, version=0), _identity_hash("Secret123", 1, 10, length=8),
        _identity_hash("Secret123", 1, 10, salt=b"short"), _identity_hash("Secret123", 1, 10)[:-8] + "AAAAAAA=",
        base64.b64encode(struct.pack(">BIII", 1, 1, 0, 16) + SALT + SALT).decode(),
        base64.b64encode(struct.pack(">BIII", 1, 9, 10, 16) + SALT + SALT).decode(),
        base64.b64encode(struct.pack(">BIII", 1, 1, 4_000_000_000, 16) + SALT + SALT).decode(),
    ],
)  # fmt: skip
def test_a_broken_hash_verifies_nothing(stored: str) -> None:
    assert not passwords.verify("Secret123", stored)


@given(st.text(alphabet=st.characters(exclude_categories=())), st.text())
def test_no_text_makes_it_raise(password: str, stored: str) -> None:
    assert passwords.verify(password, stored) is False
    passwords.problem(password)

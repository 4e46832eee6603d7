"""The random secrets of one installation, made once and kept in `var/secrets`, where only their owner reads them."""

import os
import secrets
import string
from pathlib import Path

# Nothing that is mistaken for another when typed from a screen.
_LOWER = "abcdefghijkmnpqrstuvwxyz"
_UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"
PASSWORD_LENGTH = 16


class Keys:
    """The secrets in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def key(self, name: str) -> str:
        """A secret of 256 bits for machines, in letters and digits."""
        return self._kept(name, secrets.token_hex(32))

    def password(self, name: str) -> str:
        """A password for people: 16 characters, with a lower-case letter, an upper-case letter and a digit."""
        return self._kept(name, make_password())

    def _kept(self, name: str, fresh: str) -> str:
        path = self._folder / name
        if not path.exists():
            # Written beside its place: a full disk must not leave an empty secret behind.
            scratch = path.with_suffix(".new")
            with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
                file.write(fresh)
                file.flush()
                os.fsync(file.fileno())
            scratch.rename(path)
        return path.read_text().strip()


def make_password() -> str:
    """A random password of about 90 bits."""
    while True:
        password = "".join(secrets.choice(_LOWER + _UPPER + _DIGITS) for _ in range(PASSWORD_LENGTH))
        if all(set(password) & set(kind) for kind in (_LOWER, _UPPER, string.digits)):
            return password

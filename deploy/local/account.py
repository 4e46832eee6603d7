"""The unprivileged account that PostgreSQL runs under when Ampra itself is started by root."""

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StartError

CANDIDATES = ("postgres", "nobody")
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


def unprivileged() -> Account | None:
    """The account to drop to, or None when this process is not root and needs none."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StartError(
        "PostgreSQL refuses to run as root and this machine has no account named postgres or nobody: "
        "start Ampra as another user."
    )


def give(directory: Path, account: Account | None) -> None:
    """Make `account` the owner of everything in `directory`."""
    if account is None:
        return
    for path in (directory, *directory.rglob("*")):
        if path.lstat().st_uid != account.uid:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def become(account: Account) -> None:
    """Turn the calling process, just forked by root, into `account`.

    It keeps the one right to pass folders closed to others: a clone below /root is closed to everybody but root.
    """
    keeps = _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    if keeps:
        _keep_passage()


def _keep_passage() -> None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    rights = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc.capset(header, rights) == 0:
        _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)

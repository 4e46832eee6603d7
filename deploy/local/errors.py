"""The one error that ends a start, as a sentence for the person at the terminal, and what many files check."""

import errno
import shutil
from pathlib import Path

NEEDED_MEGABYTES = 500


class StartError(Exception):
    """Ampra cannot start; the message is one sentence that says why and what to do."""


def sentence_for(error: OSError) -> str:
    """The sentence for an operating system error met while starting."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{where}: free at least {NEEDED_MEGABYTES} MB and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Ampra may not write here{where}: set AMPRA_VAR to a folder this account may write to."
    return f"The operating system refused{where}: {error.strerror}."


def require_space(directory: Path) -> None:
    """Raise StartError when the disk that holds `directory` has too little room for two databases to start."""
    free = shutil.disk_usage(directory).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise StartError(
            f"The disk that holds {directory} is full: {free} MB are free and {NEEDED_MEGABYTES} MB are needed; "
            "free some space, or set AMPRA_VAR to a folder on another disk."
        )

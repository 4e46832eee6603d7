"""Nothing in the project names the machine it was written on."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house.sources import PROJECT, tracked_files

# Absolute paths into somebody's files; written in pieces, or this file would find itself.
PLACES = re.compile("|".join(("/wo" "rk/", "/ro" "ot/", "/ho" "me/[a-z]+/", "/Us" "ers/[a-z]", "/tmp/am" "pra")))
PUBLIC_INDEX = "pypi.org"


def texts() -> list[tuple[Path, str]]:
    """The text files of the project."""
    found = []
    for file in tracked_files():
        try:
            found.append((file, file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_holds_a_path_of_a_machine() -> None:
    assert [(file.name, match[0]) for file, text in texts() if (match := PLACES.search(text))] == []


def test_no_file_names_the_package_index_of_this_machine() -> None:
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"],
                           capture_output=True, text=True, check=False, cwd=PROJECT)
    host = urlsplit(asked.stdout.strip()).hostname or PUBLIC_INDEX
    if host == PUBLIC_INDEX:
        pytest.skip("this machine uses the public package index")
    assert [file.name for file, text in texts() if host in text] == []

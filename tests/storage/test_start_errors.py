"""What keeps Ampra from starting is said in one sentence: a full disk, no MongoDB server, a folder closed to us."""

import errno
import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import errors, mongo
from deploy.local.plan import require_folder
from tests.installation import Installation


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "ampra-test", folder],
                             capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_one_sentence(small_disk: Path, tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.environment["AMPRA_VAR"] = str(small_disk / "var")
    assert "is full: 20 MB are free and 500 MB are needed" in installation.refuses()


def test_a_disk_that_fills_up_while_starting_is_one_sentence() -> None:
    sentence = errors.sentence_for(OSError(errno.ENOSPC, "No space left on device", "/data/var/secrets/secret_key"))
    assert sentence.startswith("The disk is full (/data/var/secrets/secret_key): ")


def test_a_missing_mongod_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(errors.StartError, match="No MongoDB server was found") as raised:
        mongo.mongod()
    assert "\n" not in str(raised.value)


def test_a_mongod_that_does_not_run_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "mongod"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libcurl.so.4' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: str(broken))
    with pytest.raises(errors.StartError, match=r"mongod does not run: error while loading .* libcurl.so.4"):
        mongo.mongod()


def test_a_var_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    installation = Installation(tmp_path)
    installation.environment["AMPRA_VAR"] = str(tmp_path / "file")
    assert str(tmp_path / "file") in installation.refuses()


def test_a_usable_folder_is_made(tmp_path: Path) -> None:
    require_folder(tmp_path / "new" / "var")
    assert (tmp_path / "new" / "var").is_dir()

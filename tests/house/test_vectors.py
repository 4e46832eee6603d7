"""The vectors in the project are the shared ones, unchanged."""

import pytest

from tests.house.sources import PROJECT

OURS, SHARED = PROJECT / "tests" / "vectors", PROJECT.parent / "shared" / "vectors"


def test_the_vectors_are_the_shared_ones() -> None:
    if not SHARED.is_dir():
        pytest.skip("../shared/vectors is not on this machine")
    shared = {file.relative_to(SHARED): file.read_bytes() for file in SHARED.rglob("*") if file.is_file()}
    ours = {file.relative_to(OURS): file.read_bytes() for file in OURS.rglob("*") if file.is_file()}
    assert sorted(shared.keys() ^ ours.keys()) == []
    assert [str(name) for name in shared if shared[name] != ours[name]] == []

"""The shared returns vectors, and the command line that runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solar.returns.vectors import compare, run_vector

VECTORS = sorted((Path(__file__).parent.parent / "vectors" / "returns").glob("*.json"))


def run(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "solar.returns", *map(str, paths)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    report = run_vector(json.loads(path.read_text(encoding="utf-8")))
    assert report["differences"] == []
    assert report["pass"] is True


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 20


def test_the_command_prints_one_line_a_vector() -> None:
    done = run(*VECTORS[:3])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == [path.stem for path in VECTORS[:3]]
    assert all(set(line) == {"name", "pass", "differences", "result"} and line["pass"] for line in lines)
    assert done.returncode == 0


def test_the_command_fails_for_a_wrong_or_unreadable_vector(tmp_path: Path) -> None:
    wrong = json.loads(VECTORS[0].read_text(encoding="utf-8"))
    wrong["expect"]["savings"] = "5.49"
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    done = run(VECTORS[0], tmp_path / "wrong.json", tmp_path / "broken.json", tmp_path / "none.json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["pass"] for line in lines] == [True, False, False, False]
    assert lines[1]["differences"] == ["savings: got '5.48', want '5.49'"]
    assert done.returncode == 1
    assert run().returncode == 2


@pytest.mark.parametrize(
    ("got", "want", "differs"),
    [
        ("1.000001", "1", False),
        ("1.000002", "1", True),
        ("1000000.9", "1000000", False),
        (None, "1", True),
        ("0", None, True),
        (["1", "2"], ["1", "2.0000001"], False),
        (["1"], ["1", "2"], True),
        (None, [], True),
        (3, 3, False),
        ({"a": "x"}, {}, True),
        ("2024-05-01", "2024-05-02", True),
    ],
)
def test_comparison(got: Any, want: Any, differs: bool) -> None:
    assert bool(compare({"figure": got}, {"figure": want, "tolerance": "0.000001"})) is differs
    assert compare({}, {"figure": want}) == [f"figure: missing, want {want!r}"]

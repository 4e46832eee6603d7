"""The shared webhook vectors, and the command that runs them."""

import json
from pathlib import Path

import pytest

from solar.webhooks.__main__ import main
from solar.webhooks.vectors import run

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "webhooks").glob("*.json"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 34


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    assert run(json.loads(path.read_text(encoding="utf-8")))["differences"] == []


def test_the_command_prints_a_line_each_and_fails_when_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    valid = VECTORS[0].parent / "key_valid.json"
    vector = json.loads(valid.read_text(encoding="utf-8"))
    vector["expect"] = {"status": 401, "reason": "ok", "mustNotStore": "2450"}
    wrong, broken = tmp_path / "wrong.json", tmp_path / "broken.json"
    wrong.write_text(json.dumps(vector), encoding="utf-8")
    broken.write_text("{}", encoding="utf-8")
    assert main([str(valid), str(wrong), str(broken)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["pass"] for line in lines] == [True, False, False]
    assert lines[0]["results"] == [{"status": 200, "reason": "ok", "stored": {"pv_power": 2450}}]
    assert len(lines[1]["differences"]) == 2
    assert main([str(valid)]) == 0
    assert main([]) == 2

"""The shared energy vectors, and the command that checks them."""

import json
from pathlib import Path

import pytest

from solar.energy.__main__ import main
from solar.energy.vectors import check, compare

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "energy").glob("*.json"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 29


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    assert check(path)["differences"] == []


def test_the_command_prints_a_line_each_and_fails_when_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(VECTORS[0])]) == 0
    vector = json.loads(VECTORS[0].read_text(encoding="utf-8"))
    vector["expect"]["days"][0]["kwh"] += 1
    wrong, broken = tmp_path / "wrong.json", tmp_path / "broken.json"
    wrong.write_text(json.dumps(vector), encoding="utf-8")
    broken.write_text("{}", encoding="utf-8")
    assert main([str(VECTORS[0]), str(wrong), str(broken)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["pass"] for line in lines] == [True, True, False, False]
    assert set(lines[0]) == {"name", "pass", "differences", "days"}
    assert "kwh" in lines[2]["differences"][0]
    assert main([]) == 2


def test_every_kind_of_difference_is_told() -> None:
    row = {
        "date": "2025-06-10",
        "channel": "produced",
        "kwh": 1.0,
        "method": "day",
        "coverage": 1.0,
        "recoveredKwh": 0.0,
    }
    tolerance = {"kwh": 0.1, "coverage": 0.1}
    assert compare([row], [row], tolerance) == []
    assert compare([row], [], tolerance) == ["2025-06-10 produced: a row too many"]
    assert compare([], [row], tolerance) == ["2025-06-10 produced: no row"]
    for name, value in (
        ("kwh", 1.2),
        ("method", "power"),
        ("coverage", 0.5),
        ("recoveredKwh", 0.2),
        ("kwh", float("nan")),
    ):
        assert len(compare([row | {name: value}], [row], tolerance)) == 1

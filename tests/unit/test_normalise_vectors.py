"""The shared payload vectors, and the command that runs them."""

import json
from pathlib import Path

import pytest

from solar.normalise.__main__ import main
from solar.normalise.vectors import run

VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "payloads").glob("*.json"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 77


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    assert run(json.loads(path.read_text(encoding="utf-8")))["differences"] == []


def test_the_command_prints_a_line_each_and_fails_when_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(VECTORS[0])]) == 0
    vector = json.loads((VECTORS[0].parent / "gen_canonical_names.json").read_text(encoding="utf-8"))
    vector["expect"]["readings"][0]["fields"]["solarPower"] += 1
    wrong, broken = tmp_path / "wrong.json", tmp_path / "broken.json"
    wrong.write_text(json.dumps(vector), encoding="utf-8")
    broken.write_text("{}", encoding="utf-8")
    assert main([str(VECTORS[0]), str(wrong), str(broken)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["pass"] for line in lines] == [True, True, False, False]
    assert set(lines[2]) == {"name", "pass", "differences", "readings", "deadLetters"}
    assert set(lines[2]["readings"][0]) == {"timestamp", "fields", "derived", "rejected", "unmapped"}
    assert lines[2]["readings"][0]["timestamp"] == "2026-06-21T10:00:00.000Z"
    assert "solarPower" in lines[2]["differences"][0]
    assert main([]) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"deadLetters": 1}, "dead letters"),
        ({"readings": []}, "readings: 1"),
        ({"timestamp": "2026-06-21T10:00:00.002Z"}, "timestamp"),
        ({"fields": {"solarPower": 1}}, "solarPower is 1181.7"),
        ({"fields": {"dailyEnergyConsumed": 1}}, "is absent"),
        ({"absent": ["solarPower"]}, "expected to be absent"),
        ({"derived": ["timestamp"]}, "not named as derived"),
        ({"rejected": ["solarPower"]}, "not named as rejected"),
        ({"unmapped": ["cloud"]}, "not listed as unmapped"),
    ],
)
def test_every_kind_of_difference_is_told(change: dict[str, object], told: str) -> None:
    vector = json.loads((VECTORS[0].parent / "gen_canonical_names.json").read_text(encoding="utf-8"))
    inner = set(change) <= set(vector["expect"]["readings"][0]) | {"rejected", "unmapped"}
    (vector["expect"]["readings"][0] if inner else vector["expect"]).update(change)
    differences = run(vector)["differences"]
    assert len(differences) == 1
    assert told in differences[0]

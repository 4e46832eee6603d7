"""`python -m deploy.local`, really started: it serves, brings back the killed, ends whole, and survives a kill."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.claim import running_environment
from deploy.local.ports import free_port, wait_for
from tests.installation import READY_SECONDS, Installation, still_alive
from tests.servers import PROJECT


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.stop()


def test_the_printed_overseer_can_sign_in(running: Installation) -> None:
    email, password = re.search(r"First Overseer\s+(\S+)\s+password (\S+)", running.said()).groups()  # type: ignore[union-attr]
    address = f"http://127.0.0.1:{running.port}"
    headers = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(f"{address}/sign-in", data={"email": email, "password": password}, headers=headers)
    assert answer.status_code == 302
    wrong = httpx.post(f"{address}/sign-in", data={"email": email, "password": "wrong"}, headers=headers)
    assert wrong.status_code == 401


def test_secrets_are_closed_to_others(running: Installation) -> None:
    secrets = list((running.var / "secrets").iterdir())
    assert {"secret_key", "sealing_key", "admin_password"} <= {file.name for file in secrets}
    assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
    assert (running.var / "run" / "environment.json").stat().st_mode & 0o777 == 0o600


def test_no_secret_is_in_a_command_line(running: Installation) -> None:
    secrets = {file.read_text() for file in (running.var / "secrets").iterdir()}
    lines = " ".join(" ".join(each.cmdline()) for each in running.family())
    assert not [secret for secret in secrets if secret in lines]


def test_a_second_start_is_one_sentence(running: Installation) -> None:
    assert "Ampra already runs here (process" in running.refuses()


@pytest.mark.parametrize("words", [
    ("jobs.listener",), ("jobs.worker",), ("jobs.scheduler",), ("deploy.local.broker",), ("mongod",), ("bin/postgres",),
    ("gunicorn",),
], ids=lambda words: words[0])
def test_a_killed_child_comes_back(running: Installation, words: tuple[str, ...]) -> None:
    victim = running.child(*words)
    victim.kill()
    assert running.comes_back(victim.pid, *words), running.said()[-3000:]
    ready = f"http://127.0.0.1:{running.port}/readyz"

    def is_well() -> bool:
        try:
            return httpx.get(ready, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False
    assert wait_for(is_well, 30), running.said()[-3000:]


def test_ctrl_c_ends_everything_within_ten_seconds(installation: Installation) -> None:
    installation.start()
    family = installation.family()
    assert len(family) >= 9
    assert installation.stop() < 10
    assert installation.process is not None
    assert installation.process.returncode == 0
    assert still_alive(family) == []


def test_after_a_kill_nothing_is_left_and_the_next_start_has_the_same_data(installation: Installation) -> None:
    installation.start()
    password = (installation.var / "secrets" / "admin_password").read_text()
    family = installation.family()
    installation.kill()
    began = time.monotonic()
    installation.start()
    assert time.monotonic() - began < 20
    assert still_alive(family) == []
    assert (installation.var / "secrets" / "admin_password").read_text() == password
    assert installation.said().count("is the first Overseer") == 1


def test_all_of_it_ends_when_the_supervisor_is_killed(installation: Installation) -> None:
    installation.start()
    family = installation.family()
    installation.kill()
    _, alive = psutil.wait_procs(family, timeout=12)
    assert alive == []


def test_a_stop_during_the_start_ends_everything(installation: Installation) -> None:
    installation.process = installation.launch()
    assert wait_for(lambda: "schema" in installation.said() or installation.has_ended(), READY_SECONDS)
    family = installation.family()
    assert installation.stop() < 10
    assert still_alive(family) == []


def test_a_taken_port_is_one_sentence(installation: Installation, running: Installation) -> None:
    installation.environment["AMPRA_PORT"] = str(running.port)
    assert f"Port {running.port} at 127.0.0.1 is taken by another program" in installation.refuses()
    mqtt_port = running.environment["AMPRA_MQTT_PORT"]
    installation.environment.update(AMPRA_PORT=str(free_port()), AMPRA_MQTT_PORT=mqtt_port)
    assert f"Port {mqtt_port} at 127.0.0.1 is taken by another program" in installation.refuses()


@pytest.mark.parametrize(("variable", "scheme"), [
    ("AMPRA_POSTGRES_URL", "postgresql"), ("AMPRA_MONGO_URL", "mongodb"),
    ("AMPRA_MQTT_URL", "mqtt"), ("AMPRA_SMTP_URL", "smtp"),
])
def test_an_unreachable_server_is_one_sentence(installation: Installation, variable: str, scheme: str) -> None:
    port = free_port()
    installation.environment[variable] = f"{scheme}://user:password@127.0.0.1:{port}"
    said = installation.refuses()
    assert f"{variable} cannot be reached: nothing answers at 127.0.0.1 port {port}" in said
    assert "password" not in said


def test_a_wrong_setting_is_one_sentence(installation: Installation) -> None:
    installation.environment["AMPRA_PORT"] = "many"
    assert "AMPRA_PORT must be a whole number from 1 to 65535" in installation.refuses()


def test_a_weak_overseer_password_is_one_sentence(installation: Installation) -> None:
    installation.environment["AMPRA_ADMIN_PASSWORD"] = "weak"
    done = subprocess.run([sys.executable, "-m", "deploy.local"], cwd=PROJECT, env=installation.environment,
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "AMPRA_ADMIN_EMAIL or AMPRA_ADMIN_PASSWORD cannot be used" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_given_servers_are_used_instead_of_embedded_ones(
    installation: Installation, postgres_url: str, mongo_url: str
) -> None:
    installation.environment.update(AMPRA_POSTGRES_URL=postgres_url, AMPRA_MONGO_URL=mongo_url)
    installation.start()
    commands = " ".join(" ".join(each.cmdline()) for each in installation.family())
    assert "mongod" not in commands
    assert "bin/postgres" not in commands
    assert running_environment(installation.var)["AMPRA_POSTGRES_URL"] == postgres_url

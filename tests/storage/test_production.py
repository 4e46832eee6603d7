"""Two of everything, from the Procfile's commands against servers of their own: nothing is lost or done twice."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from data import mongo, object_store, queue, settings
from deploy.local.ports import accepts, free_port, wait_for
from services import background
from services.ingestion.source_facts import CACHE
from services.people import accounts, api_tokens
from services.people.viewer import Viewer
from services.sources import images
from services.sources import making as sources
from tests import servers
from tests.mqtt import Device, Mosquitto, Server
from tests.production import Production, production
from tests.storage.test_images import picture

READINGS = 60
MONITORING = "token-of-who-monitors-this-installation"
SOURCE = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid"}


@dataclass(frozen=True)
class House:
    """What runs, and the broker it uses."""

    running: Production
    broker: Mosquitto
    mails: Path


@pytest.fixture
def house(stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    broker, mails = Mosquitto(tmp_path / "broker", group="ampra"), tmp_path / "mails"
    mail_port, files_port = free_port(), free_port()
    command = (sys.executable, "-m", "deploy.local.mail", "--port", str(mail_port), "--folder", str(mails))
    smtp = Server("smtp", command, {}, tmp_path / "smtp.log")
    files = ThreadedMotoServer("127.0.0.1", files_port, verbose=False)
    told = {
        **stores, **broker.settings, "AMPRA_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "AMPRA_STORAGE_URL": f"s3://key:secret-of-the-store@ampra?endpoint=http://127.0.0.1:{files_port}",
        "AMPRA_ADMIN_EMAIL": "overseer@example.org", "AMPRA_ADMIN_PASSWORD": "Sunny-day-7", "AMPRA_LOG_FORMAT": "json",
        "WEB_CONCURRENCY": "1", "AMPRA_MONITORING_TOKEN": MONITORING,
    }  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    servers.forget_settings()
    CACHE.forget()
    for server in (broker, smtp, files):
        server.start()
    try:
        assert wait_for(lambda: accepts("127.0.0.1", mail_port), 15), smtp.said()
        # The server's buckets last as long as this process, so another test may have made it.
        object_store._store()[0].makedirs("ampra", exist_ok=True)
        with production(told, tmp_path, web=2, scheduler=2, worker=2, listener=2) as running:
            yield House(running, broker, mails)
    finally:
        for server in (files, smtp, broker):
            server.stop()
        monkeypatch.undo()
        servers.forget_settings()


def test_two_of_everything_lose_nothing_and_do_nothing_twice(house: House) -> None:
    # The listeners are let in by an account that a worker makes; without this the clock asks for it within 30 s.
    queue.defer("broker:reconcile")
    owner, now = accounts.create_user("owner@example.org", "Sunny-day-7", "", "", is_email_verified=True), servers.now()
    made = sources.create_source(owner.id, SOURCE, now)
    source_id = str(made.record.id)
    token = api_tokens.make(owner.id, "script", "read", 7, now)
    assert wait_for(lambda: _listening(house) == 2, 60), house.running.said()
    assert wait_for(lambda: _is_done("broker:set_key"), 30)
    _send(house, source_id, made.secret)
    assert wait_for(lambda: _counted(source_id)["stored"] == READINGS, 30), _counted(source_id)
    assert mongo.database()["normalized_sun_source_data"].count_documents({"sunSourceId": source_id}) == READINGS
    assert _counted(source_id) == {"stored": READINGS}
    assert all(_newest(url, source_id, token) == READINGS for url in house.running.urls)
    _see_the_figures(house)
    _see_the_same_picture(house, owner, source_id)
    _mail_comes_once(house)
    _one_clock_ticks_and_the_other_takes_over(house, owner)
    assert servers.fetch(
        "SELECT job_id FROM procrastinate_events WHERE type = 'started' GROUP BY job_id HAVING count(*) > 1"
    ) == []
    assert servers.fetch("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'") == []
    _no_log_holds_a_secret(house, made.secret, token)


def _listening(house: House) -> int:
    return sum("listening at" in _said(house, "listener", copy) for copy in (1, 2))


def _send(house: House, source_id: str, key: str) -> None:
    device = Device(house.broker.port, f"src-{source_id}", key)
    began = servers.now() - timedelta(minutes=READINGS)
    for number in range(READINGS):
        at = (began + timedelta(minutes=number)).isoformat()
        device.publish(json.dumps({"timestamp": at, "solarPower": number + 1}), waits=number == READINGS - 1)
    device.leave()


def _counted(source_id: str) -> dict[str, int]:
    """What became of the source's messages, all hours and both listeners together."""
    total: dict[str, int] = {}
    for each in mongo.database()["ingest_counts"].find({"sunSourceId": source_id}):
        for name in {"stored", "merged", "duplicate", "refused", "dead"} & each.keys():
            total[name] = total.get(name, 0) + int(each[name])
    return {"stored": 0} | {name: count for name, count in total.items() if count}


def _newest(url: str, source_id: str, token: str) -> float:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{url}/api/v1/sources/{source_id}/latest", headers=headers, trust_env=False)
    return float(answer.raise_for_status().json()["fields"]["solarPower"])


def _see_the_figures(house: House) -> None:
    """Gunicorn's workers count together, and every part is well but for jobs that had no time to run."""
    headers = {"Authorization": f"Bearer {MONITORING}"}
    for url in house.running.urls:
        figures = httpx.get(f"{url}/metrics", headers=headers, trust_env=False).raise_for_status().text
        assert 'ampra_http_requests_total{endpoint="api.show_latest",method="GET",status="200"} 1.0' in figures
        for server in ("postgres", "mongo", "mqtt", "mail", "files"):
            assert f'ampra_up{{server="{server}"}} 1.0' in figures
        parts = httpx.get(f"{url}/readyz", headers=headers, trust_env=False).raise_for_status().json()["parts"]
        assert [each for each in parts if not each["well"]] == []


def _see_the_same_picture(house: House, owner: Any, source_id: str) -> None:
    """What one process puts into the object store every other one serves."""
    viewer = Viewer(owner.id, "Owner", owner.email, owner.roles, owner.permissions)
    address = images.set_icon(viewer, source_id, picture(), servers.now())
    for url in house.running.urls:
        with httpx.Client(base_url=url, trust_env=False) as browser:
            browser.post("/sign-in", data={"email": owner.email, "password": "Sunny-day-7"})
            assert browser.get(address).raise_for_status().headers["Content-Type"] == "image/webp"


def _mail_comes_once(house: House) -> None:
    httpx.post(f"{house.running.urls[0]}/forgotten", data={"email": "owner@example.org"}, trust_env=False)
    assert wait_for(lambda: bool(list(house.mails.glob("*.eml"))), 30), house.running.said()
    subjects = [message_from_bytes(file.read_bytes(), policy=default)["Subject"] for file in house.mails.glob("*.eml")]
    assert len(subjects) == 1


def _one_clock_ticks_and_the_other_takes_over(house: House, owner: Any) -> None:
    admin = Viewer(owner.id, "", owner.email, owner.roles, frozenset({"jobs.manage"}))
    assert wait_for(lambda: bool(_active(house)), 15), house.running.said()
    (first,) = _active(house)
    background.run_now(admin, "accounts:sweep", servers.now())
    assert wait_for(lambda: _is_done("accounts:sweep"), 20)
    assert _runs("accounts:sweep") == 1
    house.running.processes[f"scheduler-{first}"].kill()
    assert wait_for(lambda: set(_active(house)) == {1, 2}, 40), house.running.said()
    background.run_now(admin, "housekeeping:forget_runs", servers.now())
    assert wait_for(lambda: _is_done("housekeeping:forget_runs"), 20)
    assert _runs("housekeeping:forget_runs") == 1


def _active(house: House) -> list[int]:
    return [copy for copy in (1, 2) if "is the active one" in _said(house, "scheduler", copy)]


def _said(house: House, name: str, copy: int) -> str:
    return house.running.processes[f"{name}-{copy}"].said()


def _is_done(task: str) -> bool:
    jobs = servers.fetch("SELECT status::text FROM procrastinate_jobs WHERE task_name = %s", task)
    return bool(jobs) and all(status == "succeeded" for (status,) in jobs)


def _runs(task: str) -> int:
    return len(servers.fetch("SELECT 1 FROM procrastinate_jobs WHERE task_name = %s", task))


def _no_log_holds_a_secret(house: House, *more: str) -> None:
    known = settings.get()
    secrets = [known.secret_key, known.sealing_key, known.internal_token, *house.broker.passwords.values(), *more]
    for name, process in house.running.processes.items():
        lines = process.said().splitlines()
        assert all({"at", "level", "message"} <= json.loads(line).keys() for line in lines), (name, lines[-3:])
        assert [each[:4] for each in secrets if each in process.said()] == [], name

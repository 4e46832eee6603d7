"""The work on forecasts as workers do it: in a process of its own, stopped, out of time, killed and taken up again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from data import forecasts, mongo, queue
from data.queue import libpq_url
from jobs import forecast_child
from jobs.forecast_child import Ended, Failed, Forecaster, Stopped, TooLong
from services.errors import Forbidden, NotFound
from services.forecast import asking, planning, progress
from tests import servers
from tests.storage.forecast_data import measured, owner, source, store

# Answers what it is asked for in place of the forecast: how a process is led does not depend on what it works on.
ACTOR = """
import json, os, sys, threading, time
say = lambda **what: print(json.dumps(what), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    say(percent=10, stage="at it")
    if asked["work"] == "hang":
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        time.sleep(600)
    if asked["work"] == "die":
        os._exit(9)
    if asked["work"] == "fail":
        say(failed="It broke.")
    else:
        say(done=True, refused=asked.get("refused"))
"""


@pytest.fixture
def actor(tmp_path: Path) -> Iterator[Forecaster]:
    script = tmp_path / "actor.py"
    script.write_text(ACTOR)
    made = Forecaster((sys.executable, str(script)))
    yield made
    made.close()


def asked(actor: Forecaster, what: str, seconds: float = 30, is_stopped: Callable[[], bool] = lambda: False,
          **more: str) -> str | None:
    return actor.run({"work": what, **more}, lambda _percent, _stage: None, is_stopped, seconds)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_serves_one_request_after_another(actor: Forecaster) -> None:
    assert asked(actor, "work") is None
    first = actor.pid
    assert asked(actor, "work", refused="Too little.") == "Too little."
    with pytest.raises(Failed, match="It broke"):
        asked(actor, "fail")
    assert actor.pid == first


def test_it_ends_when_stopped_out_of_time_or_dead_and_the_next_request_gets_a_new_one(actor: Forecaster) -> None:
    for trouble, what, options in (
        (Stopped, "hang", {"is_stopped": lambda: True}), (TooLong, "hang", {"seconds": 0.1}), (Ended, "die", {}),
    ):
        with pytest.raises(trouble):
            asked(actor, what, **options)
        assert actor.pid is None
    assert asked(actor, "work") is None


def test_an_idle_process_gives_its_memory_back(actor: Forecaster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_child, "IDLE_SECONDS", 0.05)
    asked(actor, "work")
    assert servers.wait_until(lambda: actor.pid is None)


def test_the_forecaster_ends_with_its_worker() -> None:
    running = subprocess.Popen([sys.executable, "-m", "jobs.forecaster"], cwd=servers.PROJECT, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    assert running.stdin is not None
    running.stdin.close()
    assert running.wait(30) == 0


def of(name: str, at: int = 0) -> progress.Progress:
    found = progress.of_source(name)[at]
    assert found is not None
    return found


def test_a_training_runs_from_the_queue_and_says_how_far_it_is(stores: dict[str, str]) -> None:
    alice = owner()
    name = source(alice, has_battery=False)
    store(name, measured(4)[["solarPower"]], datetime.now(UTC))
    now = datetime.now(UTC)
    assert asking.ask(alice, name, "train", now)
    assert of(name).state == "waiting"
    # Neither twice, nor a forecast behind it.
    assert not asking.ask(alice, name, "train", now) and not asking.ask(alice, name, "predict", now)
    servers.work_off()
    done = of(name)
    assert (done.state, done.percent, done.message) == ("done", 100, None)
    assert forecasts.newest(mongo.database(), name) is not None
    assert planning.due(datetime.now(UTC)) == []


def test_strangers_and_lookers_start_and_stop_nothing(stores: dict[str, str]) -> None:
    alice, bob = owner(), owner("bob@example.org")
    name = source(alice)
    for act in (lambda: asking.ask(bob, name, "train", datetime.now(UTC)),
                lambda: asking.stop(bob, name, datetime.now(UTC))):
        with pytest.raises((NotFound, Forbidden)):
            act()


def test_what_waits_is_stopped_at_once(stores: dict[str, str]) -> None:
    alice = owner()
    name, now = source(alice), datetime.now(UTC)
    asking.ask(alice, name, "train", now)
    assert asking.stop(alice, name, now)
    assert (of(name).state, of(name).message) == ("failed", progress.STOPPED)
    servers.work_off()
    assert forecasts.model(mongo.database(), name) == {}
    assert not asking.stop(alice, name, now)


def worker(stores: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen([sys.executable, "-m", "jobs.worker"], cwd=servers.PROJECT, stdout=output,
                                stderr=output, env={**os.environ, **stores})


def children_of(pid: int) -> list[int]:
    text = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(each) for each in text.split()]


def is_held(name: str, worker_pid: int) -> bool:
    """Whether the training runs, and its process is held, so that it does not end before the worker does."""
    helpers = children_of(worker_pid)
    if of(name).state != "running" or not helpers:
        return False
    for each in helpers:
        os.kill(each, signal.SIGSTOP)
    return True


def test_a_running_training_is_stopped_and_that_of_a_killed_worker_taken_up_again(
    stores: dict[str, str], tmp_path: Path
) -> None:
    alice = owner()
    name = source(alice)
    store(name, measured(90), datetime.now(UTC))
    asking.ask(alice, name, "train", datetime.now(UTC))
    first = worker(stores, tmp_path / "first.log")
    try:
        assert servers.wait_until(lambda: is_held(name, first.pid), 60), (tmp_path / "first.log").read_text()
        assert asking.stop(alice, name, datetime.now(UTC))
        assert servers.wait_until(lambda: of(name).message == progress.STOPPED, 30)
        assert asking.ask(alice, name, "train", datetime.now(UTC))
        assert servers.wait_until(lambda: is_held(name, first.pid), 60)
        helpers = children_of(first.pid)
        assert helpers
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    for each in helpers:
        os.kill(each, signal.SIGCONT)
    # Its process ends with it, and the model is not there.
    assert servers.wait_until(lambda: not any(is_alive(each) for each in helpers))
    assert forecasts.model(mongo.database(), name).get("trainedAt") is None
    store(name, measured(4), datetime.now(UTC))
    # The queue believes a silent worker for half a minute; here it has been silent for longer.
    with psycopg.connect(libpq_url(stores["AMPRA_POSTGRES_URL"]), autocommit=True) as connection:
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")
    queue.defer("housekeeping:rescue_jobs")
    servers.work_off()
    servers.work_off()
    assert of(name).state == "done"
    assert forecasts.model(mongo.database(), name)["trainedAt"] is not None

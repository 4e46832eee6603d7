"""The databases for a command that needs nothing else: those that are set, those that run here, or started for it."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from data.settings import Settings, load
from deploy.local import process, reach
from deploy.local.claim import Claim, running_environment
from deploy.local.errors import StartError
from deploy.local.plan import Server, make_plan, require_folder

START_SECONDS = 60.0


@contextmanager
def reachable() -> Iterator[None]:
    """Have the settings of this process name running databases for the block; raises StartError and SettingsError.

    Call it before anything else asks for settings, which are read once.
    """
    given = load(os.environ)
    if given.postgres_url and given.mongo_url:
        yield
        return
    require_folder(given.var)
    try:
        claim = Claim(given.var / "run")
    except StartError:
        os.environ.update(running_environment(given.var))
        yield
        return
    claim.end_leftovers()
    try:
        with _started(given):
            yield
    finally:
        claim.release()


@contextmanager
def _started(given: Settings) -> Iterator[None]:
    reach.require_servers(given)
    # Of what the installation embeds only the databases are wanted.
    alone = replace(given, mqtt_url=given.mqtt_url or "mqtt://127.0.0.1", smtp_url=given.smtp_url or "smtp://127.0.0.1")
    plan = make_plan(alone, os.environ)
    with ExitStack() as ending:
        for server in plan.servers:
            running = process.start(server.child)
            ending.callback(partial(process.stop, running, server.child))
            _wait_for(server)
        os.environ.update({name: value for name, value in plan.environment.items() if name.startswith("AMPRA_")})
        for name in ("SECRET_KEY", "SEALING_KEY", "INTERNAL_TOKEN", "POSTGRES_URL", "MONGO_URL"):
            os.environ.pop(f"AMPRA_{name}_FILE", None)
        yield


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready():
        if time.monotonic() > deadline:
            raise StartError(f"{server.child.name} did not start.")
        time.sleep(0.05)

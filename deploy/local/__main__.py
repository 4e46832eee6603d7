"""`python -m deploy.local`: starts everything on this machine, says how to sign in, and ends it on Ctrl-C."""

import http.client
import os
import signal
import sys
import time
from functools import partial

from data.settings import Settings, SettingsError, load
from deploy.local import reach
from deploy.local.claim import Claim
from deploy.local.console import Console
from deploy.local.errors import StartError, require_space, sentence_for
from deploy.local.known_schema import KnownSchema
from deploy.local.plan import Plan, make_plan, require_folder, web_host
from deploy.local.supervisor import Supervisor

SERVER_SECONDS = 60.0
WEB_SECONDS = 120.0
ANSWER_SECONDS = 1.0


def main() -> int:
    """Run until told to stop; a start that cannot be is one sentence and exit code 1."""
    console = Console()
    try:
        return run(console)
    except (StartError, SettingsError) as error:
        sentence = str(error)
    except OSError as error:
        sentence = sentence_for(error)
    sys.stderr.write(f"Ampra did not start: {sentence}\n")
    return 1


def run(console: Console) -> int:
    """Start one installation and look after it."""
    began = time.monotonic()
    settings = load(os.environ)
    require_folder(settings.var)
    claim = Claim(settings.var / "run")
    require_space(settings.var)
    claim.end_leftovers()
    reach.require_servers(settings)
    known = KnownSchema(settings)
    is_known = known.is_there()
    plan = make_plan(settings, os.environ)
    claim.announce(plan.address, plan.environment)
    supervisor = Supervisor(console, claim)
    _obey_signals(supervisor)
    try:
        _start(supervisor, plan, is_known)
        if not supervisor.is_stopping:
            known.note()
            console.say(_welcome(plan, time.monotonic() - began))
            # The demo's own weather only begins with the demo.
            if plan.settings.weather_url == settings.weather_url:
                _warn(console, settings)
        while not supervisor.is_stopping:
            supervisor.step(0.5)
        console.say("Ampra is stopping.")
    finally:
        supervisor.stop()
        claim.release()
    console.say("Ampra has stopped.")
    return 0


def _start(supervisor: Supervisor, plan: Plan, is_schema_known: bool) -> None:
    # The web server takes the longest, to import; with the schema of the last start it may answer as soon as it can.
    early = plan.services[:1] if is_schema_known else ()
    for child in (*(server.child for server in plan.servers), *early):
        supervisor.start(child)
    for server in plan.servers:
        supervisor.wait_until(server.is_ready, server.child.name, SERVER_SECONDS)
    if not supervisor.is_stopping:
        supervisor.run_once(plan.schema)
    for child in (plan.overseer, *plan.services[len(early):]):
        if not supervisor.is_stopping:
            supervisor.start(child)
    if not supervisor.is_stopping:
        supervisor.finish(plan.overseer)
    supervisor.wait_until(partial(_answers, web_host(plan.settings), plan.settings.port), "web", WEB_SECONDS)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _obey_signals(supervisor: Supervisor) -> None:
    def stop(*_: object) -> None:
        supervisor.is_stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # Under nohup the hang-up is ignored, and stays so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)


def _welcome(plan: Plan, seconds: float) -> str:
    settings = plan.settings
    lines = [
        "",
        f"  Ampra is ready after {seconds:.1f} s:  {plan.address}",
        "",
        f"  First Overseer   {settings.admin_email}   password {settings.admin_password}",
    ]
    if settings.demo:
        lines.append(f"  Demo owner       demo@ampra.local   password {settings.demo_password}")
    lines += [
        "                   (passwords as first set; one changed since is not shown here)",
        f"  Data and mails   {settings.var}",
        "  Ctrl-C ends everything.",
        "",
    ]
    return "\n".join(lines)


def _warn(console: Console, settings: Settings) -> None:
    warning = reach.weather_warning(settings)
    if warning:
        console.line("ampra", warning)


if __name__ == "__main__":
    sys.exit(main())

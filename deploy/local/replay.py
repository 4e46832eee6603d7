"""`python -m deploy.local.replay SITE_DIR --source ID`: publishes a recorded site as the source's device would."""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from data.settings import SettingsError, load
from deploy.local.claim import running_environment
from deploy.local.errors import StartError
from deploy.local.mqtt_device import MqttDevice
from deploy.local.site import Recorded, Site

WINDOW = 100
PATIENCE_SECONDS = 120.0
PROGRESS_SECONDS = 5.0


@dataclass
class Count:
    """How far a replay has come."""

    sent: int = 0
    acknowledged: int = 0
    in_the_future: int = 0
    last_at: datetime | None = None

    def __str__(self) -> str:
        later = f", {self.in_the_future} not sent because they lie in the future" if self.in_the_future else ""
        until = f", up to {self.last_at.isoformat()}" if self.last_at else ""
        return f"{self.sent} sent, {self.acknowledged} acknowledged{until}{later}"


def connected(broker_url: str, source_id: str, key: str) -> MqttDevice:
    """Connect as the source's device; StartError when the broker cannot be reached."""
    device = MqttDevice(broker_url, source_id, key)
    try:
        device.connect()
    except OSError as error:
        raise StartError(f"The MQTT broker at {device.host} cannot be reached ({error}).") from None
    return device


def publish(device: MqttDevice, rows: list[Recorded], count: Count) -> None:
    """Publish some rows and wait until each is acknowledged; StartError when the broker refuses or is silent."""
    waiting = [(row, device.publish(row.message())) for row in rows]
    count.sent += len(waiting)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for row, message_id in waiting:
        while not device.take_acknowledged(message_id):
            if device.refusal:
                raise StartError(f"The broker refuses the source ({device.refusal}): is its key right?")
            if time.monotonic() > deadline:
                raise StartError(f"The broker acknowledged nothing for {PATIENCE_SECONDS:.0f} s; {count}.")
            time.sleep(0.002)
        count.acknowledged, count.last_at = count.acknowledged + 1, row.at


def replay(device: MqttDevice, rows: Iterable[Recorded], speed: float | None, count: Count) -> None:
    """Publish rows in order, `speed` times faster than they were recorded, or as fast as they are acknowledged."""
    group: list[Recorded] = []
    first, began = None, time.monotonic()
    shown = began
    for row in rows:
        if row.at > datetime.now(UTC):
            count.in_the_future += 1
            continue
        first = first or row.at
        if speed:
            time.sleep(max(0.0, (row.at - first).total_seconds() / speed - (time.monotonic() - began)))
        group.append(row)
        if speed or len(group) == WINDOW:
            publish(device, group, count)
            group = []
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            print(count, flush=True)
    publish(device, group, count)


def key_of(given: argparse.Namespace) -> str:
    """The source's MQTT key: as given, from AMPRA_SOURCE_KEY, or a new one of the installation that runs here.

    A new one is made as by the source's own page: the one before stays good for 24 hours.
    """
    key = given.key or os.environ.get("AMPRA_SOURCE_KEY", "")
    if key:
        return str(key)
    os.environ.update(running_environment(load(os.environ).var))
    from services.errors import NotFound
    from services.ingestion import credentials

    try:
        return credentials.rotate(UUID(given.source), "mqtt", datetime.now(UTC))
    except (ValueError, NotFound):
        raise StartError(f"There is no source {given.source!r} in the installation that runs here.") from None


def broker_of(given: argparse.Namespace) -> str:
    """The broker's URL: as given, from AMPRA_MQTT_URL, or that of the installation that runs here."""
    settings = load(os.environ)
    return str(given.broker or settings.mqtt_url or running_environment(settings.var)["AMPRA_MQTT_URL"])


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Publish a recorded site over MQTT, as the source's device would.")
    parser.add_argument("site", type=Path, help="folder with site.json and telemetry.csv.gz")
    parser.add_argument("--source", required=True, help="id of the source")
    parser.add_argument("--speed", type=float, help="times faster than recorded; without it, as fast as possible")
    parser.add_argument("--key", help="the source's MQTT key (else AMPRA_SOURCE_KEY, else a new one is made)")
    parser.add_argument("--broker", help="mqtt://host:port (else AMPRA_MQTT_URL, else the installation here)")
    parser.add_argument("--day", type=date.fromisoformat, help="only this local day, as 2024-06-01")
    parser.add_argument("--shift-to-today", action="store_true", help="move the last day replayed to today")
    parser.add_argument("--after", type=datetime.fromisoformat, help="go on after this time, as a stopped replay says")
    return parser.parse_args()


def main() -> int:
    """Replay, and say how much was acknowledged."""
    given, count = arguments(), Count()
    try:
        site = Site(given.site)
        target = site.today(datetime.now(UTC)) if given.shift_to_today else None
        broker, key = broker_of(given), key_of(given)
        device = connected(broker, given.source, key)
        rows = site.rows(given.day, target)
        replay(device, (row for row in rows if given.after is None or row.at > given.after), given.speed, count)
        device.close()
    except (StartError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped: {count}. To go on: --after {count.last_at and count.last_at.isoformat()}\n")
        return 130
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the tests of MQTT share: a real Mosquitto as the project configures it, listeners as processes, and devices."""

import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from deploy.local import mongo, postgres, process
from deploy.local.ports import accepts, free_port, wait_for
from tests.servers import PROJECT

ADMIN = "ampra-admin"
LISTENER = "ampra-listener"
PLUGIN = "mosquitto_dynamic_security.so"


class Server:
    """A program that a test may kill and start again."""

    def __init__(self, name: str, command: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AMPRA_")}
        self.child = process.Child(name, command, {**clean, **environment}, PROJECT)
        self.log = log
        self.process: Any = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = process.start(self.child, output)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            process.stop(self.process, self.child)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Mosquitto(Server):
    """Debian's Mosquitto with the project's configuration: its ports and folders changed, and nothing else."""

    def __init__(self, folder: Path, *, certificates: Path | None = None, group: str = "none") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.passwords = free_port(), {ADMIN: secrets.token_urlsafe(24), LISTENER: secrets.token_urlsafe(24)}
        self.certificates, self.group = certificates, group
        config = folder / "mosquitto.conf"
        config.write_text(self._config(folder))
        environment = {
            "MOSQUITTO_CONFIG": str(config), "MOSQUITTO_ACCOUNTS": str(folder / "dynamic-security.json"),
            "MQTT_ADMIN_USER": ADMIN, "MQTT_ADMIN_PASSWORD": self.passwords[ADMIN],
            "MOSQUITTO_USER": "root", "PATH": f"{os.environ['PATH']}:/usr/sbin",
        }
        super().__init__("mosquitto", ("sh", "deploy/mosquitto/start.sh"), environment, folder / "mosquitto.log")

    def start(self) -> None:
        super().start()
        assert wait_for(lambda: accepts("127.0.0.1", self.port), 15), self.said()

    def url(self, user: str = LISTENER) -> str:
        scheme = "mqtts" if self.certificates else "mqtt"
        return f"{scheme}://{user}:{self.passwords[user]}@localhost:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What Ampra must be told to use this broker."""
        told = {"AMPRA_MQTT_URL": self.url(), "AMPRA_MQTT_ADMIN_URL": self.url(ADMIN)}
        told["AMPRA_MQTT_SHARED_GROUP"] = self.group
        return {**told, "AMPRA_MQTT_CA_FILE": str(self.certificates / "ca.crt")} if self.certificates else told

    def _config(self, folder: Path) -> str:
        text = (PROJECT / "deploy" / "mosquitto" / "mosquitto.conf").read_text()
        # Debian keeps it in the folder of the machine's architecture.
        plugin = next(iter([*Path("/usr/lib").glob(f"*/{PLUGIN}"), *Path("/usr/lib").glob(PLUGIN)]))
        text = text.replace(f"/usr/lib/{PLUGIN}", str(plugin)).replace("/mosquitto/data/", f"{folder}/")
        if self.certificates is None:
            text = text.replace("listener 1883\n", f"listener {self.port} 127.0.0.1\n")
        else:
            text = text.replace("listener 1883\n", "").replace("#listener 8883", f"listener {self.port} 127.0.0.1")
            text = text.replace("#certfile", "certfile").replace("#keyfile", "keyfile")
            text = text.replace("/mosquitto/certificates", str(self.certificates))
        # Mosquitto gives up root, and could then not write into a test's folder.
        return f"{text}\nuser root\n" if os.geteuid() == 0 else text


@contextmanager
def listener(settings: Mapping[str, str], folder: Path, name: str = "ampra-listener") -> Iterator[Server]:
    """A listener as the process that it is."""
    environment = {**settings, "AMPRA_LISTENER_NAME": name}
    running = Server(name, (sys.executable, "-m", "jobs.listener"), environment, folder / f"{name}.log")
    running.start()
    try:
        assert wait_for(lambda: "listening at" in running.said(), 15), running.said()
        yield running
    finally:
        running.stop()


class Device:
    """A device: one MQTT connection that notes how it was received and what it was told."""

    def __init__(
        self, port: int, user: str, key: str, *, client_id: str | None = None, ca_file: Path | None = None,
        reconnects: bool = False, protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
    ) -> None:
        self.user, self.received, self.granted = user, [], []
        self.code: str | None = None
        self.is_gone = threading.Event()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id or user, protocol=protocol, reconnect_on_failure=reconnects,
        )
        self.client.username_pw_set(user, key)
        self.client.max_inflight_messages_set(200)
        self.client.reconnect_delay_set(1, 2)
        if ca_file is not None:
            self.client.tls_set(ca_certs=str(ca_file))
        self.client.on_connect = lambda _c, _d, _f, reason, _p: setattr(self, "code", str(reason))
        self.client.on_disconnect = lambda *_: self.is_gone.set()
        self.client.on_message = lambda _c, _d, message: self.received.append(message)
        self.client.on_subscribe = lambda _c, _d, _m, codes, _p: self.granted.extend(each.value for each in codes)
        self.client.connect("localhost", port, keepalive=30)
        self.client.loop_start()
        assert wait_for(lambda: self.code is not None or self.is_gone.is_set(), 10)

    @property
    def topic(self) -> str:
        return f"ampra/sources/{self.user.removeprefix('src-')}/data"

    def publish(self, body: str | bytes, topic: str | None = None, *, waits: bool = True) -> mqtt.MQTTMessageInfo:
        sent = self.client.publish(topic or self.topic, body, qos=1)
        if waits:
            sent.wait_for_publish(15)
        return sent

    def subscribe(self, topic: str) -> int:
        self.client.subscribe(topic, 1)
        assert wait_for(lambda: bool(self.granted), 5)
        return self.granted.pop()

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def restartable_mongo(folder: Path) -> tuple[str, "Restartable"]:
    """A MongoDB of one's own that may be stopped and started again; gives its URL too."""
    port, password = free_port(), secrets.token_hex(24)
    child = mongo.prepare(folder / "mongo", port, password)
    return mongo.url(port, password), Restartable(child, lambda: mongo.is_ready(port), folder / "mongo.log")


def restartable_postgres(folder: Path) -> tuple[str, "Restartable"]:
    """A PostgreSQL of one's own that may be stopped and started again; gives its URL too."""
    port, password = free_port(), secrets.token_urlsafe(24)
    child = postgres.prepare(folder / "postgres", port, password)
    return postgres.url(port, password), Restartable(child, lambda: postgres.is_ready(port), folder / "postgres.log")


class Restartable:
    """A database server with the same port and files at every start."""

    def __init__(self, child: process.Child, is_ready: Callable[[], bool], log: Path) -> None:
        self._child, self._is_ready, self._log = child, is_ready, log
        self._process: Any = None

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = process.start(self._child, output)
        assert wait_for(self._is_ready, 30), self._log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        if self._process is not None:
            process.stop(self._process, self._child, 30)
            self._process = None

"""The embedded broker: who gets in, what each may do, and that nothing it acknowledged is lost, whoever is killed."""

import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from deploy.local import process
from deploy.local.broker.access import fingerprint
from deploy.local.ports import accepts, free_port, wait_for
from tests.servers import PROJECT

TOKEN = secrets.token_hex(32)
LISTENER_PASSWORD = "the listener's own: with / and @"


@dataclass
class WebEdge:
    """A web edge that speaks the broker's contract about the sources a test lists."""

    keys: dict[str, str] = field(default_factory=dict)
    is_away: bool = False

    def answer(self, path: str, asked: dict[str, object]) -> tuple[int, dict[str, object]]:
        if self.is_away:
            return 503, {}
        if path == "/api/mqtt/auth":
            known = self.keys.get(str(asked["username"]))
            return 200, {"result": "allow" if known and known == asked["password"] else "deny"}
        good = {user: fingerprint(key) for user, key in self.keys.items()}
        listed = [each for each in asked["sessions"] if isinstance(each, dict)]  # type: ignore[attr-defined]
        return 200, {"revoked": [s["username"] for s in listed if good.get(s["username"]) != s["fingerprint"]]}


@pytest.fixture
def web() -> Iterator[tuple[WebEdge, str]]:
    edge = WebEdge()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_broker = self.headers["X-Ampra-Internal-Token"] == TOKEN
            code, answer = edge.answer(self.path, asked) if is_broker else (401, {})
            body = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield edge, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Running:
    """The broker as a process of its own, which a test may kill and start again."""

    def __init__(self, folder: Path, web_url: str) -> None:
        self.port = free_port()
        settings = {
            "AMPRA_POSTGRES_URL": "postgresql://unused/unused", "AMPRA_MONGO_URL": "mongodb://unused",
            "AMPRA_SECRET_KEY": "s" * 40, "AMPRA_SEALING_KEY": "s" * 40, "AMPRA_INTERNAL_TOKEN": TOKEN,
            "AMPRA_MQTT_URL": f"mqtt://ampra-listener:the%20listener%27s%20own%3A%20with%20%2F%20and%20%40@127.0.0.1:{self.port}",
            "AMPRA_VAR": str(folder),
        }
        command = (sys.executable, "-m", "deploy.local.broker",
                   "--host", "127.0.0.1", "--port", str(self.port), "--web", web_url)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPRA_")}
        self.child = process.Child("broker", command, {**clean, **settings}, PROJECT)
        self.log = (folder / "broker.log").open("ab")
        self.start()

    def start(self) -> None:
        self.process = process.start(self.child, self.log)
        assert wait_for(lambda: accepts("127.0.0.1", self.port), 15), Path(self.log.name).read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        process.stop(self.process, self.child)
        self.log.close()


@pytest.fixture
def broker(tmp_path: Path, web: tuple[WebEdge, str]) -> Iterator[Running]:
    running = Running(tmp_path, web[1])
    yield running
    running.stop()


class Device:
    """A paho client that notes how it was received, what it got and when its connection ended."""

    def __init__(self, port: int, client_id: str, user: str, password: str, *, clean: bool = True) -> None:
        self.code: str | None = None
        self.messages: list[mqtt.MQTTMessage] = []
        self.is_gone = threading.Event()
        self.granted: list[int] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=clean, manual_ack=True,
                                  protocol=MQTTProtocolVersion.MQTTv311, reconnect_on_failure=False)
        self.client.username_pw_set(user, password)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: setattr(self, "code", str(reason))
        self.client.on_disconnect = lambda *_: self.is_gone.set()
        self.client.on_message = lambda _c, _d, message: self.messages.append(message)
        self.client.on_subscribe = lambda _c, _d, _m, codes, _p: self.granted.extend(code.value for code in codes)
        self.client.connect("127.0.0.1", port, keepalive=30)
        self.client.loop_start()
        assert wait_for(lambda: self.code is not None or self.is_gone.is_set(), 10)

    def publish(self, topic: str, body: str, qos: int = 1) -> None:
        self.client.publish(topic, body, qos).wait_for_publish(10)

    def subscribe(self, topic: str) -> int:
        self.client.subscribe(topic, 1)
        assert wait_for(lambda: bool(self.granted), 5)
        return self.granted.pop()

    def acknowledge(self, message: mqtt.MQTTMessage) -> None:
        self.client.ack(message.mid, message.qos)

    def die(self) -> None:
        """Leave as a killed process leaves: without a word."""
        self.client.socket().close()  # type: ignore[union-attr]
        self.client.loop_stop()


def source(broker: Running, web: tuple[WebEdge, str], name: str = "one") -> Device:
    web[0].keys.setdefault(f"src-{name}", secrets.token_hex(32))
    return Device(broker.port, f"src-{name}", f"src-{name}", web[0].keys[f"src-{name}"])


def listener(broker: Running, name: str = "listener") -> Device:
    device = Device(broker.port, name, "ampra-listener", LISTENER_PASSWORD, clean=False)
    assert device.subscribe("ampra/sources/#") == 1
    return device


def bodies(device: Device) -> list[str]:
    return [message.payload.decode() for message in device.messages]


def soon(condition: Callable[[], bool], seconds: float = 10) -> None:
    assert wait_for(condition, seconds)


def test_a_source_s_message_reaches_the_listener_once(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear = listener(broker)
    source(broker, web).publish("ampra/sources/one/data", "hello")
    soon(lambda: bodies(ear) == ["hello"])
    assert ear.messages[0].topic == "ampra/sources/one/data"


def test_strangers_and_wrong_keys_are_refused(broker: Running, web: tuple[WebEdge, str]) -> None:
    web[0].keys["src-one"] = "right"
    for client_id, user, key in (("src-one", "src-one", "wrong"), ("src-two", "src-two", "right"),
                                 ("other", "src-one", "right"), ("x", "ampra-listener", "wrong"), ("x", "admin", "")):
        assert Device(broker.port, client_id, user, key).code in ("Not authorized", "Bad user name or password")


def test_a_refused_stranger_does_not_push_the_device_out(broker: Running, web: tuple[WebEdge, str]) -> None:
    device = source(broker, web)
    Device(broker.port, "src-one", "src-one", "wrong")
    assert not device.is_gone.is_set()


def test_a_foreign_topic_goes_nowhere(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear, device = listener(broker), source(broker, web)
    for topic in ("ampra/sources/two/data", "ampra/sources/one", "ampra/sources/onemore/data", "homeassistant/x"):
        device.publish(topic, "foreign")
    device.publish("ampra/sources/one/data", "own")
    soon(lambda: bodies(ear) == ["own"])


def test_a_source_may_not_subscribe(broker: Running, web: tuple[WebEdge, str]) -> None:
    device = source(broker, web)
    for topic in ("ampra/sources/#", "ampra/sources/one/#", "#", "$share/group/ampra/sources/#"):
        assert device.subscribe(topic) == 0x80


def test_messages_wait_for_a_listener_that_is_away(broker: Running, web: tuple[WebEdge, str]) -> None:
    device = source(broker, web)
    for number in range(50):
        device.publish("ampra/sources/one/data", str(number))
    ear = listener(broker)
    soon(lambda: bodies(ear) == [str(number) for number in range(50)])


def test_what_a_killed_listener_had_not_acknowledged_comes_again(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear, device = listener(broker), source(broker, web)
    for number in range(20):
        device.publish("ampra/sources/one/data", str(number))
    soon(lambda: len(ear.messages) == 20)
    for message in ear.messages[:12]:
        ear.acknowledge(message)
    time.sleep(0.5)
    ear.die()
    again = listener(broker)
    soon(lambda: bodies(again) == [str(number) for number in range(12, 20)])


def test_a_listener_that_takes_long_loses_nothing(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear = listener(broker)
    source(broker, web).publish("ampra/sources/one/data", "slow")
    soon(lambda: len(ear.messages) == 1)
    time.sleep(6)
    ear.die()
    again = listener(broker)
    soon(lambda: bodies(again) == ["slow"])


def test_a_killed_broker_keeps_what_it_acknowledged(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear, device = listener(broker), source(broker, web)
    for number in range(30):
        device.publish("ampra/sources/one/data", str(number))
    soon(lambda: len(ear.messages) == 30)
    for message in ear.messages[:10]:
        ear.acknowledge(message)
    time.sleep(0.5)
    broker.kill()
    broker.start()
    again = listener(broker)
    soon(lambda: bodies(again) == [str(number) for number in range(10, 30)])


def test_two_listeners_share_the_messages(broker: Running, web: tuple[WebEdge, str]) -> None:
    ears, device = [listener(broker, "first"), listener(broker, "second")], source(broker, web)
    for number in range(40):
        device.publish("ampra/sources/one/data", str(number))
    soon(lambda: sum(len(ear.messages) for ear in ears) == 40)
    assert sorted(bodies(ears[0]) + bodies(ears[1]), key=int) == [str(number) for number in range(40)]


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_quality_of_service_is_taken(broker: Running, web: tuple[WebEdge, str], qos: int) -> None:
    ear = listener(broker)
    source(broker, web).publish("ampra/sources/one/data", "taken", qos)
    soon(lambda: bodies(ear) == ["taken"])


def test_a_revoked_key_ends_the_open_connection_within_five_seconds(broker: Running, web: tuple[WebEdge, str]) -> None:
    device = source(broker, web)
    time.sleep(3.5)
    assert not device.is_gone.is_set()
    del web[0].keys["src-one"]
    assert device.is_gone.wait(5)


def test_known_sources_go_on_while_the_web_edge_is_away(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear, device = listener(broker), source(broker, web)
    web[0].is_away = True
    time.sleep(3.5)
    assert not device.is_gone.is_set()
    source(broker, web).publish("ampra/sources/one/data", "known")
    soon(lambda: bodies(ear) == ["known"])
    assert Device(broker.port, "src-one", "src-one", "wrong").code == "Server unavailable"


def test_nonsense_and_oversize_close_only_their_own_connection(broker: Running, web: tuple[WebEdge, str]) -> None:
    ear, device = listener(broker), source(broker, web)
    wrong = (b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\x7f", b"\x10\x02\x00\x00", b"\x30\x03\x00\x01a")
    for nonsense in (*wrong, os.urandom(400)):
        with socket.create_connection(("127.0.0.1", broker.port), timeout=5) as stranger:
            stranger.sendall(nonsense)
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(4096):
                pass
    device.publish("ampra/sources/one/data", "still here")
    soon(lambda: bodies(ear) == ["still here"])
    device.client.publish("ampra/sources/one/data", b"x" * (1024 * 1024 + 1), 1)
    assert device.is_gone.wait(5)

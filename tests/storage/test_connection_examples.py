"""Every example of the connection page, executed as it is pasted, against the running system."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jinja2 import Environment

from components.connecting import Example, examples
from components.connecting.mqtt import LOCAL_TREE, SENSORS, bridged_topic
from components.connecting.parts import SAMPLE
from data import mongo, readings
from data.sources import ConnectionType
from deploy.local.ports import accepts, free_port, wait_for
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import changes as source_changes
from services.sources import connection as source_connection
from services.sources.making import NewSource
from tests.running import Running, running

ARRIVES_SECONDS = 25.0
STATES = {SENSORS[field]: str(value) for field, value in SAMPLE.items()}


class Pasted:
    """A new source of one way to connect, and the examples that its page would show."""

    def __init__(self, way: ConnectionType) -> None:
        account = accounts.create_user(f"{way.name.lower()}@example.org", "Sunny-day-7", "", "")
        owner = Viewer(account.id, "", "", frozenset({"User"}))
        self.made: NewSource = source_changes.create(owner, {"name": "Roof", "connection_type": int(way)}, now())
        self.address = source_connection.address_of(self.made.record)
        is_mqtt = way is ConnectionType.MQTT
        self.examples = {each.name: each for each in examples(self.address, is_mqtt=is_mqtt, secret=self.made.secret)}

    def text(self, name: str) -> str:
        return self.examples[name].text

    def newest(self) -> dict[str, Any]:
        found = readings.latest(mongo.database(), [self.address.source_id]).get(self.address.source_id)
        return found["values"] if found else {}

    def gets(self, wanted: dict[str, float]) -> bool:
        return wait_for(lambda: {name: self.newest().get(name) for name in wanted} == wanted, ARRIVES_SECONDS)


def now() -> datetime:
    return datetime.now(UTC)


def paste(text: str, program: tuple[str, ...] = ("sh",)) -> str:
    """Run what was pasted into a fresh shell or interpreter."""
    done = subprocess.run(program, input=text, text=True, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needs(*programs: str) -> None:
    missing = [each for each in programs if shutil.which(each) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} on PATH")


@pytest.fixture(scope="module")
def site(migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    from tests import servers

    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    with running(migrated, tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(scope="module")
def mqtt(site: Running) -> Pasted:
    return Pasted(ConnectionType.MQTT)


@pytest.fixture(scope="module")
def webhook(site: Running) -> Pasted:
    return Pasted(ConnectionType.WEBHOOK)


@pytest.fixture(autouse=True)
def nothing_yet(mqtt: Pasted, webhook: Pasted) -> None:
    for name in ("latest_readings", "normalized_sun_source_data", "open_batches"):
        mongo.database()[name].delete_many({})


def test_every_example_is_executed_here(mqtt: Pasted, webhook: Pasted) -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for way, pasted in (("mqtt", mqtt), ("webhook", webhook)):
        assert [name for name in pasted.examples if f'{way}.text("{name}")' not in text] == []


def test_no_example_holds_the_placeholder_once_the_secret_is_known(mqtt: Pasted, webhook: Pasted) -> None:
    for pasted in (mqtt, webhook):
        assert [each.name for each in pasted.examples.values() if "PASTE" in each.text] == []
        without: list[Example] = examples(pasted.address, is_mqtt=pasted is mqtt, secret=None)
        assert all(pasted.made.secret not in each.text for each in without)


def test_mosquitto_pub(mqtt: Pasted) -> None:
    needs("mosquitto_pub")
    paste(mqtt.text("mosquitto_pub"))
    assert mqtt.gets(SAMPLE)


def test_python_over_mqtt(mqtt: Pasted) -> None:
    paste(mqtt.text("python"), (sys.executable, "-"))
    assert mqtt.gets(SAMPLE)


def test_esphome_over_mqtt(mqtt: Pasted) -> None:
    """ESPHome publishes a sensor to `<topic_prefix>/sensor/<name>/state`; what it does is done here."""
    needs("mosquitto_pub")
    told = esphome(mqtt.text("esphome"))
    broker = told["mqtt"]
    name = told["sensor"][0]["name"].lower().replace(" ", "_")
    assert (broker["discovery"], broker["log_topic"], broker["birth_message"]) == (False, None, None)
    paste(" ".join((
        "mosquitto_pub", "-h", broker["broker"], "-p", str(broker["port"]), "-i", broker["client_id"],
        "-u", broker["username"], "-P", broker["password"], "-q", "1",
        "-t", f"{broker['topic_prefix']}/sensor/{name}/state", "-m", "1234.50000",
    )))  # fmt: skip
    assert mqtt.gets({"solarPower": 1234.5})


def test_home_assistant_through_the_bridge(mqtt: Pasted, tmp_path: Path) -> None:
    needs("mosquitto", "mosquitto_pub")
    action = yaml.safe_load(mqtt.text("homeassistant"))["actions"][0]
    assert action["action"] == "mqtt.publish"
    payload = rendered(action["data"]["payload"])
    assert action["data"]["topic"] == bridged_topic(mqtt.address)
    with own_mosquitto(mqtt.text("bridge"), tmp_path) as publish:
        publish(action["data"]["topic"], payload)
        assert mqtt.gets(SAMPLE)


def test_a_device_s_whole_tree_through_the_bridge(mqtt: Pasted, tmp_path: Path) -> None:
    needs("mosquitto", "mosquitto_pub")
    with own_mosquitto(mqtt.text("bridge"), tmp_path) as publish:
        publish(f"{LOCAL_TREE}/pv/power", "2500")
        publish(f"{LOCAL_TREE}/battery/soc", "66")
        publish("elsewhere/pv/power", "1")
        assert mqtt.gets({"solarPower": 2500, "stateOfCharge": 66})


def test_node_red_over_mqtt(mqtt: Pasted, tmp_path: Path) -> None:
    needs("node-red")
    with node_red(mqtt.text("nodered"), tmp_path):
        assert mqtt.gets(SAMPLE)


def test_curl(webhook: Pasted) -> None:
    needs("curl", "openssl", "od")
    assert json.loads(paste(webhook.text("curl")))["stored"] == 1
    assert webhook.gets(SAMPLE)


def test_curl_also_in_bash(webhook: Pasted) -> None:
    needs("bash", "curl", "openssl", "od")
    assert json.loads(paste(webhook.text("curl"), ("bash",)))["stored"] == 1


def test_python_over_http(webhook: Pasted) -> None:
    assert json.loads(paste(webhook.text("python"), (sys.executable, "-")))["stored"] == 1
    assert webhook.gets(SAMPLE)


def test_esphome_over_http(webhook: Pasted) -> None:
    """ESPHome sends the values of `json` as an object, a lambda's result as text; that is done here."""
    told = esphome(webhook.text("esphome"))
    post = told["interval"][0]["then"][0]["http_request.post"]
    body = {name: "4570.000000" if value.startswith("return to_string") else value
            for name, value in post["json"].items()}
    answer = httpx.post(post["url"], json=body, headers=post["request_headers"])
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    assert webhook.gets({"solarPower": 4570})


def test_home_assistant_over_http(webhook: Pasted) -> None:
    told = yaml.safe_load(webhook.text("homeassistant"))
    command = told["rest_command"]["ampra"]
    assert told["automation"][0]["actions"] == [{"action": "rest_command.ampra"}]
    answer = httpx.request(
        command["method"], command["url"], content=rendered(command["payload"]),
        headers={"content-type": command["content_type"]},
    )
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    assert webhook.gets(SAMPLE)


def test_node_red_over_http(webhook: Pasted, tmp_path: Path) -> None:
    needs("node-red")
    with node_red(webhook.text("nodered"), tmp_path):
        assert webhook.gets(SAMPLE)


def test_what_node_red_signs_is_taken(webhook: Pasted) -> None:
    """The function node's own words in Node.js, for machines without Node-RED."""
    needs("node")
    (function,) = [each for each in json.loads(webhook.text("nodered")) if each["type"] == "function"]
    program = (
        'const crypto = require("crypto");\n'
        f"const sign = (msg) => {{ {function['func']} }};\n"
        f"console.log(JSON.stringify(sign({{payload: {json.dumps(SAMPLE)}}})));"
    )
    message = json.loads(paste(program, ("node", "-")))
    answer = httpx.post(webhook.address.webhook_url, content=message["payload"], headers=message["headers"])
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)


def test_a_wrong_secret_is_refused(webhook: Pasted) -> None:
    needs("curl", "openssl", "od")
    wrong = webhook.text("curl").replace(webhook.made.secret, "A" * 43 + "=")
    assert json.loads(paste(wrong)) == {"error": "bad-signature"}
    assert webhook.newest() == {}


def esphome(text: str) -> dict[str, Any]:
    """An ESPHome configuration, its own tags read as text."""
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!lambda", lambda loader, node: loader.construct_scalar(node))
    return yaml.load(text, Loader)


def rendered(template: str) -> str:
    """A template as Home Assistant renders it: `states` gives text, `float` a default where that is no number."""
    def to_float(value: str, default: Any = None) -> Any:
        return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else default

    environment = Environment()
    environment.filters["float"] = to_float
    environment.filters["tojson"] = json.dumps
    text = environment.from_string(template).render(states=lambda sensor: STATES.get(sensor, "unavailable"))
    json.loads(text)
    return text


class own_mosquitto:  # noqa: N801 - it reads as what it is where it is used
    """A Mosquitto of somebody's own with the pasted bridge; gives how to publish to it."""

    def __init__(self, bridge: str, folder: Path) -> None:
        self.port, self.config = free_port(), folder / "own.conf"
        user = "\nuser root" if shutil.which("id") and subprocess.getoutput("id -u") == "0" else ""
        self.config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true{user}\n{bridge}")
        self.log = folder / "own.log"

    def __enter__(self) -> Callable[[str, str], None]:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["mosquitto", "-v", "-c", str(self.config)], stdout=log, stderr=log)
        assert wait_for(lambda: accepts("127.0.0.1", self.port), 10), self.log.read_text()
        assert wait_for(lambda: "CONNACK" in self.log.read_text(), 10), self.log.read_text()
        return self.publish

    def publish(self, topic: str, body: str) -> None:
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-m", body]
        subprocess.run(command, check=True, timeout=10)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)


class node_red:  # noqa: N801
    """A Node-RED into which the flow was imported."""

    def __init__(self, flow: str, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        nodes = json.loads(flow)
        # An import puts a broker's account into a file of its own.
        accounts = {each["id"]: each.pop("credentials") for each in nodes if "credentials" in each}
        (folder / "flows.json").write_text(json.dumps(nodes))
        (folder / "flows_cred.json").write_text(json.dumps(accounts))
        (folder / "settings.js").write_text(
            "module.exports = {flowFile: 'flows.json', credentialSecret: false, functionExternalModules: true,"
            f" uiHost: '127.0.0.1', uiPort: {self.port}, telemetry: {{enabled: false}}}};"
        )

    def __enter__(self) -> None:
        with (self.folder / "log.txt").open("wb") as log:
            command = ["node-red", "--userDir", str(self.folder), "--settings", str(self.folder / "settings.js")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        assert wait_for(lambda: "Started flows" in (self.folder / "log.txt").read_text(), 60), self.said()

    def said(self) -> str:
        time.sleep(0.1)
        return (self.folder / "log.txt").read_text()[-2000:]

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

"""Examples that publish by MQTT: a command, a script, a microcontroller, two home systems and a bridge."""

import json
from typing import Any

from components.connecting.parts import SAMPLE, Example, sample_body
from solar.addresses import Address

# What Home Assistant calls the sensors is the reader's business; these names are only the pattern.
SENSORS = {
    "solarPower": "sensor.solar_power",
    "loadPower": "sensor.house_power",
    "batteryPower": "sensor.battery_power",
    "stateOfCharge": "sensor.battery_soc",
}
LOCAL_TREE = "inverter"
NODE_RED_NOTE = "Menu, Import, paste. The inject node sends a sample every minute: wire your own nodes instead."


def mqtt_examples(address: Address, secret: str) -> list[Example]:
    """Return the examples of a source that connects by MQTT."""
    return [
        Example("mosquitto_pub", "mosquitto_pub", command(address, secret),
                "In a terminal, with the package mosquitto-clients. The page turns green as soon as it arrives.", "sh"),
        Example("python", "Python", script(address, secret), "After pip install paho-mqtt.", "python"),
        Example("esphome", "ESP32 (ESPHome)", esphome(address, secret),
                "Add to the ESPHome configuration; name the sensors as below, and Ampra knows them.", "yaml"),
        Example("homeassistant", "Home Assistant", home_assistant(address),
                "An automation. Home Assistant's MQTT broker must pass it on: see Mosquitto bridge.", "yaml"),
        Example("nodered", "Node-RED", node_red(address, secret),
                NODE_RED_NOTE, "json"),
        Example("bridge", "Mosquitto bridge", bridge(address, secret),
                f"A file in conf.d of your own Mosquitto: everything below {LOCAL_TREE}/ is passed on.", "conf"),
    ]


def command(address: Address, secret: str) -> str:
    """Return a mosquitto_pub that sends one message."""
    tls = " --capath /etc/ssl/certs" if address.uses_tls else ""
    return (
        f"SECRET='{secret}'\n"
        f"mosquitto_pub -h {address.host} -p {address.port}{tls} -q 1 \\\n"
        f'  -i {address.user} -u {address.user} -P "$SECRET" \\\n'
        f"  -t {address.topic} \\\n"
        f"  -m '{sample_body()}'"
    )


def script(address: Address, secret: str) -> str:
    """Return a Python program that sends one message."""
    tls = ",\n    tls={}" if address.uses_tls else ""
    return f'''import json
from paho.mqtt import publish

USER = "{address.user}"
SECRET = "{secret}"

reading = {json.dumps(SAMPLE)}

publish.single(
    "{address.topic}",
    json.dumps(reading),
    qos=1,
    hostname="{address.host}",
    port={address.port},
    client_id=USER,
    auth={{"username": USER, "password": SECRET}}{tls},
)
'''


def esphome(address: Address, secret: str) -> str:
    """Return the part of an ESPHome configuration that publishes the sensors of an ESP32."""
    tls = "\n  certificate_authority: |\n    (the certificate of the server's authority)" if address.uses_tls else ""
    return f"""mqtt:
  broker: {address.host}
  port: {address.port}
  client_id: {address.user}
  username: {address.user}
  password: "{secret}"{tls}
  topic_prefix: {address.topic_root.rstrip("/")}
  discovery: false
  log_topic: null
  birth_message: null
  will_message: null

# Power from the pulses of a meter (1,000 a kWh); any other sensor with this name will do.
sensor:
  - platform: pulse_meter
    pin: GPIO4
    name: "Solar Power"
    unit_of_measurement: W
    filters:
      - multiply: 60
"""


def home_assistant(address: Address) -> str:
    """Return an automation that publishes some sensors every minute."""
    values = ",\n".join(f'            "{field}": {state_of(sensor)}' for field, sensor in SENSORS.items())
    return f"""alias: Send readings to Ampra
triggers:
  - trigger: time_pattern
    minutes: "*"
actions:
  - action: mqtt.publish
    data:
      topic: {bridged_topic(address)}
      qos: 1
      payload: >
          {{
{values}
          }}
"""


def state_of(sensor: str) -> str:
    """Return the template that gives the number of a sensor, null where it has none."""
    return f'{{{{ states("{sensor}") | float(none) | tojson }}}}'


def bridged_topic(address: Address) -> str:
    """Return the topic of one's own broker that the bridge passes on to the source's own."""
    return f"ampra/{address.source_id}/data"


def node_red(address: Address, secret: str) -> str:
    """Return a flow to import: inject, and publish to a broker whose account is part of the import."""
    payload = sample_body()
    nodes: list[dict[str, Any]] = [
        {"id": "ampra-tab", "type": "tab", "label": "Ampra"},
        {
            "id": "ampra-broker", "type": "mqtt-broker", "name": "Ampra", "broker": address.host,
            "port": str(address.port), "usetls": address.uses_tls, "clientid": address.user, "autoConnect": True,
            "protocolVersion": "4", "keepalive": "60", "cleansession": True,
            "credentials": {"user": address.user, "password": secret},
        },
        {
            "id": "ampra-inject", "type": "inject", "z": "ampra-tab", "name": "Sample", "props": [{"p": "payload"}],
            "payload": payload, "payloadType": "json", "repeat": "60", "once": True, "onceDelay": "1",
            "x": 130, "y": 80, "wires": [["ampra-out"]],
        },
        {
            "id": "ampra-out", "type": "mqtt out", "z": "ampra-tab", "name": "Ampra", "topic": address.topic,
            "qos": "1", "retain": "false", "broker": "ampra-broker", "x": 330, "y": 80, "wires": [],
        },
    ]  # fmt: skip
    return json.dumps(nodes, indent=2)


def bridge(address: Address, secret: str) -> str:
    """Return the configuration of a Mosquitto that passes a device's whole topic tree on."""
    tls = "\nbridge_capath /etc/ssl/certs" if address.uses_tls else ""
    return f"""connection ampra
address {address.host}:{address.port}
remote_clientid {address.user}
remote_username {address.user}
remote_password {secret}{tls}
bridge_protocol_version mqttv311
cleansession true
try_private false
notifications false
bridge_attempt_unsubscribe false
topic # out 1 {LOCAL_TREE}/ {address.topic_root}{LOCAL_TREE}/
topic data out 1 ampra/{address.source_id}/ {address.topic_root}
"""

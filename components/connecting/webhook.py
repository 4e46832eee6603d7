"""Examples that send by webhook: signed where the sender can sign, with the secret as `key` where it cannot."""

import json
from typing import Any

from components.connecting.mqtt import NODE_RED_NOTE, SENSORS, state_of
from components.connecting.parts import SAMPLE, Example, sample_body
from solar.addresses import Address


def webhook_examples(address: Address, secret: str) -> list[Example]:
    """Return the examples of a source that connects by webhook."""
    return [
        Example("curl", "curl", command(address, secret),
                "In a terminal, with curl and openssl. The page turns green as soon as it arrives.", "sh"),
        Example("python", "Python", script(address, secret), "Needs nothing but Python itself.", "python"),
        Example("esphome", "ESP32 (ESPHome)", esphome(address, secret),
                "Add to the ESPHome configuration. A small device sends the secret as key instead of signing.", "yaml"),
        Example("homeassistant", "Home Assistant", home_assistant(address, secret),
                "In configuration.yaml. Use an https address: the secret travels in the message.", "yaml"),
        Example("nodered", "Node-RED", node_red(address, secret), NODE_RED_NOTE, "json"),
    ]


def command(address: Address, secret: str) -> str:
    """Return a curl that sends one message, signed as Standard Webhooks says."""
    return f"""SECRET='{secret}'
BODY='{sample_body()}'
ID="msg_$(openssl rand -hex 12)"
TIME="$(date +%s)"
KEY="$(printf %s "$SECRET" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')"
SIGNATURE="$(printf %s "$ID.$TIME.$BODY" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)"
curl -sS {address.webhook_url} \\
  -H "content-type: application/json" \\
  -H "webhook-id: $ID" -H "webhook-timestamp: $TIME" -H "webhook-signature: v1,$SIGNATURE" \\
  --data-binary "$BODY\""""


def script(address: Address, secret: str) -> str:
    """Return a Python program that sends one message, signed as Standard Webhooks says."""
    return f'''import base64, hashlib, hmac, json, time, urllib.request, uuid

SECRET = "{secret}"
URL = "{address.webhook_url}"

reading = {json.dumps(SAMPLE)}

body = json.dumps(reading).encode()
message_id, sent_at = f"msg_{{uuid.uuid4().hex}}", str(int(time.time()))
signed = f"{{message_id}}.{{sent_at}}.".encode() + body
signature = base64.b64encode(hmac.digest(base64.b64decode(SECRET), signed, hashlib.sha256)).decode()
request = urllib.request.Request(URL, body, {{
    "Content-Type": "application/json",
    "Webhook-Id": message_id,
    "Webhook-Timestamp": sent_at,
    "Webhook-Signature": f"v1,{{signature}}",
}})
print(urllib.request.urlopen(request, timeout=10).read().decode())
'''


def esphome(address: Address, secret: str) -> str:
    """Return the part of an ESPHome configuration that posts the value of a sensor every minute."""
    return f"""http_request:
  timeout: 10s

# Power from the pulses of a meter (1,000 a kWh); any other sensor will do.
sensor:
  - platform: pulse_meter
    id: solar_power
    pin: GPIO4
    name: "Solar Power"
    unit_of_measurement: W
    filters:
      - multiply: 60

interval:
  - interval: 60s
    then:
      - http_request.post:
          url: {address.webhook_url}
          request_headers:
            Content-Type: application/json
          json:
            key: "{secret}"
            solarPower: !lambda 'return to_string(id(solar_power).state);'
"""


def home_assistant(address: Address, secret: str) -> str:
    """Return a command and the automation that runs it every minute."""
    values = ",\n".join(f'        "{field}": {state_of(sensor)}' for field, sensor in SENSORS.items())
    return f"""rest_command:
  ampra:
    url: {address.webhook_url}
    method: post
    content_type: application/json
    payload: >
      {{
        "key": "{secret}",
{values}
      }}

automation:
  - alias: Send readings to Ampra
    triggers:
      - trigger: time_pattern
        minutes: "*"
    actions:
      - action: rest_command.ampra
"""


SIGN = """const body = JSON.stringify(msg.payload);
const id = "msg_" + crypto.randomUUID();
const time = Math.floor(Date.now() / 1000).toString();
const signature = crypto.createHmac("sha256", Buffer.from("{secret}", "base64"))
    .update(id + "." + time + "." + body).digest("base64");
msg.headers = {
    "content-type": "application/json",
    "webhook-id": id, "webhook-timestamp": time, "webhook-signature": "v1," + signature,
};
msg.payload = body;
return msg;"""


def node_red(address: Address, secret: str) -> str:
    """Return a flow to import: inject, sign, and post."""
    nodes: list[dict[str, Any]] = [
        {"id": "ampra-tab", "type": "tab", "label": "Ampra"},
        {
            "id": "ampra-inject", "type": "inject", "z": "ampra-tab", "name": "Sample", "props": [{"p": "payload"}],
            "payload": sample_body(), "payloadType": "json", "repeat": "60", "once": True, "onceDelay": "1",
            "x": 130, "y": 80, "wires": [["ampra-sign"]],
        },
        {
            "id": "ampra-sign", "type": "function", "z": "ampra-tab", "name": "Sign",
            "func": SIGN.replace("{secret}", secret), "outputs": 1, "libs": [{"var": "crypto", "module": "crypto"}],
            "x": 290, "y": 80, "wires": [["ampra-post"]],
        },
        {
            "id": "ampra-post", "type": "http request", "z": "ampra-tab", "name": "Ampra", "method": "POST",
            "ret": "txt", "url": address.webhook_url, "x": 450, "y": 80, "wires": [[]],
        },
    ]  # fmt: skip
    return json.dumps(nodes, indent=2)

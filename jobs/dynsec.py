"""Speaks to Mosquitto's dynamic security plugin: commands over `$CONTROL/dynamic-security/v1`, and their answers."""

import json
import queue
import secrets
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

TOPIC = "$CONTROL/dynamic-security/v1"
ANSWERS = f"{TOPIC}/response"
ANSWER_SECONDS = 5.0

Command = Mapping[str, Any]


class BrokerAway(Exception):
    """The broker does not answer, or not to this account."""


class Refused(Exception):
    """The plugin refuses a command; the message is its own sentence."""


class DynamicSecurity:
    """A short connection of the admin account; use it in a `with` block."""

    def __init__(self, url: str, ca_file: str = "") -> None:
        self._url = urlsplit(url)
        self._answers: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self._events: queue.Queue[str] = queue.Queue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, f"ampra-admin-{secrets.token_hex(4)}")
        self._client.username_pw_set(unquote(self._url.username or ""), unquote(self._url.password or ""))
        if self._url.scheme == "mqtts":
            self._client.tls_set(ca_certs=ca_file or None)
        self._client.on_connect = lambda client, _d, _f, reason, _p: self._on_connect(client, reason)
        self._client.on_subscribe = lambda *_: self._events.put("ready")
        self._client.on_message = lambda _c, _d, message: self._answers.put(json.loads(message.payload))

    def __enter__(self) -> Self:
        port = self._url.port or (8883 if self._url.scheme == "mqtts" else 1883)
        try:
            self._client.connect(self._url.hostname or "127.0.0.1", port)
            self._client.loop_start()
            event = self._events.get(timeout=ANSWER_SECONDS)
        except (OSError, queue.Empty) as error:
            self._client.loop_stop()
            raise BrokerAway(f"the MQTT broker does not answer ({type(error).__name__})") from error
        if event != "ready":
            self._client.loop_stop()
            raise BrokerAway(f"the MQTT broker refuses the account of AMPRA_MQTT_ADMIN_URL ({event})")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def run(self, *commands: Command) -> list[Mapping[str, Any]]:
        """Run commands in order and return their answers; an answer with `error` says what was refused.

        Raises BrokerAway where an answer does not come.
        """
        mark = secrets.token_hex(8)
        marked = [{**each, "correlationData": f"{mark}-{number}"} for number, each in enumerate(commands)]
        self._client.publish(TOPIC, json.dumps({"commands": marked}), qos=1)
        found: dict[str, Mapping[str, Any]] = {}
        while len(found) < len(marked):
            try:
                message = self._answers.get(timeout=ANSWER_SECONDS)
            except queue.Empty:
                raise BrokerAway("the dynamic security plugin of the MQTT broker does not answer") from None
            # Other workers' answers come here as well.
            answers = [each for each in message.get("responses", []) if _is_of(each, mark)]
            found.update({each["correlationData"]: each for each in answers})
        return [found[each["correlationData"]] for each in marked]

    def insist(self, command: Command, *, unless: Sequence[str] = ()) -> Mapping[str, Any]:
        """Run one command; raises Refused, but not for the errors in `unless`, and BrokerAway."""
        (answer,) = self.run(command)
        error = answer.get("error")
        if error is not None and error not in unless:
            raise Refused(f"{command['command']}: {error}")
        return answer

    def _on_connect(self, client: mqtt.Client, reason: Any) -> None:
        if reason.is_failure:
            self._events.put(str(reason))
        else:
            client.subscribe(ANSWERS, qos=1)


def _is_of(answer: Mapping[str, Any], mark: str) -> bool:
    return str(answer.get("correlationData", "")).startswith(f"{mark}-")

"""The demo's devices: they send readings over real MQTT and by signed HTTP, and say whether these were taken."""

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any, Protocol

import httpx
import pandas as pd

from deploy.local.mqtt_device import MqttDevice

ANSWER_SECONDS = 3.0


class Device(Protocol):
    """One way in."""

    def send(self, readings: list[dict[str, Any]], now: datetime) -> int:
        """Send readings in order; returns how many, from the first on, were taken."""

    def close(self) -> None:
        """Let go of the connection."""


def messages(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row of a simulated frame as a device's message in the canonical names."""
    names = list(frame.columns)
    return [
        {"timestamp": at.isoformat(), **dict(zip(names, values, strict=True))}
        for at, values in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    ]


class BrokerDevice:
    """Publishes over MQTT."""

    def __init__(self, broker_url: str, source_id: str, key: str) -> None:
        self._connection = MqttDevice(broker_url, source_id, key)
        self._connection.connect_when_possible()

    def send(self, readings: list[dict[str, Any]], now: datetime) -> int:
        """Publish and wait for the acknowledgements; what gets none is sent again by the caller, harmlessly."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self._connection.is_connected:
            if time.monotonic() > deadline:
                return 0
            time.sleep(0.05)
        sent = [self._connection.publish(json.dumps(each).encode()) for each in readings]
        for taken, message_id in enumerate(sent):
            while not self._connection.take_acknowledged(message_id):
                if time.monotonic() > deadline:
                    return taken
                time.sleep(0.005)
        return len(sent)

    def close(self) -> None:
        """Leave in good order."""
        self._connection.close()


class WebhookDevice:
    """Posts each reading, signed as Standard Webhooks says."""

    def __init__(self, web_url: str, source_id: str, secret: str) -> None:
        self._source_id = source_id
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._url = f"{web_url}/api/webhook/sunsource/{source_id}"
        self._http = httpx.Client(timeout=ANSWER_SECONDS, trust_env=False)

    def send(self, readings: list[dict[str, Any]], now: datetime) -> int:
        """Post the readings one after the other until one is not taken."""
        for taken, reading in enumerate(readings):
            body = json.dumps(reading).encode()
            try:
                answer = self._http.post(self._url, content=body, headers=self._headers(reading, body, now))
            except httpx.HTTPError:
                return taken
            if answer.status_code != 200:
                return taken
        return len(readings)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _headers(self, reading: dict[str, Any], body: bytes, now: datetime) -> dict[str, str]:
        # One id for one reading: sent twice it is answered as a duplicate.
        number = f"msg_{self._source_id}_{reading['timestamp']}"
        stamp = str(int(now.timestamp()))
        digest = hmac.new(self._key, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "content-type": "application/json", "webhook-id": number, "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }

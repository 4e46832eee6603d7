"""Commands and configurations that connect a source as they stand, made from its address and its secret."""

from components.connecting.mqtt import mqtt_examples
from components.connecting.parts import PLACEHOLDER, Example, sample_body
from components.connecting.webhook import webhook_examples
from solar.addresses import Address

__all__ = ["PLACEHOLDER", "Example", "examples", "sample_body"]


def examples(address: Address, *, is_mqtt: bool, secret: str | None) -> list[Example]:
    """Return the examples for one way to connect; without the secret, the place to put it is marked."""
    made = mqtt_examples if is_mqtt else webhook_examples
    return made(address, secret or PLACEHOLDER)

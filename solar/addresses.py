"""Where a source sends to, in plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """How a source reaches us; `topic_root` ends with a slash, `webhook_url` is whole."""

    source_id: str
    host: str
    port: int
    uses_tls: bool
    topic: str
    topic_root: str
    user: str
    webhook_url: str

    @property
    def server(self) -> str:
        """The broker as a URL."""
        return f"{'mqtts' if self.uses_tls else 'mqtt'}://{self.host}:{self.port}"

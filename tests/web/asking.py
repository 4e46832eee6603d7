"""Asking callbacks as a browser does, and reading who was told what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from flask.testing import FlaskClient

# Which stores of the pages hold the id of the source that is looked at, and which that of the group.
SOURCE_STORES = (
    "monitor-source-store", "returns-source-store", "weather-source-store", "source-connection-store",
    "source-id-store", "source-danger-store", "source-data-store", "source-fields-store",
    "source-icon-store", "forecast-source-store", "sharing-source-store",
)  # fmt: skip
GROUP_STORES = ("sharing-group-store", "group-id-store",)
# What pages have by the time somebody presses something.
USUAL = {
    "shell-scheme-store.data": "light", "weather-revision-store.data": "1", "monitor-turn-store.data": "1",
    "forecast-revision-store.data": "1",
    "returns-months-span.value": "12", "_pages_location.pathname": "/", "_pages_location.search": "",
    "admin-search-input.value": "", "monitor-choice-store.data": {"kind": "day"},
    "sources-list-grid.dashGridOptions": {},
}  # fmt: skip
DENIED = ("Not found", "Not allowed")
BROKEN = "Something went wrong"


@dataclass(frozen=True)
class Callback:
    """One callback that the server answers; its name is its first output and its first input."""

    output: str
    entry: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """How the table calls it."""
        first = self.entry["inputs"][0]
        return f"{_first(self.output)} <- {first['id']}.{first['property']}"

    def body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a browser would send, with these values by `id.property` and everything else as if just pressed."""
        inputs = [_dependency(each, values) for each in self.entry["inputs"]]
        state = [_dependency(each, values) for each in self.entry["state"]]
        first = self.entry["inputs"][0]
        changed = values.get("changed", f"{first['id']}.{first['property']}")
        outputs = _outputs(self.output)
        return {
            "output": self.output, "outputs": outputs if self.output.startswith("..") else outputs[0], "inputs": inputs,
            "changedPropIds": [changed], "state": state,
        }


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the titles of notices, and everything as text."""

    status: int
    notices: tuple[str, ...]
    text: str

    @property
    def is_denied(self) -> bool:
        """Whether the person was told that this is not theirs."""
        return any(title in DENIED for title in self.notices)


def all_callbacks(app: ModuleType) -> list[Callback]:
    """Every callback that the server answers."""
    app.app._setup_server()
    return [Callback(key, entry) for key, entry in app.app.callback_map.items() if "callback" in entry]


def ask(client: FlaskClient, callback: Callback, values: Mapping[str, Any]) -> Answer:
    """Ask a callback."""
    answer = client.post("/_dash-update-component", json=callback.body(values))
    said = json.loads(answer.text) if answer.is_json and answer.text else {}
    notices = said.get("sideUpdate", {}).get("shell-notices", {}).get("sendNotifications", [])
    return Answer(answer.status_code, tuple(each["title"] for each in notices), answer.text)


def _first(output: str) -> str:
    name = output[2:].split("...")[0].removesuffix("..") if output.startswith("..") else output
    return name.split("@")[0]


def _outputs(output: str) -> list[Any]:
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    return [_output(each) for each in names]


def _output(name: str) -> Any:
    identity, _, prop = name.rpartition(".")
    if not identity.startswith("{"):
        return {"id": identity, "property": prop}
    fields = json.loads(identity)
    if any(value == ["ALL"] for value in fields.values()):
        return []
    return {"id": fields, "property": prop}


def _dependency(each: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    identity, prop = each["id"], each["property"]
    name = f"{identity}.{prop}"
    if identity.startswith("{") and '["ALL"]' in identity:
        return values.get(name, [])
    value = values[name] if name in values else USUAL.get(name, _pressed(identity, prop))
    return {"id": json.loads(identity) if identity.startswith("{") else identity, "property": prop, "value": value}


def _pressed(identity: str, prop: str) -> Any:
    if prop == "id":
        return identity
    return 1 if prop in {"n_clicks", "n_intervals"} else None

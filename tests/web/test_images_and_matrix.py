"""What belongs to somebody else cannot be told from what does not exist: images by address, pages by callback."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from services import access
from services.sources import changes as source_changes
from services.sources import groups, images
from tests.web.conftest import Person

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
SECRETIVE = "Alice's hidden roof"


class Hers:
    """A source and a group of Alice's, both with an image."""

    def __init__(self, alice: Person) -> None:
        written = io.BytesIO()
        Image.new("RGB", (40, 40), "orange").save(written, "PNG")
        given = {"name": SECRETIVE, "connection_type": 0, "payload_mapping": {"invert": ["gridPower"]}}
        self.source = str(source_changes.create(alice.viewer, given, NOW).record.id)
        self.group = str(groups.create_group(alice.account.id, SECRETIVE).id)
        self.icon = images.set_icon(alice.viewer, self.source, written.getvalue(), NOW)
        self.logo = images.set_logo(alice.viewer, self.group, written.getvalue(), NOW)


@pytest.fixture
def hers(alice: Person) -> Hers:
    return Hers(alice)


def test_an_image_is_for_its_owner_and_may_be_kept(alice: Person, hers: Hers) -> None:
    for address in (hers.icon, hers.logo):
        answer = alice.client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_image_is_not_found_by_others(bob: Person, hers: Hers, stranger: Any) -> None:
    name = hers.icon.rsplit("/", 1)[1]
    unknown = [f"/image/source/{uuid4()}/{name}", f"/image/source/no-id/{name}", f"/image/user/{hers.source}/{name}"]
    for address in (hers.icon, hers.logo, *unknown):
        answer = bob.client.get(address)
        assert (answer.status_code, answer.json) == (404, {"error": "there is no such image"})
        assert stranger.get(address).status_code in (302, 401)


@pytest.mark.parametrize("name", ["x.png", "A.webp", ".webp", "a%00.webp", "a.webp.webp"])
def test_other_names_lead_nowhere(alice: Person, hers: Hers, name: str) -> None:
    assert alice.client.get(f"/image/source/{hers.source}/{name}").status_code == 404


def test_a_way_up_leads_to_no_file(alice: Person, hers: Hers) -> None:
    answer = alice.client.get(f"/image/source/{hers.source}/..%2f..%2fsecrets")
    assert answer.mimetype == "text/html"


#: The callbacks of the pages of a source, by the outputs that tell them, with what they are given besides.
STORES = {"source-id-store", "source-fields-store", "source-connection-store", "source-data-store",
          "source-danger-store"}
PARTS = ("source-", "group-", "groups-", "sources-", "new-source-", "import-")


def callbacks(app: ModuleType) -> Iterator[tuple[str, dict[str, Any]]]:
    for output, told in app.app.callback_map.items():
        ids = [each["id"].replace('{"name":["ALL"],"type":"', "") for each in told["inputs"]]
        if any(each.startswith(PARTS) for each in ids) and told.get("callback") is not None:
            yield output, told


def value_for(identity: str, prop: str, hers: Hers) -> Any:
    """What a stranger would send: her ids wherever an id goes, and every button pressed."""
    if prop == "n_clicks":
        return 1
    if prop == "selectedRows":
        return [{"id": hers.source}]
    if "secret" in identity or prop == "contents":
        return None
    if "group" in identity and "source-group" not in identity and prop == "data":
        return hers.group
    if "move" in identity or "group-select" in identity:
        return hers.group
    if prop == "data" and identity.split("-")[-1] == "store" and identity in STORES:
        return hers.source
    if prop == "dashGridOptions":
        return {}
    return SECRETIVE if prop == "value" else None


def sent(output: str, told: dict[str, Any], hers: Hers) -> dict[str, Any]:
    """The request of a callback as the browser makes it."""
    def filled(each: dict[str, str]) -> Any:
        if each["id"].startswith("{"):
            return []
        return {**each, "value": value_for(each["id"], each["property"], hers)}

    inputs, states = [filled(each) for each in told["inputs"]], [filled(each) for each in told["state"]]
    first = told["inputs"][0]
    outputs = [part.rpartition(".") for part in output.strip(".").split("...")]
    named = [{"id": identity.replace("\\.", "."), "property": prop.split("@")[0]} for identity, _, prop in outputs]
    return {
        "output": output, "outputs": named if output.startswith("..") else named[0], "inputs": inputs, "state": states,
        "changedPropIds": [f"{first['id']}.{first['property']}"],
    }


def test_no_callback_tells_a_stranger_anything_or_changes_anything(
    app: ModuleType, alice: Person, bob: Person, hers: Hers
) -> None:
    asked = 0
    before = access.source_for(alice.viewer, hers.source)
    for output, told in callbacks(app):
        answer = bob.client.post("/_dash-update-component", json=sent(output, told, hers))
        asked += 1
        text = answer.get_data(as_text=True)
        told_back = text.replace(json.dumps(SECRETIVE), "")
        assert "payload_mapping" not in told_back and "gridPower\"]" not in told_back, output
        assert "ampra/sources/" not in told_back, output
    assert asked >= 20
    assert access.source_for(alice.viewer, hers.source) == before
    assert access.group_for(alice.viewer, hers.group).name == SECRETIVE
    assert {each.user_id for each in access.visible_groups(bob.viewer)} <= {bob.account.id}
    # The same requests do tell her: otherwise they would prove nothing.
    told_her = [
        output for output, told in callbacks(app)
        if all(each["property"] != "n_clicks" for each in told["inputs"])
        and SECRETIVE in alice.client.post(
            "/_dash-update-component", json=sent(output, told, hers)).get_data(as_text=True)
    ]
    assert len(told_her) >= 3, told_her

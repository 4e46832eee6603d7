"""A callback that raises: the person is told why, whatever shape its outputs have."""

from types import ModuleType

from services.sources import making
from tests import servers
from tests.web.asking import all_callbacks
from tests.web.conftest import Person


def test_a_form_of_many_fields_says_what_is_not_one_s_own(app: ModuleType, alice: Person, bob: Person) -> None:
    source = {"name": "Roof of Alice", "connection_type": 1}
    source_id = str(making.create_source(alice.account.id, source, servers.now()).record.id)
    name = '{"name":["ALL"],"type":"source-field-input"}.value <- source-fields-store.data'
    callback = next(each for each in all_callbacks(app) if each.name == name)
    body = callback.body({"source-fields-store.data": source_id})
    ids = [{"name": each, "type": "source-field-input"} for each in ("name", "description")]
    body["outputs"] = [{"id": each, "property": "value"} for each in ids]
    body["state"] = [[{"id": each, "property": "id", "value": each} for each in ids]]
    for person, denied in ((bob, True), (alice, False)):
        answer = person.client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.text
        assert ("This does not exist, or it is not yours." in answer.text) is denied
        assert ("Roof of Alice" in answer.text) is not denied

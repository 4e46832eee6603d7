"""Returns at the edge: who sees them, and an Excel file that another spreadsheet engine recalculates to the cent."""

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from components.amounts import money
from services.returns import prices
from services.returns import results as returns
from services.returns import terms as returns_terms
from solar.days import local_date, start_of_day
from solar.money import display
from tests.storage.returns_data import ZONE, make_source, seasonal, store_days
from tests.unit.test_returns_workbook import recalculate
from tests.web.conftest import Person

D = Decimal
ANY_ID = "00000000-0000-4000-8000-000000000000"


def a_home(owner: Person, days: int = 45, currency: str = "EUR") -> str:
    """A source with energies of some days through yesterday, two prices, costs and a replacement."""
    now = datetime.now(UTC)
    first = local_date(now, ZONE) - timedelta(days=days)
    source_id = make_source(owner.viewer, currency=currency, installation_date=start_of_day(first, ZONE))
    store_days(source_id, seasonal(first, days))
    for after, buy, sell in ((3, "0.30", "0.08"), (20, "0.3456", "")):
        values = {"effectiveFrom": str(first + timedelta(days=after)), "pricePerKwh": buy, "exportPricePerKwh": sell}
        prices.keep(prices.put(owner.viewer, source_id, values, now))
    costs = [{"date": str(first + timedelta(days=2)), "amount": "-500", "note": "=1+1"}]
    returns_terms.save_costs(owner.viewer, source_id, costs, now, replacements=[{"year": 2, "cost": "300"}])
    returns_terms.save_terms(owner.viewer, source_id, {"years": 3})
    return source_id


def call(app: ModuleType, client: FlaskClient, output: str, **values: Any) -> Any:
    """Answer of the callback that fills `output` ("id.property"), for inputs and states by component id."""
    key = next(name for name in app.app.callback_map if f"{output}" in name.replace("..", " ").split("@")[0])
    wanted = app.app.callback_map[key]

    def filled(parts: Any) -> list[dict[str, Any]]:
        return [{**each, "value": values.get(str(each["id"]))} for each in parts]

    names = [name.rsplit(".", 1) for name in key.strip(".").split("...")]
    outputs = [dict(zip(("id", "property"), name, strict=True)) for name in names]
    body = {
        "output": key, "outputs": outputs if key.startswith("..") else outputs[0], "inputs": filled(wanted["inputs"]),
        "state": filled(wanted["state"]), "changedPropIds": [f"{wanted['inputs'][0]['id']}.data"],
    }  # fmt: skip
    return client.post("/_dash-update-component", json=body)


def show(app: ModuleType, client: FlaskClient, source_id: str, trial: Any = None) -> Any:
    """The page's result as its callback answers it."""
    given = {"returns-source-store": source_id, "returns-trial-store": trial, "shell-scheme-store": "light"}
    return call(app, client, "returns-head-tiles.children", **given)


def test_owner_and_admin_see_the_result(app: ModuleType, alice: Person, admin: Person) -> None:
    source_id = a_home(alice)
    saved = money(returns.results(alice.viewer, source_id, datetime.now(UTC)).measured.savings, "EUR").value
    for person in (alice, admin):
        answer = show(app, person.client, source_id)
        assert answer.status_code == 200
        head = json.dumps(answer.json["response"]["returns-head-tiles"], ensure_ascii=False)
        assert saved in head
        assert "Net present value" in head


def test_another_owner_learns_nothing(app: ModuleType, alice: Person, bob: Person) -> None:
    source_id = a_home(alice)
    for wanted in (source_id, ANY_ID, "no id"):
        answer = show(app, bob.client, wanted)
        said = json.dumps(answer.json, ensure_ascii=False)
        assert "returns-head-tiles" not in answer.json.get("response", {})
        assert "This does not exist, or it is not yours." in said
        assert bob.client.get(f"/export/returns/{wanted}").status_code == 404
    # What is not offered to bob is refused to him too.
    assert "not yours" in json.dumps(call(app, bob.client, "returns-battery-body.children", **{
        "returns-source-store": source_id}).json)


def test_a_stranger_gets_nothing(alice: Person, stranger: FlaskClient) -> None:
    source_id = a_home(alice, days=5)
    assert stranger.get(f"/export/returns/{source_id}").status_code == 401
    assert stranger.get(f"/returns/{source_id}", headers={"Accept": "text/html"}).status_code == 302


def test_an_assumption_being_tried_is_not_saved(app: ModuleType, alice: Person) -> None:
    source_id = a_home(alice)
    answer = show(app, alice.client, source_id, {"years": 7, "inflation": 3.5, "systemCost": 123.45})
    assert "7 years at" in json.dumps(answer.json)
    assert returns.saved_terms(alice.viewer, source_id).assumptions.years == 3
    # At fault: nothing is shown anew.
    refused = show(app, alice.client, source_id, {"years": 700})
    assert refused.status_code == 204 or "returns-head-tiles" not in refused.json["response"]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_the_workbook_recalculates_to_the_figures_of_the_page(alice: Person, tmp_path: Path, currency: str) -> None:
    source_id = a_home(alice, currency=currency)
    answer = alice.client.get(f"/export/returns/{source_id}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    path = tmp_path / "returns.xlsx"
    path.write_bytes(answer.data)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Summary", "Inputs", "Costs", "Prices", "Days", "Model"]
    # What a person wrote stays a text, whatever it begins with.
    assert book["Costs"]["C2"].data_type == "s"
    labels = {str(row[0].value): row[0].row for row in book["Summary"].iter_rows(min_row=2) if row[0].value}
    found = recalculate(path)
    shown = returns.results(alice.viewer, source_id, datetime.now(UTC))
    wanted = {
        "Savings": shown.measured.savings, "Net": shown.measured.net, "Maintenance to date": shown.measured.maintenance,
        "Average year": shown.measured.average_yearly_net,
        "Net present value": shown.outlook.result and shown.outlook.result.npv,
        "Total return": shown.outlook.result and shown.outlook.result.total_return,
    }  # fmt: skip
    for label, want in wanted.items():
        assert want is not None
        got = D(repr(float(found[f"SUMMARY!B{labels[label]}"])))
        assert display(got, currency) == display(want, currency), label
    percent = float(found[f"SUMMARY!B{labels['Return, %']}"])
    assert percent == pytest.approx(float(shown.measured.roi_percent or 0), abs=1e-9)


def test_a_source_without_anything_still_has_a_workbook(alice: Person) -> None:
    source_id = make_source(alice.viewer, system_cost=None, name="=cmd|x / ../é")
    answer = alice.client.get(f"/export/returns/{source_id}")
    assert answer.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[0] == "Summary"
    assert "/" not in answer.headers["Content-Disposition"].split("filename")[1].split(";")[0]

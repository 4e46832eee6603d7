"""The forecast at the edge: its files for those who may see it, and its page while nothing is known."""

import csv
import io
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pandas as pd

from data import forecasts, mongo
from services.forecast import scoring
from services.sources import making as sources
from tests.storage.test_forecasts import record_of
from tests.web.conftest import Person


def issued(source_id: str, at: datetime) -> None:
    """A forecast of one day that says 100 W throughout."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    index = pd.date_range(start, periods=48, freq="30min")
    frame = pd.DataFrame({f"solarPower_{name}": 100.0 for name in ("p10", "p50", "p90")}, index)
    sums = pd.DataFrame({"solar_kwh_p50": [2.4], "solar_kwh_p10": [2.0], "solar_kwh_p90": [3.0]},
                        [start.date().isoformat()])
    one = forecasts.Issue(at, start.date().isoformat(), "UTC", frame, sums, {"solarPower": ["memory: mix"]}, {}, [1.0],
                          at, None)
    forecasts.put(mongo.database(), source_id, one)


def test_files_of_the_forecast(app: ModuleType, alice: Person, bob: Person) -> None:
    now = datetime.now(UTC)
    entered = {"name": "Roof", "connection_type": 1, "time_zone": "UTC", "installed_capacity_watts": 1000.0}
    name = str(sources.create_source(alice.account.id, entered, now).record.id)
    path = f"/export/forecast/{name}"
    assert alice.client.get(f"{path}/forecast").status_code == 404
    assert alice.client.get(f"{path}/secrets").status_code == 422
    yesterday = now - timedelta(days=1)
    issued(name, yesterday)
    start = yesterday.replace(hour=0, minute=0, second=0, microsecond=0)
    buckets = [
        {"sunSourceId": name, "start": start + timedelta(minutes=30 * each), "readings": 1,
         "fields": {"solarPower": {"count": 1, "mean": 90.0, "min": 90.0, "max": 90.0, "last": 90.0}}}
        for each in range(48)
    ]
    mongo.database()["rollups_5m"].insert_many(buckets)
    day = {"sunSourceId": name, "start": start, "date": start.date().isoformat(), "readings": 48, "fields": {}}
    mongo.database()["rollups_1d"].insert_one(day)
    scoring.score(record_of(name), now + timedelta(hours=1))
    answer = alice.client.get(f"{path}/forecast")
    assert answer.status_code == 200 and answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 48 and rows[0]["solarPower_p50"] == "100"
    scored = list(csv.DictReader(io.StringIO(alice.client.get(f"{path}/scores").text)))
    assert [(each["dayAhead"], each["meanAbsoluteError"], each["bias"]) for each in scored] == [("1", "10", "10")]
    board = list(csv.DictReader(io.StringIO(alice.client.get(f"{path}/scoreboard").text)))
    assert board[0]["field"] == "solarPower" and board[0]["mae_percent_of_capacity"] == "1"
    for kind in ("forecast", "scores", "scoreboard"):
        assert bob.client.get(f"{path}/{kind}").status_code == 404

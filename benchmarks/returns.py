"""How long the returns take with ten years of days: `python -m benchmarks.returns [--years N] [--json]`.

A made-up home in a real PostgreSQL and MongoDB: first opened, opened again, and after an assumption changed, alone and
with what the page builds of it (tiles, curve, notices). Times are medians.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import servers

ROUNDS = 15
ZONE = "Europe/Berlin"


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def a_home(years: int) -> tuple[Any, str]:
    """An owner and a source with that many years of days, a price a year, costs and a replacement."""
    from services.people import accounts
    from services.people.viewer import Viewer
    from services.returns import prices
    from services.returns import terms as returns_terms
    from tests.storage.returns_data import make_source, seasonal, store_days

    account = accounts.create_user("owner@example.org", "Sunny-roof-2026", "A", "B")
    owner = Viewer(account.id, "A B", account.email)
    source_id = make_source(owner, time_zone=ZONE, system_cost=Decimal(15000))
    now = datetime.now(UTC)
    first = date(now.year, now.month, 1) - timedelta(days=int(365.25 * years))
    store_days(source_id, seasonal(first, (now.date() - first).days), ZONE)
    lines = [f"{first + timedelta(days=365 * n)},{Decimal('0.28') + n * Decimal('0.007')},0.08" for n in range(years)]
    prices.keep(prices.take_history(owner, source_id, "from,price,export\n" + "\n".join(lines), now))
    returns_terms.save_costs(owner, source_id, [], now, replacements=[{"year": 12, "cost": "1800"}])
    return owner, source_id


def measure(years: int) -> dict[str, float]:
    """Return the named figures."""
    from components.figures.returns_payback import payback_figure
    from components.returns_tiles import head
    from pages import _returns_notices, _returns_reasons
    from pages import _returns_view as view
    from services.returns import prices
    from services.returns import results as returns
    from services.returns import workbook as returns_workbook
    from services.returns.basis import CACHE

    owner, source_id = a_home(years)
    now = datetime.now(UTC)
    rates = iter(range(10_000))

    def changed() -> Any:
        return returns.results(owner, source_id, now, trial={"inflation": f"0.0{next(rates):04d}"})

    def cold() -> Any:
        CACHE.forget()
        return returns.results(owner, source_id, now)

    def page() -> None:
        found = changed()
        head(view.saved_of(found), view.head_figures(found), "why")
        view.further_figures(found)
        _returns_notices.notices(found, "from")
        view.payback_rows(found)
        payback_figure(view.measured_frame(found), view.modelled_frame(found), put_in="", paid_back=None,
                       currency="EUR", scheme="light").to_json()

    def explained() -> None:
        _returns_reasons.why(changed(), "npv")

    values = {"effectiveFrom": "2020-01-01", "pricePerKwh": "0.2"}
    return {
        "days": len(cold().basis.days),
        "first_opened_milliseconds": milliseconds(cold, 5),
        "opened_again_milliseconds": milliseconds(lambda: returns.results(owner, source_id, now)),
        "assumption_changed_milliseconds": milliseconds(changed),
        "assumption_changed_with_page_milliseconds": milliseconds(page),
        "explanation_milliseconds": milliseconds(explained),
        "price_previewed_milliseconds": milliseconds(lambda: prices.put(owner, source_id, values, now), 5),
        "workbook_milliseconds": milliseconds(lambda: returns_workbook.workbook_file(owner, source_id, now), 3),
    }


def main() -> None:
    """Print the table, and with `--json` one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10, help="years of days")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with servers.postgres_server(place) as postgres, servers.mongo_server(place) as mongo:
            settings = servers.environment(postgres, mongo, place)
            servers.migrate(settings)
            os.environ.update(settings)
            figures = measure(chosen.years)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<48}{value:>10,.1f}")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""Dynamic prices as programs send and read them: put in place of what they overlap, with what that does to the past."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from data import postgres, prices
from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.returns import prices as price_changes
from services.returns.price_proposals import Proposal
from solar.money import plain

LARGEST_BODY_BYTES = 4 * 1024 * 1024
LONGEST_RANGE = timedelta(days=400)
_FIELDS = frozenset({"start", "end", "price", "exportPrice"})
_TRIES = 3
_FLAGS = {"": False, "false": False, "true": True}


def take(viewer: Viewer, source_id: str, body: bytes, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Keep the dynamic prices of `{"prices": [{start, end, price, exportPrice?}, ...]}`, all or none of them.

    Returns how many, and what they change of days that are over; with `dryRun=true` only that. Raises NotFound,
    Invalid with a sentence for each price at fault, and StorageUnavailable.
    """
    access.source_for(viewer, source_id, manage=True)
    is_trial = _FLAGS.get(asked.get("dryRun", ""))
    if is_trial is None:
        raise Invalid({"dryRun": "must be true or false"})
    rows = _rows(body)
    for last in range(_TRIES - 1, -1, -1):
        proposal = price_changes.take_hour_values(viewer, source_id, rows, now)
        try:
            if not is_trial:
                price_changes.keep(proposal)
            break
        except Invalid:
            # Somebody else changed prices in between: what it does is to be said anew.
            if not last:
                raise
    return _answer(proposal, is_kept=not is_trial)


def listed(viewer: Viewer, source_id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the dynamic prices that overlap `[start, end)`, in time order; raises NotFound and Invalid."""
    source = access.source_for(viewer, source_id)
    start, end = _instant(asked, "start"), _instant(asked, "end")
    if not timedelta(0) < end - start <= LONGEST_RANGE:
        raise Invalid({"end": f"must be after start, by {LONGEST_RANGE.days} days at most"})
    with postgres.session() as session:
        found = prices.hours(session, source.id, start, end)
    rows = []
    for each in found:
        row = {"start": _time(each.starts_at), "end": _time(each.ends_at), "price": plain(each.price_per_kwh)}
        exported = each.export_price_per_kwh
        rows.append(row if exported is None else {**row, "exportPrice": plain(exported)})
    return {"currency": source.currency, "prices": rows}


def _rows(body: bytes) -> list[Mapping[str, Any]]:
    if len(body) > LARGEST_BODY_BYTES:
        raise Invalid({"body": f"must have at most {LARGEST_BODY_BYTES // 1024 // 1024} MiB"})
    try:
        # Prices stay the digits that were sent.
        sent = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        raise Invalid({"body": "must be JSON"}) from None
    rows = sent.get("prices") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise Invalid({"prices": "must be a list of objects with start, end, price and, where paid, exportPrice"})
    for number, row in enumerate(rows, 1):
        if unknown := sorted(str(name) for name in row.keys() - _FIELDS):
            known = ", ".join(sorted(_FIELDS))
            raise Invalid({f"price {number}": f"{unknown[0][:60]} is not known; known are {known}"})
    return rows


def _answer(proposal: Proposal, *, is_kept: bool) -> dict[str, Any]:
    past = proposal.past
    days = past.days if past is not None else ()
    said: dict[str, Any] = {
        "kept": len(proposal.hours) if is_kept else 0, "currency": proposal.source.currency, "pastDays": len(days),
    }
    if past is not None and days:
        said |= {
            "firstDay": days[0].isoformat(), "lastDay": days[-1].isoformat(),
            "savedBefore": plain(past.savings_before), "savedAfterwards": plain(past.savings_after),
        }
    return said


def _instant(asked: Mapping[str, str], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(asked.get(name, ""))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid({name: "must be a time with its offset, such as 2026-06-21T10:00:00Z"})


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

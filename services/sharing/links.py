"""Public links of a source or group as their owner keeps them: made, listed and revoked, and a source's switches."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from data import audit_log, postgres, settings, shared_links
from data.shared_links import LinkRecord, SwitchRecord
from data.single_use_links import hash_of
from services import access
from services.errors import Invalid, NotFound
from services.people.viewer import Viewer
from services.sharing import shown
from services.sharing.things import Thing, about, owned

__all__ = ["VIEWS", "LinkRecord", "Made", "SwitchRecord", "keep_switches", "listed", "make", "revoke", "switches"]

VIEWS = shown.VIEWS
MOST_LINKS = 50
LONGEST_DELAY_MINUTES = 7 * 24 * 60
MOST_SITES = 20
_TOKEN_BYTES = 32
_SITE = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """A new link, with the address that is told this once: only a hash of its token is kept."""

    link: LinkRecord
    url: str


def make(viewer: Viewer, kind: str, thing_id: str, values: Mapping[str, Any], now: datetime) -> Made:
    """Make a link. `values`: `name`, `views` (some of VIEWS), and where wanted `title`, `town`, `shows_money`,
    `shows_owner`, `is_indexed`, `delay_minutes`, `expires_at` (aware) and `embedding_sites` (texts).

    What is not given is hidden. Raises Invalid, NotFound, Forbidden.
    """
    thing = owned(viewer, kind, thing_id)
    row = _row(values, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with postgres.session() as session:
        open_links = [
            each for each in shared_links.of_thing(session, thing.source_id, thing.group_id) if each.revoked_at is None
        ]
        if len(open_links) >= MOST_LINKS:
            raise Invalid({"name": f"there are {MOST_LINKS} links already: revoke one that is not needed"})
        owner = {"user_id": thing.owner_id, "sun_source_id": thing.source_id, "power_group_id": thing.group_id}
        link = shared_links.make(session, hash_of(token), {**row, **owner})
        audit_log.add(session, "link-made", **about(viewer, thing, now), details={"name": link.name})
    return Made(link, f"{settings.get().web_url}/shared/{token}")


def listed(viewer: Viewer, kind: str, thing_id: str) -> list[LinkRecord]:
    """Return the links of a thing, the newest first."""
    thing = owned(viewer, kind, thing_id)
    with postgres.session() as session:
        return shared_links.of_thing(session, thing.source_id, thing.group_id)


def of_everything(viewer: Viewer) -> list[tuple[Thing, LinkRecord]]:
    """Return the links of everything the viewer owns, the newest first."""
    things = {
        each.id: Thing(kind, each.id, each.name, each.user_id)
        for kind, records in (
            ("source", access.visible_sources(viewer)), ("group", access.visible_groups(viewer)),
        )
        for each in records if each.user_id == viewer.account_id
    }  # fmt: skip
    by_kind = {kind: [each.id for each in things.values() if each.kind == kind] for kind in ("source", "group")}
    with postgres.session() as session:
        found = shared_links.of_things(session, by_kind["source"], by_kind["group"])
    pairs = [(things[each.sun_source_id or each.power_group_id or each.id], each) for each in found]
    return [(thing, link) for thing, link in pairs]


def revoke(viewer: Viewer, kind: str, thing_id: str, link_id: str, now: datetime) -> None:
    """Make a link worthless at once; raises NotFound for one that is not of this thing."""
    thing = owned(viewer, kind, thing_id)
    with postgres.session() as session:
        link = shared_links.get(session, _guid(link_id))
        if link is None or (link.sun_source_id, link.power_group_id) != (thing.source_id, thing.group_id):
            raise NotFound("there is no such link")
        shared_links.revoke(session, link.id, now)
        audit_log.add(session, "link-revoked", **about(viewer, thing, now), details={"name": link.name})
    shown.forget()


def switches(viewer: Viewer, source_id: str) -> SwitchRecord:
    """Return what of a source may be shown at all."""
    thing = owned(viewer, "source", source_id)
    with postgres.session() as session:
        return shared_links.switches(session, [thing.id]).get(thing.id, SwitchRecord())


def keep_switches(viewer: Viewer, source_id: str, wanted: SwitchRecord, now: datetime) -> None:
    """Keep what of a source may be shown; it holds for all links at once."""
    thing = owned(viewer, "source", source_id)
    with postgres.session() as session:
        shared_links.set_switches(session, thing.id, wanted, now)
        on = [name for name in shared_links.SWITCHES if getattr(wanted, name)]
        audit_log.add(session, "sharing-changed", **about(viewer, thing, now), details={"on": on})
    shown.forget()


def _guid(text: str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound("there is no such link") from None


def _row(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Check what was entered and return it as columns; raises Invalid with a sentence for each field at fault."""
    texts = {name: str(values.get(name) or "").strip() for name in ("name", "title", "town")}
    views, sites, delay = set(values.get("views") or ()), _sites(values), values.get("delay_minutes") or 0
    expires_at = values.get("expires_at")
    faults = {name: "must have at most 100 characters" for name, text in texts.items() if len(text) > 100}
    if not texts["name"]:
        faults["name"] = "must not be empty: it is how you know the link again"
    if not views or views - set(VIEWS):
        faults["views"] = f"must be at least one of {', '.join(VIEWS)}"
    if not isinstance(delay, int) or not 0 <= delay <= LONGEST_DELAY_MINUTES:
        faults["delay_minutes"] = f"must be a whole number of minutes from 0 to {LONGEST_DELAY_MINUTES:,}"
    if expires_at is not None and not now < expires_at < now + timedelta(days=3660):
        faults["expires_at"] = "must be in the future, and within ten years"
    if len(sites) > MOST_SITES or any(not _SITE.fullmatch(each) for each in sites):
        faults["embedding_sites"] = f"must be at most {MOST_SITES} addresses such as https://example.org"
    if faults:
        raise Invalid(faults)
    return {
        "name": texts["name"], "title": texts["title"] or None, "town": texts["town"] or None,
        **{f"share_{view}": view in views for view in VIEWS},
        "hides_money": not values.get("shows_money"), "hides_owner": not values.get("shows_owner"),
        "is_indexed": bool(values.get("is_indexed")), "delay_minutes": delay, "expires_at": expires_at,
        "embedding_sites": sites,
    }  # fmt: skip


def _sites(values: Mapping[str, Any]) -> list[str]:
    given = (str(each).strip().rstrip("/").lower() for each in values.get("embedding_sites") or ())
    return list(dict.fromkeys(each for each in given if each))

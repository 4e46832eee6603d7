"""Tasks that keep Mosquitto's accounts in step: one a source, which may publish below its own topic and no more."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import procrastinate

from data import settings
from jobs.dynsec import BrokerAway, Command, DynamicSecurity
from jobs.inbox import ROOT
from services import sealing
from services.ingestion import broker_sync, credentials

log = logging.getLogger("broker")
tasks = procrastinate.Blueprint()

PREFIX = "src-"
_RETRY = procrastinate.RetryStrategy(max_attempts=60, exponential_wait=2, retry_exceptions=[BrokerAway])
_NO_CLIENT, _NO_ROLE = ("Client not found",), ("Role not found",)
_IS_CLIENT, _IS_ROLE = ("Client already exists",), ("Role already exists",)
_AT_ONCE = 500


@tasks.task(name="set_key", retry=_RETRY)
def set_key(source_id: str, sealed_key: str) -> None:
    """Give a source's account its newest key; a key that was replaced or revoked meanwhile is left alone."""
    key, source = sealing.unseal(sealed_key), UUID(source_id)
    if not broker_sync.is_needed() or not broker_sync.is_newest(source, credentials.kept_of(key)):
        return
    name = f"{PREFIX}{source_id}"
    account = {"username": name, "clientid": name, "password": key, "roles": [{"rolename": name}]}
    with _admin() as broker:
        broker.insist(role_of(source_id), unless=_IS_ROLE)
        made = broker.insist({"command": "createClient", **account}, unless=_IS_CLIENT)
        if "error" in made:
            broker.insist({"command": "modifyClient", **account})
        _follow(broker, source)


@tasks.task(name="follow", retry=_RETRY)
def follow(source_id: str) -> None:
    """Bar, admit or remove a source's account, as the source stands now; barring ends its open connection."""
    if broker_sync.is_needed():
        with _admin() as broker:
            _follow(broker, UUID(source_id))


@tasks.task(name="reconcile")
def reconcile() -> None:
    """Make the listener's account where it is missing, and bar or remove whatever a lost task left behind."""
    if not broker_sync.is_needed():
        return
    with _admin() as broker:
        _make_listener(broker)
        found = dict(_clients(broker))
        standings = broker_sync.standings(list(found), datetime.now(UTC))
        for source, client in found.items():
            if standings[source] != ("barred" if client.get("disabled") else "allowed"):
                log.info("the account of source %s is put right: %s", source, standings[source])
                _follow(broker, source)


def _admin() -> DynamicSecurity:
    configured = settings.get()
    return DynamicSecurity(configured.mqtt_admin_url, configured.mqtt_ca_file)


def _follow(broker: DynamicSecurity, source: UUID) -> None:
    name, standing = f"{PREFIX}{source}", broker_sync.standing(source, datetime.now(UTC))
    if standing == "gone":
        broker.insist({"command": "deleteClient", "username": name}, unless=_NO_CLIENT)
        broker.insist({"command": "deleteRole", "rolename": name}, unless=_NO_ROLE)
    else:
        command = "enableClient" if standing == "allowed" else "disableClient"
        broker.insist({"command": command, "username": name}, unless=_NO_CLIENT)


def role_of(source_id: str) -> Command:
    """Return the command that makes a source's role: it may publish below its own topic and no more."""
    own = f"{ROOT}{source_id}"
    return {
        "command": "createRole",
        "rolename": f"{PREFIX}{source_id}",
        # `own/#` takes in `own` itself, which is no topic of the source.
        "acls": [_acl("publishClientSend", f"{own}/#"), {**_acl("publishClientSend", own, allow=False), "priority": 1}],
    }


def _make_listener(broker: DynamicSecurity) -> None:
    configured = settings.get()
    url = urlsplit(configured.mqtt_url)
    name, group = unquote(url.username or ""), configured.mqtt_shared_group
    topics = [f"{ROOT}#", *([f"$share/{group}/{ROOT}#"] if group else [])]
    acls = [_acl(kind, topic) for topic in topics for kind in ("subscribeLiteral", "unsubscribeLiteral")]
    role = {"command": "createRole", "rolename": name, "acls": [*acls, _acl("publishClientReceive", f"{ROOT}#")]}
    client = {"command": "createClient", "username": name, "password": unquote(url.password or "")}
    kinds = ("publishClientSend", "publishClientReceive", "subscribe")
    denied = [{"acltype": kind, "allow": False} for kind in kinds]
    broker.insist({"command": "setDefaultACLAccess", "acls": denied})
    broker.insist(role, unless=_IS_ROLE)
    broker.insist({**client, "roles": [{"rolename": name}]}, unless=_IS_CLIENT)


def _acl(kind: str, topic: str, *, allow: bool = True) -> dict[str, Any]:
    return {"acltype": kind, "topic": topic, "allow": allow}


def _clients(broker: DynamicSecurity) -> Iterable[tuple[UUID, Mapping[str, Any]]]:
    """Yield every account of a source that the broker has."""
    offset = 0
    while True:
        asked = {"command": "listClients", "verbose": True, "count": _AT_ONCE, "offset": offset}
        data = broker.insist(asked)["data"]
        for client in data["clients"]:
            if (source := _source_of(client["username"])) is not None:
                yield source, client
        offset += _AT_ONCE
        if offset >= data["totalCount"]:
            return


def _source_of(user_name: str) -> UUID | None:
    if not user_name.startswith(PREFIX):
        return None
    try:
        return UUID(user_name.removeprefix(PREFIX))
    except ValueError:
        return None

"""Users of the original with their roles, claims, logins, second factors and settings."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pyotp

from data import arriving, second_factor
from data import original as source
from data.original import Original, Row
from data.postgres import Transaction
from data.settings_store import VALID_VALUES, SettingType
from services import sealing
from services.original.tally import Refused, Report
from services.people import accounts
from services.people.second_factor import hash_of_recovery_code

# The last setting that the original has; ours of higher numbers mean something else than a setting of it could.
_LAST_SETTING = SettingType.AUTO_RUN_PREDICTIONS
_STORE, _KEY, _CODES = "[AspNetUserStore]", "AuthenticatorKey", "RecoveryCodes"
_NO_CODE = {"email_verification_code": None, "email_verification_code_expiry": None}
Ids = Mapping[str, str]


def take_users(session: Transaction, original: Original, report: Report) -> dict[str, str]:
    """Bring the users; returns for each that is here now the id it has here, by its id there.

    Whoever has an account of the same address here keeps it, with its password. Raises Refused where two accounts of
    the original have one address.
    """
    rows = source.rows(original, original.users)
    tally = report.of("users", len(rows))
    by_address: dict[str, Row] = {}
    for row in rows:
        address = str(row.get("email") or "").strip()
        if accounts.email_errors(address):
            tally.leave("no e-mail address")
            continue
        first = by_address.setdefault(accounts.normalize_email(address), row)
        if first is not row:
            raise Refused(f"Two accounts of the original have the address {address}: give one of them another there.")
    here = arriving.accounts_by_address(session, by_address)
    pairs = {row["id"]: here.get(address, row["id"]) for address, row in by_address.items()}
    others = {there: known for there, known in pairs.items() if known != there}
    report.note("users have an account of their address here and keep it, with its password", len(others))
    wanted = [_user(row, address, report) for address, row in by_address.items() if row["id"] not in others]
    _name_apart(session, wanted)
    added = {key for (key,) in arriving.put(session, "users", arriving.same_columns(wanted, "users"))}
    tally.put(len(by_address), len(added))
    _take_second_factors(session, original, [row for row in wanted if row["id"] in added], report)
    return others | {row["id"]: row["id"] for row in wanted}


def _user(row: Row, address: str, report: Report) -> Row:
    if row.get("password_hash") and not _is_version_3(row["password_hash"]):
        report.note("users have a password hash older than Identity version 3 and must use \"Forgot password\"")
    return {
        **row, **_NO_CODE,
        "normalized_email": address,
        "email_confirmed": row["is_email_verified"],
        "security_stamp": row.get("security_stamp") or str(uuid4()),
        # Switched on again below, where its key came along.
        "two_factor_enabled": False,
    }


def _is_version_3(stored: str) -> bool:
    try:
        return base64.b64decode(stored, validate=True)[:1] == b"\x01"
    except (binascii.Error, ValueError):
        return False


def _name_apart(session: Transaction, rows: Sequence[Row]) -> None:
    """Give users whose name another account here has their address for a name: names are unique."""
    names = [row["normalized_user_name"] for row in rows if row.get("normalized_user_name")]
    taken = arriving.known(session, "users", "normalized_user_name", names)
    for row in rows:
        if row.get("normalized_user_name") in taken:
            row.update(user_name=row["email"], normalized_user_name=row["normalized_email"])


def _take_second_factors(session: Transaction, original: Original, users: Sequence[Row], report: Report) -> None:
    kept = {(row["user_id"], row["name"]): row["value"] for row in source.rows(original, "AspNetUserTokens")
            if row["login_provider"] == _STORE}
    had = {row["id"] for row in source.rows(original, original.users) if row.get("two_factor_enabled")}
    for row in users:
        key = kept.get((row["id"], _KEY))
        if row["id"] not in had:
            continue
        if not _is_key(key):
            report.note("users had a second factor without a usable key, which is off now")
            continue
        second_factor.put_secret(session, row["id"], sealing.seal(str(key)))
        second_factor.switch(session, row["id"], is_on=True)
        codes = [each for each in str(kept.get((row["id"], _CODES)) or "").split(";") if each]
        if codes:
            second_factor.put_recovery_codes(session, row["id"], map(hash_of_recovery_code, codes))


def _is_key(key: Any) -> bool:
    try:
        pyotp.TOTP(key)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def take_roles(session: Transaction, original: Original, users: Ids, report: Report) -> None:
    """Bring roles that are not here, whom they are given to, and claims of both."""
    rows = source.rows(original, "AspNetRoles")
    tally = report.of("roles", len(rows))
    here = arriving.role_ids(session)
    new = [row for row in rows if row["normalized_name"] not in here]
    tally.put(len(rows), len(arriving.put(session, "roles", arriving.same_columns(new, "roles"))))
    here = arriving.role_ids(session)
    roles = {row["id"]: here[row["normalized_name"]] for row in rows if row["normalized_name"] in here}
    _link(session, original, "AspNetUserRoles", "user_roles", {"user_id": users, "role_id": roles}, report)
    _link(session, original, "AspNetUserLogins", "user_logins", {"user_id": users}, report)
    for table, ours, ids in (("AspNetUserClaims", "user_claims", {"user_id": users}),
                             ("AspNetRoleClaims", "role_claims", {"role_id": roles})):
        _link(session, original, table, ours, ids, report)


def _link(
    session: Transaction, original: Original, table: str, ours: str, ids: Mapping[str, Ids], report: Report
) -> None:
    """Bring rows that refer to users or roles, by the ids that these have here."""
    rows = source.rows(original, table)
    if not rows:
        return
    tally = report.of(ours.replace("_", " "), len(rows))
    good = [row for row in rows if all(row[column] in known for column, known in ids.items())]
    tally.leave("their user or role did not come", len(rows) - len(good))
    moved = [{**row, **{column: known[row[column]] for column, known in ids.items()}} for row in good]
    if ours.endswith("claims"):
        plain = [{name: value for name, value in row.items() if name != "id"} for row in moved]
        tally.put(len(plain), arriving.put_unlike(session, ours, plain))
    else:
        tally.put(len(moved), len(arriving.put(session, ours, arriving.same_columns(moved, ours))))


def take_settings(session: Transaction, original: Original, users: Ids, report: Report) -> None:
    """Bring what users prefer."""
    rows = source.rows(original, "UserSettings")
    tally, good = report.of("settings", len(rows)), list[dict[str, Any]]()
    for row in rows:
        if row["user_id"] not in users:
            tally.leave("their user did not come")
        elif not _is_setting(row):
            tally.leave("not a setting of the original's description")
        else:
            good.append({**row, "user_id": users[row["user_id"]]})
    tally.put(len(good), len(arriving.put(session, "user_settings", arriving.same_columns(good, "user_settings"))))


def _is_setting(row: Row) -> bool:
    kind = row["setting_type"]
    return 1 <= kind <= _LAST_SETTING and row["value"] in VALID_VALUES[SettingType(kind)]

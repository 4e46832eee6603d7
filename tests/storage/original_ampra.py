"""An installation of the original Ampra made of its description: real databases with its names, and a few people."""

import base64
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pymongo
from bson import ObjectId
from psycopg import sql

from tests.storage import seed

PASSWORD = "Old-password-1"
START = datetime(2026, 3, 1, tzinfo=UTC)
CREATED = datetime(2026, 2, 7, 12, 30, 15, 123456, tzinfo=UTC)
READINGS_EACH, WEATHER_EACH, PREDICTIONS_EACH = 300, 5, 2
KEY, SECRET, TOTP_KEY = "ab" * 32, base64.b64encode(b"s" * 32).decode(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_DEFAULTS = {"now": "now()", "guid": "gen_random_uuid()"}
_SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True)
class Installation:
    """Where the databases of an original are."""

    postgres_url: str
    mongo_url: str

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table."""
        with psycopg.connect(self.postgres_url) as connection:
            return connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()

    def run(self, statement: str, *values: object) -> None:
        """Change something there."""
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            connection.execute(statement, values)  # type: ignore[call-overload]


def guid(name: str) -> UUID:
    """The id of a thing of the fixture."""
    return uuid5(_SPACE, name)


def identity_hash(password: str, rounds: int = 1_000) -> str:
    """A hash as ASP.NET Identity makes it (version 3, HMAC-SHA512), with fewer rounds than its 100,000."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, 32)
    return base64.b64encode(struct.pack(">BIII", 1, 2, rounds, len(salt)) + salt + key).decode()


def table_name(name: str) -> str:
    """The name of a table there: those of Identity keep its prefix."""
    return name if name in seed.COLUMNS else f"AspNet{name}"


@contextmanager
def original_ampra(postgres_url: str, mongo_url: str) -> Iterator[Installation]:
    """An original with two people, an admin, three sources and their data, on the servers of the tests."""
    name = f"original{os.getpid()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        there = Installation(postgres_url.rsplit("/", 1)[0] + f"/{name}", mongo_url.replace("/ampradb", f"/{name}"))
        try:
            with psycopg.connect(there.postgres_url) as own:
                _make_tables(own)
                _fill(own)
            with pymongo.MongoClient[dict[str, Any]](there.mongo_url, tz_aware=True) as client:
                _fill_mongo(client[name])
                yield there
                client.drop_database(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_tables(connection: psycopg.Connection[Any]) -> None:
    for name in {**seed.COLUMNS, **seed.IDENTITY_COLUMNS}:
        lines = seed.lines(seed.COLUMNS.get(name, "") + seed.IDENTITY_COLUMNS.get(name, ""))
        columns = ", ".join(_column(*line) for line in lines)
        keys = ", ".join(f'"{each}"' for each in seed.PRIMARY_KEYS.get(name, ("Id",)))
        connection.execute(f'CREATE TABLE "{table_name(name)}" ({columns}, PRIMARY KEY ({keys}))')  # type: ignore[call-overload]
    for table, column, other, rule in seed.FOREIGN_KEYS:
        connection.execute(f'ALTER TABLE "{table_name(table)}" ADD FOREIGN KEY ("{column}") '  # type: ignore[call-overload]
                           f'REFERENCES "{table_name(other)}" ("Id") ON DELETE {rule}')


def _column(name: str, kind: str, nullability: str, default: str = "") -> str:
    value = f" DEFAULT {_DEFAULTS.get(default) or repr(default)}" if default else ""
    return f'"{name}" {kind}{" NOT NULL" if nullability == "not-null" else ""}{value}'


def _put(connection: psycopg.Connection[Any], table: str, **values: Any) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    marks = sql.SQL(", ").join(map(sql.Placeholder, values))
    connection.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks), values)


def _fill(connection: psycopg.Connection[Any]) -> None:
    for role in ("Overseer", "Admin", "User"):
        _put(connection, "AspNetRoles", Id=str(guid(role)), Name=role, NormalizedName=role.upper())
    for name, role in (("olga", "Overseer"), ("alice", "User"), ("bob", "User")):
        _person(connection, name, role)
    connection.execute('UPDATE "Users" SET "TwoFactorEnabled" = true WHERE "Id" = %s', (str(guid("bob")),))
    for key, value in (("AuthenticatorKey", TOTP_KEY), ("RecoveryCodes", "AAAAA-BBBBB;CCCCC-DDDDD")):
        _put(connection, "AspNetUserTokens", UserId=str(guid("bob")), LoginProvider="[AspNetUserStore]", Name=key,
             Value=value)
    _put(connection, "AspNetUserLogins", LoginProvider="Google", ProviderKey="7", UserId=str(guid("alice")))
    _put(connection, "AspNetUserClaims", Id=1, UserId=str(guid("alice")), ClaimType="town", ClaimValue="Ulm")
    _put(connection, "PowerGroups", Id=guid("group"), Name="Home", UserId=str(guid("alice")),
         LogoUrl="http://minio:9000/logos/1.png")
    _source(connection, "roof", "alice", PowerGroupId=guid("group"), ConnectionType=0, MqttApiKey=KEY,
            MqttTopic=f"ampra/sources/{guid('roof')}/data", Latitude=48.4, Longitude=9.99,
            SystemCost=Decimal("12345.67"), InstallationDate=CREATED)
    _source(connection, "shed", "alice", ConnectionType=1, WebhookSecret=SECRET, IsActive=False)
    _source(connection, "barn", "bob", ConnectionType=1, WebhookSecret=SECRET, Currency="CHF")


def _person(connection: psycopg.Connection[Any], name: str, role: str) -> None:
    email, own = f"{name}@example.org", str(guid(name))
    _put(connection, "Users", Id=own, UserName=email, NormalizedUserName=email.upper(), Email=email,
         NormalizedEmail=email.upper(), PasswordHash=identity_hash(PASSWORD), FirstName=name.title(), CreatedAt=CREATED,
         IsEmailVerified=True, EmailConfirmed=False, SecurityStamp=name, PhoneNumberConfirmed=False,
         TwoFactorEnabled=False, LockoutEnabled=True, AccessFailedCount=0)
    _put(connection, "AspNetUserRoles", UserId=own, RoleId=str(guid(role)))
    for kind in (1, 2, 3):
        _put(connection, "UserSettings", Id=guid(f"{name} {kind}"), UserId=own, SettingType=kind, Value="1",
             UpdatedAt=CREATED)


def _source(connection: psycopg.Connection[Any], name: str, owner: str, **values: Any) -> None:
    own = guid(name)
    _put(connection, "SunSources", Id=own, Name=name.title(), UserId=str(guid(owner)), CreatedAt=CREATED,
         InstalledCapacityWatts=8000.0, **values)
    _put(connection, "SunSourceSharings", Id=guid(f"{name} s"), SunSourceId=own, IsEnabled=True, ShareMonitor=True)
    for number in range(2):
        _put(connection, "KwhPriceHistories", Id=guid(f"{name} p{number}"), SunSourceId=own, CreatedAt=CREATED,
             PricePerKwh=Decimal("0.31") + number, EffectiveFrom=START + timedelta(days=number), UpdatedAt=CREATED)
    for number in range(WEATHER_EACH):
        _put(connection, "WeatherData", Id=guid(f"{name} w{number}"), SunSourceId=own, TemperatureMax=11.5 + number,
             Date=START + timedelta(days=number), WeatherCode=3, CreatedAt=CREATED)


def _fill_mongo(database: Any) -> None:
    for name in ("roof", "shed", "barn"):
        database["normalized_sun_source_data"].insert_many(readings(name, 0, READINGS_EACH))
        database["predictions"].insert_many([
            {"sunSourceId": str(guid(name)), "createdAt": START + timedelta(days=day), "predictedPower": [1.0, None]}
            for day in range(PREDICTIONS_EACH)
        ])
        database["model_metadata"].insert_one({"sunSourceId": str(guid(name)), "trainedAt": START})


def readings(name: str, first: int, last: int) -> list[dict[str, Any]]:
    """Readings as the original's program (C#) writes them: null where a device said nothing, ids in small letters."""
    return [
        {
            "_id": ObjectId(), "sunSourceId": str(guid(name)), "timestamp": START + timedelta(minutes=5 * number),
            "solarPower": 1000.0 + number, "loadPower": 300, "batteryVoltage": None, "stateOfCharge": 50.5,
            "dailyEnergyProduced": 0.01 * number, "operatingMode": "Line", "deviceStatus": None,
            "faultCodes": ["E1"] if number == 7 else [], "warningCodes": None, "rawData": {"PV": number},
            "metadata": {"firmware": "1.2"},
        }
        for number in range(first, last)
    ]

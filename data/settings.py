"""Every setting of Ampra as one frozen object, read once from the environment; docs/settings.md is made from here."""

import difflib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "AMPRA_"
SHORTEST_SECRET = 32
_ON, _OFF = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class SettingsError(Exception):
    """A setting is missing or breaks its rule; the message is one sentence that names it and says what is allowed."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting: the variable that holds it, its default as text, and the sentence that explains it."""

    variable: str
    default: str
    allowed: str
    sentence: str
    is_secret: bool
    parse: Callable[[str], Any]


class _Refused(ValueError):
    """A text that a parser does not take."""


def _text(text: str) -> str:
    return text


def _long_secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise _Refused
    return text


def _long_secrets(text: str) -> str:
    keys = [each.strip() for each in text.split(",")] if text else []
    if not all(keys):
        raise _Refused
    return ",".join(map(_long_secret, keys))


def _flag(text: str) -> bool:
    if text.lower() not in _ON | _OFF:
        raise _Refused
    return text.lower() in _ON


def _folder(text: str) -> Path:
    return (ROOT / Path(text).expanduser()).resolve()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise _Refused
        return int(text)

    return parse


def _choice(*options: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in options:
            raise _Refused
        return text.lower()

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            parts = urlsplit(text)
            usable = parts.scheme in schemes and (bool(parts.netloc) or parts.scheme == "file")
            # A list of hosts (replica sets) has no single port to check.
            _ = None if "," in parts.netloc else parts.port
        except ValueError:
            raise _Refused from None
        if text and not usable:
            raise _Refused
        return text.rstrip("/") if parts.scheme in {"http", "https"} else text

    return parse


def _name(text: str) -> str:
    if not text.replace("-", "").replace("_", "").isalnum() or not text.isascii():
        raise _Refused
    return "" if text == "none" else text


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    if text and not (name and at and domain and not any(each.isspace() for each in text)):
        raise _Refused
    return text


def _sender(text: str) -> str:
    if "\n" in text or (text and not _email(text.rpartition("<")[2].rstrip(">").strip())):
        raise _Refused
    return text


def _setting(default: str, parse: Callable[[str], Any], allowed: str, sentence: str, *, secret: bool = False) -> Any:
    # Secrets stay out of the object's repr, which may come into a log.
    about = {"default": default, "parse": parse, "allowed": allowed, "text": sentence, "secret": secret}
    return field(repr=not secret, metadata=about)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; a URL or secret that is not set is the empty text. To add one, add a line here."""

    postgres_url: str = _setting(
        "", _url("postgresql", "postgresql+psycopg", "postgres"), "a URL that begins with postgresql://",
        "Where PostgreSQL answers. `make run` starts an embedded server when it is not set.", secret=True)
    mongo_url: str = _setting(
        "", _url("mongodb", "mongodb+srv"), "a URL that begins with mongodb:// or mongodb+srv://",
        "Where MongoDB answers; the database is `ampradb` unless the URL names one. "
        "`make run` starts a server when it is not set.", secret=True)
    mqtt_url: str = _setting(
        "", _url("mqtt", "mqtts"), "a URL that begins with mqtt:// or mqtts://",
        "The MQTT broker the listener subscribes at. `make run` starts an embedded broker when it is not set.",
        secret=True)
    mqtt_shared_group: str = _setting(
        "none", _name, "letters, digits, - and _, or none",
        "The name under which several listeners share one subscription (MQTT 5), as `ampra`. `none`: one listener, "
        "with a session of its own. Mosquitto 2.0 forgets shared subscriptions when it restarts (docs/devices.md).")
    mqtt_public_url: str = _setting(
        "", _url("mqtt", "mqtts"), "a URL that begins with mqtt:// or mqtts://",
        "Where devices reach the broker, as the connection pages say it, without an account. Not set: the host of "
        "`AMPRA_WEB_URL`, with scheme and port of `AMPRA_MQTT_URL`.")
    mqtt_ca_file: str = _setting(
        "", _text, "the path of a PEM file",
        "The certificate authority of an `mqtts://` broker that is not publicly known.")
    mqtt_admin_url: str = _setting(
        "", _url("mqtt", "mqtts"), "a URL that begins with mqtt:// or mqtts://",
        "The account by which Ampra keeps the accounts of a Mosquitto broker (dynamic security) in step with its "
        "sources. Not set where the broker asks Ampra itself, as the embedded one and EMQX do.", secret=True)
    listener_name: str = _setting(
        "ampra-listener", _name, "letters, digits, - and _",
        "The MQTT client id of a listener; of several listeners each needs its own, kept over restarts.")
    smtp_url: str = _setting(
        "", _url("smtp", "smtps"), "a URL that begins with smtp:// or smtps://",
        "The mail server. `make run` starts one that catches all mail when it is not set.", secret=True)
    mail_from: str = _setting(
        "", _sender, "an address, or a name and an address such as Ampra <ampra@example.org>",
        "Whom mails come from. Not set: Ampra at the host of `AMPRA_WEB_URL`.")
    storage_url: str = _setting(
        "", _url("file", "s3"), "a URL that begins with file:// or s3://",
        "The object store of images and model files. Not set: the folder `files` below `AMPRA_VAR`.", secret=True)
    weather_url: str = _setting(
        "https://api.open-meteo.com", _url("http", "https"), "a URL that begins with https:// or http://",
        "The weather service (Open-Meteo's interface).")
    weather_archive_url: str = _setting(
        "", _url("http", "https"), "a URL that begins with https:// or http://",
        "The weather service's archive. Not set: Open-Meteo's own, or `AMPRA_WEATHER_URL` where that is another.")
    weather_previous_runs_url: str = _setting(
        "", _url("http", "https"), "a URL that begins with https:// or http://",
        "The weather service's earlier forecasts. Not set: Open-Meteo's own, or `AMPRA_WEATHER_URL` where that is "
        "another.")
    weather_api_key: str = _setting(
        "", _text, "a text", "The key of a paid account at the weather service.", secret=True)
    weather_daily_budget: int = _setting(
        "9000", _whole(1, 100_000_000), "a whole number from 1 to 100000000",
        "Calls that all processes together may make to the weather service in a UTC day, as the service counts them.")
    web_url: str = _setting(
        "", _url("http", "https"), "a URL that begins with https:// or http://",
        "The public address of Ampra, for links in mails, webhook addresses and secure cookies. "
        "Not set: `http://127.0.0.1:` and the port.")
    port: int = _setting(
        "8050", _whole(1, 65535), "a whole number from 1 to 65535", "The port the web server listens on.")
    bind: str = _setting(
        "127.0.0.1", _text, "an address of this machine",
        "The address that `make run` listens on, with web and MQTT; 0.0.0.0 lets other machines in.")
    mqtt_port: int = _setting(
        "1883", _whole(1, 65535), "a whole number from 1 to 65535", "The port of the embedded MQTT broker.")
    secret_key: str = _setting(
        "", _long_secret, f"a text of {SHORTEST_SECRET} or more characters",
        "Signs the session cookies; changing it signs everybody out. `make run` makes one.", secret=True)
    sealing_key: str = _setting(
        "", _long_secrets, f"a text of {SHORTEST_SECRET} or more characters, or several separated by commas",
        "Seals the webhook secrets kept in the database. Several keys: the first seals, all open, so that a key can be "
        "replaced. `make run` makes one.", secret=True)
    internal_token: str = _setting(
        "", _long_secret, f"a text of {SHORTEST_SECRET} or more characters",
        "Shown by the MQTT broker when it asks the web server whether a device may connect. `make run` makes one.",
        secret=True)
    admin_email: str = _setting("", _email, "an e-mail address", "The first Overseer's e-mail address.")
    admin_password: str = _setting(
        "", _text, "8 or more characters with an upper-case letter, a lower-case letter and a digit",
        "The first Overseer's password. Not set: `make run` makes one and prints it.", secret=True)
    demo: bool = _setting(
        "1", _flag, "1 or 0", "Whether an empty database is filled with a demo owner, group and sources by `make run`.")
    demo_password: str = _setting(
        "", _text, "8 or more characters with an upper-case letter, a lower-case letter and a digit",
        "The demo owner's password. Not set: `make run` makes one and prints it.", secret=True)
    var: Path = _setting(  # noqa: RUF009 - it is a dataclass field
        "var", _folder, "a folder", "Where `make run` keeps its data; relative to the project's folder.")
    registration: str = _setting(
        "open", _choice("open", "invitation", "closed"), "open, invitation or closed",
        "Who may register: everybody, the invited, or nobody.")
    oidc_issuer: str = _setting(
        "", _url("http", "https"), "a URL that begins with https:// or http://",
        "The OpenID Connect server people may sign in by. Not set: passwords only. The address to register there is "
        "`AMPRA_WEB_URL` with `/sign-in/oidc/callback` behind it.")
    oidc_client_id: str = _setting("", _text, "a text", "Ampra's client id at that server.")
    oidc_client_secret: str = _setting("", _text, "a text", "Ampra's client secret at that server.", secret=True)
    oidc_name: str = _setting("Single sign-on", _text, "a text", "What the button of that server says.")
    webhook_limit_per_minute: int = _setting(
        "120", _whole(1, 1_000_000), "a whole number from 1 to 1000000",
        "Webhook requests that one source may send in a minute.")
    retention_raw_days: int = _setting(
        "90", _whole(7, 36_500), "a whole number from 7 to 36500", "Days that raw readings are kept.")
    retention_five_minutes_days: int = _setting(
        "730", _whole(7, 36_500), "a whole number from 7 to 36500",
        "Days that 5-minute roll-ups are kept; hours and days are kept for ever.")
    backup_url: str = _setting(
        "", _url("file", "s3"), "a URL that begins with file:// or s3://",
        "Where backups are kept; best on another machine. Not set: `backups` in the object store of "
        "`AMPRA_STORAGE_URL`, or below `AMPRA_VAR`.", secret=True)
    backup_keep: int = _setting(
        "7", _whole(0, 10_000), "a whole number from 0 to 10000",
        "How many backups are kept: one is made every night, and the oldest beyond this number go. 0: none is made.")
    trusted_proxies: int = _setting(
        "0", _whole(0, 10), "a whole number from 0 to 10",
        "How many reverse proxies stand in front; so many `X-Forwarded-*` entries are believed.")
    request_seconds: int = _setting(
        "30", _whole(1, 600), "a whole number from 1 to 600",
        "Seconds after which the databases give up what one web request asked of them; the answer is then 503.")
    log_format: str = _setting(
        "text", _choice("text", "json"), "text or json",
        "How processes write their log; with json, web also writes one line a request.")
    monitoring_token: str = _setting(
        "", _long_secret, f"a text of {SHORTEST_SECRET} or more characters",
        "Shown as a bearer token by whoever reads `/metrics`, and the details of `/readyz`. Not set: nobody does.",
        secret=True)
    sentry_dsn: str = _setting(
        "", _url("http", "https"), "a URL that begins with https:// or http://",
        "Where errors of all processes are reported (Sentry's interface); needs `requirements-sentry.txt` installed.",
        secret=True)
    shutdown_seconds: int = _setting(
        "8", _whole(1, 300), "a whole number from 1 to 300",
        "Seconds that a process has to finish its work when it is asked to stop.")

    @property
    def sealing_keys(self) -> tuple[str, ...]:
        """The keys of sealed secrets: the first seals, all open."""
        return tuple(self.sealing_key.split(","))

    @property
    def root(self) -> Path:
        """The project's folder."""
        return ROOT


def _definition(name: str, metadata: Mapping[str, Any]) -> Definition:
    return Definition(
        variable=PREFIX + name.upper(), default=metadata["default"], allowed=metadata["allowed"],
        sentence=metadata["text"], is_secret=metadata["secret"], parse=metadata["parse"],
    )


DEFINITIONS: Mapping[str, Definition] = {each.name: _definition(each.name, each.metadata) for each in fields(Settings)}
_REQUIRED = ("postgres_url", "mongo_url", "secret_key", "sealing_key", "internal_token")


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings that an environment holds; an empty variable counts as not set. Raises SettingsError."""
    _refuse_misspelt(environ)
    values = {name: _value(definition, environ) for name, definition in DEFINITIONS.items()}
    settings = Settings(**values)
    return settings if settings.web_url else replace(settings, web_url=f"http://127.0.0.1:{settings.port}")


@lru_cache(maxsize=1)
def get() -> Settings:
    """Return the settings of this process, read once; raises SettingsError, also where a needed one is not set."""
    settings = load(os.environ)
    for name in _REQUIRED:
        if not getattr(settings, name):
            definition = DEFINITIONS[name]
            raise SettingsError(f"{definition.variable} is not set: it must be {definition.allowed}.")
    return settings


def _value(definition: Definition, environ: Mapping[str, str]) -> Any:
    text, variable = environ.get(definition.variable, "").strip(), definition.variable
    file_variable = f"{variable}_FILE"
    if definition.is_secret and environ.get(file_variable):
        if text:
            raise SettingsError(f"{variable} and {file_variable} are both set: set one of them.")
        text, variable = _read(file_variable, environ[file_variable]), file_variable
    try:
        return definition.parse(text or definition.default)
    except _Refused:
        # The value of a secret, a URL with its password included, must not come into a log.
        shown = "its value" if definition.is_secret else repr(text)
        raise SettingsError(f"{variable} must be {definition.allowed}; {shown} is not.") from None


def _read(variable: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise SettingsError(f"{variable} must name a readable file; {path!r} is not ({reason}).") from None
    if not text:
        raise SettingsError(f"{variable} must name a file that holds the value; {path!r} is empty.")
    return text


def _refuse_misspelt(environ: Mapping[str, str]) -> None:
    """Refuse names close to a setting's; others that begin with the prefix may be an orchestrator's and are let be."""
    known = {each.variable for each in DEFINITIONS.values()}
    known |= {f"{each.variable}_FILE" for each in DEFINITIONS.values() if each.is_secret}
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        plain = name.removesuffix("_FILE")
        if plain != name and plain in known:
            raise SettingsError(f"{name} is not a setting: only secrets are read from files; set {plain}.")
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
        if close:
            raise SettingsError(f"{name} is not a setting; did you mean {close[0]}?")


def document() -> str:
    """Return docs/settings.md: every setting with its default, what it may be, and its sentence."""
    lines = [
        "# Settings", "",
        "Ampra is set by environment variables, each read once when a process starts. An empty variable counts as not",
        "set. A variable marked *secret* can instead be read from a file: put the file's path into the variable of the",
        "same name with `_FILE` at its end. A wrong value ends the start with one sentence that names the variable.",
        "", "This page is made by `python -m data.settings > docs/settings.md`.", "",
        "| Variable | Default | Allowed | Meaning |", "|---|---|---|---|",
    ]
    for each in DEFINITIONS.values():
        name = f"`{each.variable}`" + (" *secret*" if each.is_secret else "")
        default = f"`{each.default}`" if each.default else "not set"
        lines.append(f"| {name} | {default} | {each.allowed} | {each.sentence} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())

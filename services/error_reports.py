"""Errors reported to a Sentry server, where one is set; its library is loaded only then."""

from collections.abc import Mapping
from typing import Any

from data import settings
from data.settings import SettingsError
from services import logs


def start() -> None:
    """Report what fails in this process from now on; raises SettingsError where the library is missing."""
    given = settings.get()
    if not given.sentry_dsn:
        return
    try:
        import sentry_sdk
    except ImportError:
        raise SettingsError(
            "AMPRA_SENTRY_DSN is set, but sentry-sdk is not installed: pip install -r requirements-sentry.txt."
        ) from None
    secrets = logs.secrets_of(given)
    sentry_sdk.init(
        dsn=given.sentry_dsn,
        send_default_pii=False,
        # Values of variables and bodies of requests are people's data, or keys.
        include_local_variables=False,
        max_request_body_size="never",
        before_send=lambda event, _hint: cleaned(_formatted(event), secrets),
        before_breadcrumb=lambda _crumb, _hint: None,
        auto_enabling_integrations=False,
    )


def _formatted(event: Any) -> Any:
    """Return an event whose words are whole: what was put into them stands beside them else, out of its context."""
    entry = event.get("logentry", {})
    return {**event, "logentry": {"message": entry.get("formatted") or entry.get("message", "")}} if entry else event


def cleaned(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return an event without secrets, however deep they lie."""
    if isinstance(value, str):
        return logs.hidden(value, secrets)
    if isinstance(value, Mapping):
        return {name: cleaned(each, secrets) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each, secrets) for each in value]
    return value

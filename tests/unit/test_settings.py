"""Settings: what is allowed, one clear sentence for what is not, secrets by file and out of sight, and their page."""

from pathlib import Path

import pytest

from data import settings
from data.settings import SettingsError, load

SECRET = "s" * 40
PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text() == settings.document(), "run: python -m data.settings > docs/settings.md"


def test_defaults() -> None:
    found = load({})
    assert (found.retention_raw_days, found.retention_five_minutes_days) == (90, 730)
    assert (found.webhook_limit_per_minute, found.trusted_proxies, found.registration) == (120, 0, "open")
    assert found.demo is True
    assert found.var == settings.ROOT / "var"
    assert found.web_url == f"http://127.0.0.1:{found.port}"
    assert found.postgres_url == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("demo", "0", False), ("demo", "Yes", True), ("port", "9000", 9000), ("registration", "Closed", "closed"),
        ("web_url", "https://sun.example.org/", "https://sun.example.org"),
        ("mongo_url", "mongodb://a:1,b:2/x?replicaSet=r", "mongodb://a:1,b:2/x?replicaSet=r"),
        ("storage_url", "file:///srv/files", "file:///srv/files"),
        ("var", "/srv/ampra", Path("/srv/ampra")), ("admin_email", "a@b.org", "a@b.org"),
    ],
)  # fmt: skip
def test_good_values_are_read(name: str, text: str, value: object) -> None:
    assert getattr(load({f"AMPRA_{name.upper()}": text}), name) == value


@pytest.mark.parametrize("definition", settings.DEFINITIONS.values(), ids=lambda each: each.variable)
def test_an_empty_variable_counts_as_not_set(definition: settings.Definition) -> None:
    assert load({definition.variable: "  "}) == load({})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("AMPRA_POSTGRES_URL", "mysql://x/y"), ("AMPRA_POSTGRES_URL", "localhost"), ("AMPRA_MONGO_URL", "mongodb://"),
        ("AMPRA_MQTT_URL", "mqtt://h:port"), ("AMPRA_WEB_URL", "sun.example.org"), ("AMPRA_PORT", "0"),
        ("AMPRA_PORT", "65536"), ("AMPRA_PORT", "80.5"), ("AMPRA_PORT", "²"), ("AMPRA_DEMO", "maybe"),
        ("AMPRA_REGISTRATION", "all"), ("AMPRA_RETENTION_RAW_DAYS", "-1"), ("AMPRA_SECRET_KEY", "short"),
        ("AMPRA_SEALING_KEY", f"{SECRET},short"), ("AMPRA_SEALING_KEY", f"{SECRET},"), ("AMPRA_ADMIN_EMAIL", "me"),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_sentence_that_names_the_variable(variable: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: text})
    definition = settings.DEFINITIONS[variable.removeprefix("AMPRA_").lower()]
    assert str(caught.value).startswith(f"{variable} must be {definition.allowed}; ")
    assert (repr(text) in str(caught.value)) is not definition.is_secret


def test_a_refused_secret_is_not_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"AMPRA_POSTGRES_URL": "mysql://ampra:hidden@host/db"})
    assert "hidden" not in str(caught.value)


def test_secrets_may_be_files(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    assert load({"AMPRA_SECRET_KEY_FILE": str(file)}).secret_key == SECRET


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"AMPRA_SECRET_KEY_FILE": "/no/such"}, r"AMPRA_SECRET_KEY_FILE must name a readable file.*No such file"),
        ({"AMPRA_SECRET_KEY_FILE": "/dev/null"}, "AMPRA_SECRET_KEY_FILE must name a file that holds the value"),
        ({"AMPRA_SECRET_KEY_FILE": "/x", "AMPRA_SECRET_KEY": SECRET}, "are both set: set one of them"),
        ({"AMPRA_PORT_FILE": "/x"}, "AMPRA_PORT_FILE is not a setting: only secrets are read from files"),
        ({"AMPRA_POSTGRES_URI": "postgresql://h/d"}, r"did you mean AMPRA_POSTGRES_URL\?"),
    ],
)
def test_what_cannot_be_meant_is_refused(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load(environ)


def test_names_that_an_orchestrator_injects_are_let_be() -> None:
    assert load({"AMPRA_SERVICE_HOST": "10.0.0.1", "AMPRA_PORT_8050_TCP_ADDR": "10.0.0.1"}) == load({})


def test_secrets_stay_out_of_the_repr() -> None:
    names = [name for name, each in settings.DEFINITIONS.items() if each.is_secret]
    assert "postgres_url" in names
    assert not any(f"{name}=" in repr(load({})) for name in names)


def test_sealing_keys_are_several() -> None:
    assert load({"AMPRA_SEALING_KEY": f"{SECRET}, {'t' * 32}"}).sealing_keys == (SECRET, "t" * 32)


def test_a_process_names_the_setting_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMPRA_POSTGRES_URL", raising=False)
    with pytest.raises(SettingsError, match="AMPRA_POSTGRES_URL is not set: it must be a URL that begins with"):
        settings.get.__wrapped__()

"""Imports point inwards: no file imports a room, or a library, that is not its business."""

from tests.house.sources import BESIDE, PROJECT, ROOMS, Source, of_house

CONNECTIONS = {"data.settings", "data.errors", "data.postgres", "data.mongo", "data.queue", "data.locks"}
# What each room may import of ours, beside itself.
ALLOWED = {
    "app": {"web", "components", "pages", "data.settings"},
    "solar": set(),
    "data": {"solar.vocabulary"},
    "services": {"data", "solar"},
    "components": {"solar"},
    "pages": {"components", "services", "solar"},
    "web": {"services", "components.theme", "data.settings", "data.errors"},
    "jobs": {"services", "solar", *CONNECTIONS},
    "deploy": {"data.settings", "data.errors", "services", "solar"},
    "migrations": {"data"},
}
# Where a library may be imported; one that is not listed may be anywhere.
LIBRARIES = {
    "sqlalchemy": {"data", "migrations"},
    "alembic": {"migrations"},
    "pymongo": {"data", "migrations"},
    "bson": {"data", "migrations"},
    "psycopg": {"data", "migrations"},
    "paho": {"jobs", "deploy"},
    "apscheduler": {"jobs", "deploy"},
    "amqtt": {"deploy"},
    "aiosmtpd": {"deploy"},
    "dash": {"app", "pages", "components", "web"},
    "dash_mantine_components": {"pages", "components"},
    "dash_ag_grid": {"pages", "components"},
    "plotly": {"components", "pages"},
    "flask": {"app", "web", "pages"},
    "flask_login": {"app", "web", "pages"},
}


def wrong_arrows(source: Source) -> list[str]:
    """The imports of a file that the house does not allow, each with its line."""
    imports = source.imports()
    return [f"{source.name}:{line} imports {module}" for module, line in imports if not is_allowed(source, module)]


def is_allowed(source: Source, module: str) -> bool:
    """Whether a file may import a module."""
    top = module.partition(".")[0]
    if top in (*ROOMS, *BESIDE, "app"):
        return top == source.room or any(_is_within(module, allowed) for allowed in ALLOWED[source.room])
    return source.room in LIBRARIES.get(top, {source.room})


def _is_within(module: str, allowed: str) -> bool:
    # `from data import settings` and `from data.settings import get` are both within data.settings.
    return module == allowed or module.startswith(f"{allowed}.")


def test_imports_point_inwards() -> None:
    assert [wrong for source in of_house() for wrong in wrong_arrows(source)] == []


def test_a_wrong_arrow_would_be_seen() -> None:
    of_solar, of_web = Source(PROJECT / "solar" / "energy.py"), Source(PROJECT / "web" / "gate.py")
    assert not is_allowed(of_solar, "services.access")
    assert not is_allowed(of_solar, "dash.html")
    assert not is_allowed(of_web, "pages.monitor")
    assert not is_allowed(of_web, "data.readings.latest")
    assert is_allowed(of_web, "data.settings.get")

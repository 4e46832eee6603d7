"""Daily weather, prices, public sharing and user settings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GUID = sa.text("gen_random_uuid()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_weather()
    _create_prices()
    _create_sharings()
    op.create_table(
        "user_settings",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("setting_type", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_user_settings"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], "fk_user_settings_user_id_users", ondelete="CASCADE"),
    )
    _unique("user_settings", "user_id", "setting_type")


def downgrade() -> None:
    for table in ("user_settings", "sun_source_sharings", "kwh_price_histories", "weather_data"):
        op.drop_table(table)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, MOMENT, server_default=sa.func.now(), nullable=False)


def _unique(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=True)


def _of_source(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = f"fk_{table}_sun_source_id_sun_sources"
    return (
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["sun_source_id"], ["sun_sources.id"], key, ondelete="CASCADE"),
    )


def _create_weather() -> None:
    op.create_table(
        "weather_data",
        *_of_source("weather_data"),
        sa.Column("date", MOMENT, nullable=False),
        sa.Column("temperature_max", sa.Double()),
        sa.Column("temperature_min", sa.Double()),
        sa.Column("shortwave_radiation_sum", sa.Double()),
        sa.Column("weather_code", sa.Integer()),
        sa.Column("uv_index_max", sa.Double()),
        sa.Column("precipitation_sum", sa.Double()),
        sa.Column("sunrise", MOMENT),
        sa.Column("sunset", MOMENT),
        _now("created_at"),
    )
    op.create_index("ix_weather_data_sun_source_id", "weather_data", ["sun_source_id"])
    _unique("weather_data", "sun_source_id", "date")


def _create_prices() -> None:
    op.create_table(
        "kwh_price_histories",
        *_of_source("kwh_price_histories"),
        sa.Column("price_per_kwh", sa.Numeric(), nullable=False),
        sa.Column("export_price_per_kwh", sa.Numeric()),
        sa.Column("effective_from", MOMENT, nullable=False),
        _now("created_at"),
        _now("updated_at"),
    )
    op.create_index("ix_kwh_price_histories_sun_source_id", "kwh_price_histories", ["sun_source_id"])
    _unique("kwh_price_histories", "sun_source_id", "effective_from")


def _create_sharings() -> None:
    switches = ("is_enabled", "share_monitor", "share_weather", "share_forecast", "share_returns")
    op.create_table(
        "sun_source_sharings",
        *_of_source("sun_source_sharings"),
        *(sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False) for name in switches),
        _now("created_at"),
        _now("updated_at"),
    )
    _unique("sun_source_sharings", "sun_source_id")

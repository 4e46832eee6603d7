"""Prices by window and by the hour, standing charges, dated costs, and what each source's returns assume."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED = ("windows", "hourly", "standing_charge", "standing_period")


def upgrade() -> None:
    _extend_prices()
    _create_hourly_prices()
    _create_costs()
    _create_settings()


def downgrade() -> None:
    for table in ("returns_settings", "source_costs", "hourly_prices"):
        op.drop_table(table)
    for column in ADDED:
        op.drop_column("kwh_price_histories", column)


def _column(name: str, kind: sa.types.TypeEngine[object], default: str) -> sa.Column[object]:
    return sa.Column(name, kind, server_default=sa.text(default), nullable=False)


def _source(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = f"fk_{table}_sun_source_id_sun_sources"
    return (
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["sun_source_id"], ["sun_sources.id"], key, ondelete="CASCADE"),
    )


def _extend_prices() -> None:
    table = "kwh_price_histories"
    op.add_column(table, _column("windows", JSONB(), "'[]'::jsonb"))
    op.add_column(table, _column("hourly", sa.Boolean(), "false"))
    op.add_column(table, _column("standing_charge", sa.Numeric(), "0"))
    op.add_column(table, _column("standing_period", sa.String(5), "'month'"))
    op.create_check_constraint("standing_period", table, "standing_period IN ('day', 'month', 'year')")


def _create_hourly_prices() -> None:
    op.create_table(
        "hourly_prices",
        *_source("hourly_prices"),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("price_per_kwh", sa.Numeric(), nullable=False),
        sa.Column("export_price_per_kwh", sa.Numeric()),
        sa.PrimaryKeyConstraint("sun_source_id", "starts_at", name="pk_hourly_prices"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_hourly_prices_ends_at"),
    )


def _create_costs() -> None:
    op.create_table(
        "source_costs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        *_source("source_costs"),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        _column("note", sa.String(200), "''"),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_costs"),
    )
    op.create_index("ix_source_costs_sun_source_id", "source_costs", ["sun_source_id"])


def _create_settings() -> None:
    op.create_table(
        "returns_settings",
        *_source("returns_settings"),
        _column("assumptions", JSONB(), "'{}'::jsonb"),
        sa.Column("holiday_country", sa.String(2)),
        sa.Column("holiday_region", sa.String(20)),
        _column("prices_version", sa.BigInteger(), "0"),
        sa.Column("updated_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("sun_source_id", name="pk_returns_settings"),
        sa.CheckConstraint(
            "holiday_region IS NULL OR holiday_country IS NOT NULL", name="ck_returns_settings_holiday_region"
        ),
    )

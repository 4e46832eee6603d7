"""Corrections and imports of telemetry, and how long a source's is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEPT = ("retention_raw_days", "retention_five_minutes_days")
WHOLE = (
    "(kind = 'exclusion' AND starts_at < ends_at AND date IS NULL AND channel IS NULL AND kwh IS NULL)"
    " OR (kind = 'day_total' AND date IS NOT NULL AND channel IS NOT NULL AND kwh >= 0 AND starts_at IS NULL)"
)


def upgrade() -> None:
    for column in KEPT:
        op.add_column("sun_sources", sa.Column(column, sa.Integer()))
        op.create_check_constraint(column, "sun_sources", f"{column} BETWEEN 7 AND 36500")
    _create_corrections()
    _create_imports()


def downgrade() -> None:
    for table in ("telemetry_imports", "telemetry_corrections"):
        op.drop_table(table)
    for column in KEPT:
        op.drop_column("sun_sources", column)


def _of_source(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    key = f"fk_{table}_sun_source_id_sun_sources"
    return (
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["sun_source_id"], ["sun_sources.id"], key, ondelete="CASCADE"),
    )


def _made() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
    )


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text(default) if default else None, nullable=False)


def _create_corrections() -> None:
    table = "telemetry_corrections"
    op.create_table(
        table,
        *_of_source(table),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        _json("fields", "'[]'::jsonb"),
        sa.Column("date", sa.Date()),
        sa.Column("channel", sa.String(16)),
        sa.Column("kwh", sa.Double()),
        sa.Column("reason", sa.String(500), nullable=False),
        *_made(),
        sa.Column("undone_by", sa.Text()),
        sa.Column("undone_at", MOMENT),
        sa.CheckConstraint(WHOLE, name=f"ck_{table}_kind"),
    )
    op.create_index(f"ix_{table}_sun_source_id", table, ["sun_source_id"])
    op.create_index(
        f"ix_{table}_day_total",
        table,
        ["sun_source_id", "date", "channel"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND kind = 'day_total'"),
    )


def _create_imports() -> None:
    table = "telemetry_imports"
    op.create_table(
        table,
        *_of_source(table),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        _json("plan"),
        sa.Column("rows_total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _json("counts", "'{}'::jsonb"),
        sa.Column("error", sa.Text()),
        *_made(),
        sa.Column("finished_at", MOMENT),
        sa.CheckConstraint("kind IN ('readings', 'days')", name=f"ck_{table}_kind"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=f"ck_{table}_state"),
    )
    op.create_index(f"ix_{table}_sun_source_id", table, ["sun_source_id"])

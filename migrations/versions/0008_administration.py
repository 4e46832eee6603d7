"""What the clock will do next, and the simulations that admins started."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "schedule_beats",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("next_run_at", MOMENT),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("run_asked_at", MOMENT),
        sa.PrimaryKeyConstraint("task", name="pk_schedule_beats"),
    )
    key = "fk_simulations_sun_source_id_sun_sources"
    op.create_table(
        "simulations",
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("state", JSONB(), nullable=False),
        sa.Column("readings", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("sun_source_id", name="pk_simulations"),
        sa.ForeignKeyConstraint(["sun_source_id"], ["sun_sources.id"], key, ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("simulations", "schedule_beats"):
        op.drop_table(table)

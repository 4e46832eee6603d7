"""What is known of a day of weather beside its values, and the progress of background work a source."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "weather_data", sa.Column("is_observed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("weather_data", sa.Column("issued_at", MOMENT))
    op.create_table(
        "job_progress",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("percent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("updated_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_job_progress"),
        sa.ForeignKeyConstraint(
            ["sun_source_id"], ["sun_sources.id"], "fk_job_progress_sun_source_id_sun_sources", ondelete="CASCADE"
        ),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="ck_job_progress_state"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="ck_job_progress_percent"),
    )
    op.create_index("ix_job_progress_sun_source_id_subject", "job_progress", ["sun_source_id", "subject"], unique=True)


def downgrade() -> None:
    op.drop_table("job_progress")
    for name in ("issued_at", "is_observed"):
        op.drop_column("weather_data", name)

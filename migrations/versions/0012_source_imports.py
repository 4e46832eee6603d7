"""Files of sources that a worker brings in, with their progress and, until taken once, the credentials they made."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "source_imports"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("rows_total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sealed_secret", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], f"fk_{TABLE}_user_id_users", ondelete="CASCADE"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=f"ck_{TABLE}_state"),
    )
    op.create_index(f"ix_{TABLE}_user_id", TABLE, ["user_id"])


def downgrade() -> None:
    op.drop_table(TABLE)

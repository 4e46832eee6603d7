"""Links that show a source or group to the public, and the people an owner shares one with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ONE_THING = "num_nonnulls(sun_source_id, power_group_id) = 1"


def upgrade() -> None:
    _create_links()
    _create_memberships()


def downgrade() -> None:
    op.drop_table("memberships")
    op.drop_table("shared_links")


def _switch(name: str, value: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(value), nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], f"fk_{table}_{column}_{other}", ondelete="CASCADE")


def _create_links() -> None:
    name = "shared_links"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("sun_source_id", sa.Uuid()),
        sa.Column("power_group_id", sa.Uuid()),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("title", sa.String(100)),
        sa.Column("token_hash", sa.Text(), nullable=False),
        *(_switch(f"share_{view}", "false") for view in ("monitor", "weather", "forecast", "returns")),
        _switch("hides_money", "true"),
        _switch("hides_owner", "true"),
        sa.Column("town", sa.String(100)),
        sa.Column("delay_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _switch("is_indexed", "false"),
        sa.Column("embedding_sites", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("visits", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_visit_at", MOMENT),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _to(name, "user_id", "users"), _to(name, "sun_source_id", "sun_sources"),
        _to(name, "power_group_id", "power_groups"),
        sa.CheckConstraint(ONE_THING, name=f"ck_{name}_one_thing"),
        sa.CheckConstraint("delay_minutes >= 0", name=f"ck_{name}_delay_minutes"),
    )  # fmt: skip
    op.create_index(f"ix_{name}_token_hash", name, ["token_hash"], unique=True)
    for column in ("user_id", "sun_source_id", "power_group_id"):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _create_memberships() -> None:
    name = "memberships"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Text()),
        sa.Column("sun_source_id", sa.Uuid()),
        sa.Column("power_group_id", sa.Uuid()),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("normalized_email", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _to(name, "user_id", "users"), _to(name, "sun_source_id", "sun_sources"),
        _to(name, "power_group_id", "power_groups"),
        sa.CheckConstraint(ONE_THING, name=f"ck_{name}_one_thing"),
        sa.CheckConstraint("role IN ('viewer', 'manager')", name=f"ck_{name}_role"),
    )  # fmt: skip
    op.create_index(f"ix_{name}_user_id", name, ["user_id"])
    op.create_index(f"ix_{name}_normalized_email", name, ["normalized_email"])
    for column in ("sun_source_id", "power_group_id"):
        op.create_index(f"ix_{name}_{column}_normalized_email", name, [column, "normalized_email"], unique=True)

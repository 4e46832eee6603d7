"""Power groups, sources and the sources' credentials."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUID = sa.text("gen_random_uuid()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "power_groups",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(500)),
        sa.Column("logo_url", sa.String(500)),
        sa.Column("user_id", sa.Text(), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_power_groups"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], "fk_power_groups_user_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_power_groups_user_id", "power_groups", ["user_id"])
    _create_sources()
    _create_credentials()


def downgrade() -> None:
    for table in ("source_credentials", "sun_sources", "power_groups"):
        op.drop_table(table)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, MOMENT, server_default=sa.func.now(), nullable=False)


def _create_sources() -> None:
    op.create_table(
        "sun_sources",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(500)),
        sa.Column("icon_url", sa.Text()),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("power_group_id", sa.Uuid()),
        sa.Column("connection_type", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.Column("mqtt_topic", sa.Text()),
        sa.Column("mqtt_api_key", sa.Text()),
        sa.Column("webhook_url", sa.Text()),
        sa.Column("webhook_secret", sa.Text()),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("installed_capacity_watts", sa.Double()),
        sa.Column("currency", sa.String(3), server_default=sa.text("'EUR'"), nullable=False),
        sa.Column("system_cost", sa.Numeric()),
        sa.Column("maintenance_cost_per_year", sa.Numeric()),
        sa.Column("installation_date", MOMENT),
        _now("created_at"),
        _now("updated_at"),
        *_additions(),
        *_source_rules(),
    )
    op.create_index("ix_sun_sources_user_id", "sun_sources", ["user_id"])
    op.create_index("ix_sun_sources_power_group_id", "sun_sources", ["power_group_id"])


def _additions() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("time_zone", sa.Text(), server_default=sa.text("'UTC'"), nullable=False),
        sa.Column("has_battery", sa.Boolean()),
        sa.Column("battery_capacity_kwh", sa.Double()),
        sa.Column("tilt_degrees", sa.Double()),
        sa.Column("azimuth_degrees", sa.Double()),
        sa.Column("export_limit_watts", sa.Double()),
        sa.Column("payload_mapping", JSONB()),
        sa.Column("payload_profile", sa.Text()),
    )


def _source_rules() -> tuple[sa.Constraint, ...]:
    checks = {
        "connection_type": "connection_type IN (0, 1)",
        "latitude": "latitude BETWEEN -90 AND 90",
        "longitude": "longitude BETWEEN -180 AND 180",
        "installed_capacity_watts": "installed_capacity_watts BETWEEN 0 AND 1000000",
    }
    group_key = "fk_sun_sources_power_group_id_power_groups"
    return (
        sa.PrimaryKeyConstraint("id", name="pk_sun_sources"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], "fk_sun_sources_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["power_group_id"], ["power_groups.id"], group_key, ondelete="SET NULL"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_sun_sources_{name}")) for name, rule in checks.items()),
    )


def _create_credentials() -> None:
    source_key = "fk_source_credentials_sun_source_id_sun_sources"
    op.create_table(
        "source_credentials",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        sa.Column("sun_source_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.Text()),
        sa.Column("sealed_secret", sa.Text()),
        _now("created_at"),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_source_credentials"),
        sa.ForeignKeyConstraint(["sun_source_id"], ["sun_sources.id"], source_key, ondelete="CASCADE"),
        sa.CheckConstraint(
            "(kind = 'mqtt' AND secret_hash IS NOT NULL AND sealed_secret IS NULL)"
            " OR (kind = 'webhook' AND secret_hash IS NULL AND sealed_secret IS NOT NULL)",
            name=op.f("ck_source_credentials_kind"),
        ),
    )
    op.create_index("ix_source_credentials_sun_source_id_kind", "source_credentials", ["sun_source_id", "kind"])

"""Sessions, single-use links, permissions as role claims, scoped tokens, and the audit log that only grows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUID = sa.text("gen_random_uuid()")
MOMENT = sa.DateTime(timezone=True)
ADMIN = (
    "users.manage", "sources.all", "jobs.manage", "debug.generate", "simulation.control", "audit.read", "system.read",
)
PERMISSIONS = {"Overseer": (*ADMIN, "overseers.manage", "mails.read"), "Admin": ADMIN}

# Rows may only be added. `session_replication_role` of a superuser is the way around, for tests that begin anew.
_APPEND_ONLY = """
CREATE FUNCTION ampra_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ampra_append_only();
"""


def upgrade() -> None:
    for name in ("barred_at", "deletion_requested_at"):
        op.add_column("users", sa.Column(name, MOMENT))
    op.add_column("users", sa.Column("verification_nonce", sa.Text()))
    _extend_tokens()
    _create_sessions()
    _create_links()
    _create_audit()
    _give_permissions()


def downgrade() -> None:
    op.execute("DELETE FROM role_claims WHERE claim_type = 'permission'")
    for table in ("audit_entries", "single_use_links", "account_sessions"):
        op.drop_table(table)
    op.execute("DROP FUNCTION ampra_append_only()")
    op.drop_index("ix_user_tokens_login_provider_value", "user_tokens")
    for name in ("last_used_at", "expires_at", "created_at", "scope"):
        op.drop_column("user_tokens", name)
    for name in ("verification_nonce", "deletion_requested_at", "barred_at"):
        op.drop_column("users", name)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, MOMENT, server_default=sa.func.now(), nullable=False)


def _user(table: str, *, nullable: bool = False) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["user_id"], ["users.id"], f"fk_{table}_user_id_users", ondelete="CASCADE")
    return sa.Column("user_id", sa.Text(), nullable=nullable), key


def _extend_tokens() -> None:
    op.add_column("user_tokens", sa.Column("scope", sa.String(16)))
    op.add_column("user_tokens", _now("created_at"))
    for name in ("expires_at", "last_used_at"):
        op.add_column("user_tokens", sa.Column(name, MOMENT))
    op.create_index("ix_user_tokens_login_provider_value", "user_tokens", ["login_provider", "value"])


def _create_sessions() -> None:
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        *_user("account_sessions"),
        _now("created_at"),
        _now("last_seen_at"),
        sa.Column("address", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_account_sessions"),
    )
    op.create_index("ix_account_sessions_user_id", "account_sessions", ["user_id"])
    op.create_index("ix_account_sessions_last_seen_at", "account_sessions", ["last_seen_at"])


def _create_links() -> None:
    op.create_table(
        "single_use_links",
        sa.Column("id", sa.Uuid(), server_default=GUID, nullable=False),
        *_user("single_use_links", nullable=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        _now("created_at"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_single_use_links"),
        sa.CheckConstraint(
            "purpose IN ('reset', 'email', 'invitation')", name=op.f("ck_single_use_links_purpose")
        ),
    )
    op.create_index("ix_single_use_links_token_hash", "single_use_links", ["token_hash"], unique=True)
    op.create_index("ix_single_use_links_user_id", "single_use_links", ["user_id"])


def _create_audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _now("at"),
        sa.Column("actor_id", sa.Text()),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("target_kind", sa.String(16)),
        sa.Column("target_id", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ix_audit_entries_target_id", "audit_entries", ["target_id"])
    op.execute(_APPEND_ONLY)


def _give_permissions() -> None:
    give = sa.text(
        "INSERT INTO role_claims (role_id, claim_type, claim_value)"
        " SELECT id, 'permission', :permission FROM roles WHERE name = :role"
    )
    for role, permissions in PERMISSIONS.items():
        for each in permissions:
            op.get_bind().execute(give, {"role": role, "permission": each})

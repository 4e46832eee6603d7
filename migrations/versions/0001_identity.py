"""Users, roles, claims, logins and tokens, with the roles Overseer, Admin and User."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUID_TEXT = sa.text("(gen_random_uuid())::text")
MOMENT = sa.DateTime(timezone=True)
ROLES = {
    "Overseer": "8f4b9c52-2f0e-4f6e-9d1a-5f6c0a3b7e01",
    "Admin": "8f4b9c52-2f0e-4f6e-9d1a-5f6c0a3b7e02",
    "User": "8f4b9c52-2f0e-4f6e-9d1a-5f6c0a3b7e03",
}


def upgrade() -> None:
    _create_users()
    op.create_table(
        "roles",
        sa.Column("id", sa.Text(), server_default=GUID_TEXT, nullable=False),
        sa.Column("name", sa.String(256)),
        sa.Column("normalized_name", sa.String(256)),
        sa.Column("concurrency_stamp", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
    )
    op.create_index("role_name_index", "roles", ["normalized_name"], unique=True)
    _create_user_roles()
    _create_claims("user")
    _create_claims("role")
    _create_logins_and_tokens()
    roles = sa.table("roles", sa.column("id"), sa.column("name"), sa.column("normalized_name"))
    op.bulk_insert(roles, [{"id": key, "name": name, "normalized_name": name.upper()} for name, key in ROLES.items()])


def downgrade() -> None:
    for table in ("user_tokens", "user_logins", "role_claims", "user_claims", "user_roles", "roles", "users"):
        op.drop_table(table)


def _flag(name: str, default: str = "false") -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), server_default=GUID_TEXT, nullable=False),
        sa.Column("user_name", sa.Text()),
        sa.Column("normalized_user_name", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("normalized_email", sa.Text()),
        _flag("email_confirmed"),
        sa.Column("password_hash", sa.Text()),
        sa.Column("security_stamp", sa.Text(), server_default=GUID_TEXT, nullable=False),
        sa.Column("concurrency_stamp", sa.Text()),
        sa.Column("phone_number", sa.Text()),
        _flag("phone_number_confirmed"),
        _flag("two_factor_enabled"),
        sa.Column("lockout_end", MOMENT),
        _flag("lockout_enabled", "true"),
        _count("access_failed_count"),
        sa.Column("first_name", sa.Text()),
        sa.Column("last_name", sa.Text()),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        _flag("is_email_verified"),
        sa.Column("email_verification_code", sa.Text()),
        sa.Column("email_verification_code_expiry", MOMENT),
        sa.Column("last_code_sent_at", MOMENT),
        _count("failed_verification_attempts"),
        sa.Column("verification_lockout_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_index("email_index", "users", ["normalized_email"], unique=True)
    op.create_index("user_name_index", "users", ["normalized_user_name"], unique=True)


def _owner(table: str, owner: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    column = f"{owner}_id"
    key = sa.ForeignKeyConstraint([column], [f"{owner}s.id"], f"fk_{table}_{column}_{owner}s", ondelete="CASCADE")
    return sa.Column(column, sa.Text(), nullable=False), key


def _create_user_roles() -> None:
    op.create_table(
        "user_roles",
        *_owner("user_roles", "user"),
        *_owner("user_roles", "role"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="pk_user_roles"),
    )
    op.create_index("ix_user_roles_role_id", "user_roles", ["role_id"])


def _create_claims(owner: str) -> None:
    table = f"{owner}_claims"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        *_owner(table, owner),
        sa.Column("claim_type", sa.Text()),
        sa.Column("claim_value", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{owner}_id", table, [f"{owner}_id"])


def _create_logins_and_tokens() -> None:
    op.create_table(
        "user_logins",
        sa.Column("login_provider", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("provider_display_name", sa.Text()),
        *_owner("user_logins", "user"),
        sa.PrimaryKeyConstraint("login_provider", "provider_key", name="pk_user_logins"),
    )
    op.create_index("ix_user_logins_user_id", "user_logins", ["user_id"])
    op.create_table(
        "user_tokens",
        *_owner("user_tokens", "user"),
        sa.Column("login_provider", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.PrimaryKeyConstraint("user_id", "login_provider", "name", name="pk_user_tokens"),
    )

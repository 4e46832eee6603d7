"""Users, roles, claims, logins and tokens, as ASP.NET Identity lays them out, without its prefix."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, CreatedAt, IdentityName, Off, On, TextGuidKey, Zero


class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        # The original promises unique addresses by its program alone; two registrations at once need the index.
        Index("email_index", "normalized_email", unique=True),
        Index("user_name_index", "normalized_user_name", unique=True),
    )

    id: Mapped[TextGuidKey]
    user_name: Mapped[str | None]
    normalized_user_name: Mapped[str | None]
    email: Mapped[str | None]
    normalized_email: Mapped[str | None]
    email_confirmed: Mapped[Off]
    password_hash: Mapped[str | None]
    security_stamp: Mapped[str] = mapped_column(server_default=text("(gen_random_uuid())::text"))
    concurrency_stamp: Mapped[str | None]
    phone_number: Mapped[str | None]
    phone_number_confirmed: Mapped[Off]
    two_factor_enabled: Mapped[Off]
    lockout_end: Mapped[datetime | None]
    lockout_enabled: Mapped[On]
    access_failed_count: Mapped[Zero]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    is_email_verified: Mapped[Off]
    email_verification_code: Mapped[str | None]
    email_verification_code_expiry: Mapped[datetime | None]
    last_code_sent_at: Mapped[datetime | None]
    failed_verification_attempts: Mapped[Zero]
    verification_lockout_until: Mapped[datetime | None]
    # Who registered last may verify, and nobody else: a new registration of an address makes a new nonce.
    verification_nonce: Mapped[str | None]
    barred_at: Mapped[datetime | None]
    deletion_requested_at: Mapped[datetime | None]


class Role(Base):
    __tablename__ = "roles"
    __table_args__ = (Index("role_name_index", "normalized_name", unique=True),)

    id: Mapped[TextGuidKey]
    name: Mapped[IdentityName]
    normalized_name: Mapped[IdentityName]
    concurrency_stamp: Mapped[str | None]


class UserRole(Base):
    __tablename__ = "user_roles"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True, index=True)


class UserClaim(Base):
    __tablename__ = "user_claims"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    claim_type: Mapped[str | None]
    claim_value: Mapped[str | None]


class RoleClaim(Base):
    __tablename__ = "role_claims"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    claim_type: Mapped[str | None]
    claim_value: Mapped[str | None]


class UserLogin(Base):
    __tablename__ = "user_logins"

    login_provider: Mapped[str] = mapped_column(primary_key=True)
    provider_key: Mapped[str] = mapped_column(primary_key=True)
    provider_display_name: Mapped[str | None]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class UserToken(Base):
    __tablename__ = "user_tokens"
    __table_args__ = (Index(None, "login_provider", "value"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    login_provider: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]
    scope: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

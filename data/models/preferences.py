"""What a user prefers: one value per setting."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, GuidKey, UpdatedAt


class UserSetting(Base):
    __tablename__ = "user_settings"
    __table_args__ = (Index(None, "user_id", "setting_type", unique=True),)

    id: Mapped[GuidKey]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    setting_type: Mapped[int]
    value: Mapped[str]
    updated_at: Mapped[UpdatedAt]

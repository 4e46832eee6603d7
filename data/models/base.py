"""What all tables share: the metadata with its names of constraints, and the kinds of column that recur."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Double, MetaData, String, Text, Uuid, func, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, float: Double, bool: Boolean, datetime: DateTime(timezone=True), UUID: Uuid}  # noqa: RUF012 - read by SQLAlchemy


# timestamptz is an instant, so now() is UTC whatever the time zone of the connection.
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(server_default=func.now(), onupdate=func.now())]
GuidKey = Annotated[UUID, mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))]
TextGuidKey = Annotated[str, mapped_column(primary_key=True, server_default=text("(gen_random_uuid())::text"))]
Off = Annotated[bool, mapped_column(server_default=text("false"))]
On = Annotated[bool, mapped_column(server_default=text("true"))]
Zero = Annotated[int, mapped_column(server_default=text("0"))]
Name = Annotated[str, mapped_column(String(100))]
Words = Annotated[str | None, mapped_column(String(500))]
IdentityName = Annotated[str | None, mapped_column(String(256))]

"""The tables in PostgreSQL: those of the original schema in snake_case, and what Ampra adds."""

from data.models.base import Base
from data.models.credentials import SourceCredential
from data.models.identity import Role, RoleClaim, User, UserClaim, UserLogin, UserRole, UserToken
from data.models.preferences import UserSetting
from data.models.prices import KwhPriceHistory
from data.models.sharing import SunSourceSharing
from data.models.sources import PowerGroup, SunSource
from data.models.weather import WeatherData

__all__ = [
    "Base",
    "KwhPriceHistory",
    "PowerGroup",
    "Role",
    "RoleClaim",
    "SourceCredential",
    "SunSource",
    "SunSourceSharing",
    "User",
    "UserClaim",
    "UserLogin",
    "UserRole",
    "UserSetting",
    "UserToken",
    "WeatherData",
]

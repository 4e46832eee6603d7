"""The tables in PostgreSQL: those of the original schema in snake_case, and what Ampra adds."""

from data.models.account_records import AccountSession, AuditEntry, SingleUseLink
from data.models.administration import JobFailure, ScheduleBeat, Simulation
from data.models.base import Base
from data.models.bringing_in import SourceImport
from data.models.credentials import SourceCredential
from data.models.identity import Role, RoleClaim, User, UserClaim, UserLogin, UserRole, UserToken
from data.models.preferences import UserSetting
from data.models.prices import HourlyPrice, KwhPriceHistory
from data.models.progress import JobProgress
from data.models.returns import ReturnsSetting, SourceCost
from data.models.sharing import Membership, SharedLink, SunSourceSharing
from data.models.sources import PowerGroup, SunSource
from data.models.telemetry import TelemetryCorrection, TelemetryImport
from data.models.weather import WeatherData

__all__ = [
    "AccountSession",
    "AuditEntry",
    "Base",
    "HourlyPrice",
    "JobFailure",
    "JobProgress",
    "KwhPriceHistory",
    "Membership",
    "PowerGroup",
    "ReturnsSetting",
    "Role",
    "RoleClaim",
    "ScheduleBeat",
    "SharedLink",
    "Simulation",
    "SingleUseLink",
    "SourceCost",
    "SourceCredential",
    "SourceImport",
    "SunSource",
    "SunSourceSharing",
    "TelemetryCorrection",
    "TelemetryImport",
    "User",
    "UserClaim",
    "UserLogin",
    "UserRole",
    "UserSetting",
    "UserToken",
    "WeatherData",
]

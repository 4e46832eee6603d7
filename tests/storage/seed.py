"""The schema of the original system as data: every table, column, type, nullability, default, key and index.

A line is: column, type, `null` or `not-null`, and a default where the original has one (`guid`, `now`, or the value).
"""

COLUMNS = {
    "Users": """
        Id text not-null guid
        UserName text null
        Email text null
        NormalizedEmail text null
        PasswordHash text null
        FirstName text null
        LastName text null
        CreatedAt timestamptz not-null now
        IsEmailVerified boolean not-null false
        EmailVerificationCode text null
        EmailVerificationCodeExpiry timestamptz null
        LastCodeSentAt timestamptz null
        FailedVerificationAttempts integer not-null 0
        VerificationLockoutUntil timestamptz null
    """,
    "PowerGroups": """
        Id uuid not-null guid
        Name varchar(100) not-null
        Description varchar(500) null
        LogoUrl varchar(500) null
        UserId text not-null
        CreatedAt timestamptz not-null now
        UpdatedAt timestamptz not-null now
    """,
    "SunSources": """
        Id uuid not-null guid
        Name varchar(100) not-null
        Description varchar(500) null
        IconUrl text null
        UserId text not-null
        PowerGroupId uuid null
        ConnectionType integer not-null
        Latitude float8 null
        Longitude float8 null
        MqttTopic text null
        MqttApiKey text null
        WebhookUrl text null
        WebhookSecret text null
        IsActive boolean not-null true
        InstalledCapacityWatts float8 null
        Currency varchar(3) not-null EUR
        SystemCost numeric null
        MaintenanceCostPerYear numeric null
        InstallationDate timestamptz null
        CreatedAt timestamptz not-null now
        UpdatedAt timestamptz not-null now
    """,
    "WeatherData": """
        Id uuid not-null
        SunSourceId uuid not-null
        Date timestamptz not-null
        TemperatureMax float8 null
        TemperatureMin float8 null
        ShortwaveRadiationSum float8 null
        WeatherCode integer null
        UvIndexMax float8 null
        PrecipitationSum float8 null
        Sunrise timestamptz null
        Sunset timestamptz null
        CreatedAt timestamptz not-null
    """,
    "KwhPriceHistories": """
        Id uuid not-null
        SunSourceId uuid not-null
        PricePerKwh numeric not-null
        EffectiveFrom timestamptz not-null
        CreatedAt timestamptz not-null
        UpdatedAt timestamptz not-null
    """,
    "SunSourceSharings": """
        Id uuid not-null
        SunSourceId uuid not-null
        IsEnabled boolean not-null false
        ShareMonitor boolean not-null false
        ShareWeather boolean not-null false
        ShareForecast boolean not-null false
        ShareReturns boolean not-null false
        CreatedAt timestamptz not-null now
        UpdatedAt timestamptz not-null now
    """,
    "UserSettings": """
        Id uuid not-null
        UserId text not-null
        SettingType integer not-null
        Value text not-null
        UpdatedAt timestamptz not-null
    """,
}

# Those that the original leaves to ASP.NET Identity, with its standard columns.
IDENTITY_COLUMNS = {
    "Users": """
        NormalizedUserName text null
        EmailConfirmed boolean not-null
        SecurityStamp text not-null
        ConcurrencyStamp text null
        PhoneNumber text null
        PhoneNumberConfirmed boolean not-null
        TwoFactorEnabled boolean not-null
        LockoutEnd timestamptz null
        LockoutEnabled boolean not-null
        AccessFailedCount integer not-null
    """,
    "Roles": """
        Id text not-null guid
        Name varchar(256) null
        NormalizedName varchar(256) null
        ConcurrencyStamp text null
    """,
    "UserRoles": """
        UserId text not-null
        RoleId text not-null
    """,
    "UserClaims": """
        Id integer not-null
        UserId text not-null
        ClaimType text null
        ClaimValue text null
    """,
    "RoleClaims": """
        Id integer not-null
        RoleId text not-null
        ClaimType text null
        ClaimValue text null
    """,
    "UserLogins": """
        LoginProvider text not-null
        ProviderKey text not-null
        ProviderDisplayName text null
        UserId text not-null
    """,
    "UserTokens": """
        UserId text not-null
        LoginProvider text not-null
        Name text not-null
        Value text null
    """,
}

PRIMARY_KEYS = {
    "UserRoles": ("UserId", "RoleId"),
    "UserLogins": ("LoginProvider", "ProviderKey"),
    "UserTokens": ("UserId", "LoginProvider", "Name"),
}  # every other table: Id

# Table, column, table referred to, what happens when the row referred to is deleted.
FOREIGN_KEYS = (
    ("PowerGroups", "UserId", "Users", "CASCADE"),
    ("SunSources", "UserId", "Users", "CASCADE"),
    ("SunSources", "PowerGroupId", "PowerGroups", "SET NULL"),
    ("WeatherData", "SunSourceId", "SunSources", "CASCADE"),
    ("KwhPriceHistories", "SunSourceId", "SunSources", "CASCADE"),
    ("SunSourceSharings", "SunSourceId", "SunSources", "CASCADE"),
    ("UserSettings", "UserId", "Users", "CASCADE"),
    ("UserRoles", "UserId", "Users", "CASCADE"),
    ("UserRoles", "RoleId", "Roles", "CASCADE"),
    ("UserClaims", "UserId", "Users", "CASCADE"),
    ("RoleClaims", "RoleId", "Roles", "CASCADE"),
    ("UserLogins", "UserId", "Users", "CASCADE"),
    ("UserTokens", "UserId", "Users", "CASCADE"),
)

# Table, columns, unique. Two are unique here and plain in the original: see docs/schema.md.
INDEXES = (
    ("Users", ("NormalizedEmail",), True),
    ("Users", ("NormalizedUserName",), True),
    ("PowerGroups", ("UserId",), False),
    ("SunSources", ("UserId",), False),
    ("SunSources", ("PowerGroupId",), False),
    ("WeatherData", ("SunSourceId",), False),
    ("WeatherData", ("SunSourceId", "Date"), True),
    ("KwhPriceHistories", ("SunSourceId",), False),
    ("KwhPriceHistories", ("SunSourceId", "EffectiveFrom"), True),
    ("SunSourceSharings", ("SunSourceId",), True),
    ("UserSettings", ("UserId", "SettingType"), True),
    ("Roles", ("NormalizedName",), True),
    ("UserRoles", ("RoleId",), False),
    ("UserClaims", ("UserId",), False),
    ("RoleClaims", ("RoleId",), False),
    ("UserLogins", ("UserId",), False),
)

# Of the telemetry collection: name and BSON type.
TELEMETRY = """
    sunSourceId string
    timestamp date
    stateOfCharge double
    stateOfHealth double
    batteryVoltage double
    batteryCurrent double
    batteryTemperature double
    batteryCapacity double
    remainingCapacity double
    solarVoltage double
    solarCurrent double
    solarPower double
    outputVoltage double
    outputCurrent double
    outputFrequency double
    loadPower double
    loadPercentage double
    apparentPower double
    gridVoltage double
    gridCurrent double
    gridFrequency double
    totalEnergyProduced double
    totalEnergyConsumed double
    dailyEnergyProduced double
    dailyEnergyConsumed double
    operatingMode string
    deviceStatus string
    faultCodes array
    warningCodes array
    rawData object
    metadata object
"""


def lines(text: str) -> list[list[str]]:
    """The words of each line that has any."""
    return [line.split() for line in text.splitlines() if line.strip()]


def snake(name: str) -> str:
    """`PowerGroupId` as `power_group_id`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

"""The names of what a person may be permitted; role and user claims hold them (migrations give the roles theirs)."""

USERS_MANAGE = "users.manage"
OVERSEERS_MANAGE = "overseers.manage"
SOURCES_ALL = "sources.all"
JOBS_MANAGE = "jobs.manage"
DEBUG_GENERATE = "debug.generate"
SIMULATION_CONTROL = "simulation.control"
AUDIT_READ = "audit.read"
SYSTEM_READ = "system.read"
MAILS_READ = "mails.read"
ALL = (
    USERS_MANAGE, OVERSEERS_MANAGE, SOURCES_ALL, JOBS_MANAGE, DEBUG_GENERATE, SIMULATION_CONTROL, AUDIT_READ,
    SYSTEM_READ, MAILS_READ,
)

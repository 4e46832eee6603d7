"""The names of what a person may be permitted; role and user claims hold them (migrations give the roles theirs)."""

from collections.abc import Mapping

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
# What each lets a person do, for who gives it to somebody.
WORDS: Mapping[str, str] = {
    USERS_MANAGE: "Help and manage people who are no Overseers",
    OVERSEERS_MANAGE: "Manage Overseers, and give permissions",
    SOURCES_ALL: "See and change everybody's sources",
    JOBS_MANAGE: "See background work and run it now",
    DEBUG_GENERATE: "Fill the past of any source with debug data",
    SIMULATION_CONTROL: "Start and stop simulations",
    AUDIT_READ: "Read the audit log",
    SYSTEM_READ: "See how the whole of Ampra is",
    MAILS_READ: "Read the mails that this machine caught",
}
# What one person may be given beside what the role brings. Managing Overseers comes with being one, and only so.
SINGLE = tuple(each for each in ALL if each != OVERSEERS_MANAGE)

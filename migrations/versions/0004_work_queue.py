"""The work queue: the tables and functions of the library procrastinate, in the version that is pinned.

Whoever raises that version adds a step that runs the library's own `sql/migrations` files of the versions between, and
skips those whose objects a new database already has from this step.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_REMOVE_ROUTINES_AND_TYPES = r"""
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT oid::regprocedure AS routine FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\_%'
    LOOP
        EXECUTE 'DROP FUNCTION ' || found.routine;
    END LOOP;
    FOR found IN SELECT oid::regtype AS kind FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\_%'
          AND (typtype = 'e' OR typtype = 'c')
    LOOP
        EXECUTE 'DROP TYPE ' || found.kind;
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    _run(SchemaManager.get_schema())


def downgrade() -> None:
    tables = ", ".join(f"procrastinate_{name}" for name in ("events", "periodic_defers", "jobs", "workers"))
    _run(f"DROP TABLE {tables} CASCADE;{_REMOVE_ROUTINES_AND_TYPES}")


def _run(script: str) -> None:
    # Without parameters the driver takes several statements at once and leaves percent signs alone.
    op.get_bind().exec_driver_sql(script, execution_options={"no_parameters": True})

"""Power groups: made by their owner."""

from data import groups, postgres
from data.groups import GroupRecord
from services import source_rules
from services.errors import Invalid


def create_group(owner_id: str, name: str, description: str | None = None) -> GroupRecord:
    """Make a group; its name and description follow the rules of a source's. Raises Invalid."""
    given = {"name": name, **({"description": description} if description is not None else {})}
    errors = {field: sentence for field, text in given.items() if (sentence := source_rules.RULES[field](text))}
    if errors:
        raise Invalid(errors)
    with postgres.session() as session:
        return groups.create(session, {**given, "user_id": owner_id})

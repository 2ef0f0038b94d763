"""Two schools, with words planted where nobody may read them: in all texts of the other school, in what is masked, in secrets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal, update
from sqlalchemy.exc import IntegrityError

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from domain.db import types
from domain.db.base import Base, model_of
from domain.db.engine import engine
from tests.domain.rights.expected import expected
from tests.domain.rights.making import make_world, read_rows
from tests.domain.rights.world import World

CANARY = "canarium"
SECRETS = {"password_hash", "token_hash", "code_hash", "clerk_user_id"}


@dataclass
class Planted:
    """The schools, and for each role (None: nobody signed in) the words that no answer may hold."""

    world: World
    words: dict[Role | None, frozenset[str]] = field(default_factory=dict)
    tokens: dict[Role | None, str] = field(default_factory=dict)

    @property
    def secrets(self) -> set[str]:
        """What is kept of passwords, sessions and links."""
        rows = [row for rows in self.world.rows.values() for row in rows.values()]
        found = {str(row.values[name]).lower() for row in rows for name in SECRETS & row.values.keys() if row.values[name]}
        return {each for each in found if len(each) > 8} | {each.lower() for each in self.tokens.values()}

    @property
    def keys(self) -> list[str]:
        """Keys of rows of both schools."""
        return [key for rows in self.world.rows.values() for key in rows]

    def told(self, role: Role | None, answer: str) -> list[str]:
        """What an answer tells that this role may not know."""
        lowered = answer.lower()
        found = [CANARY] if CANARY in lowered else []
        return found + [word for word in self.words[role] if word in lowered]


def plant() -> Planted:
    """Make the schools in the database that the environment names, and plant the words."""
    with engine().begin() as connection:
        world = make_world(connection)
        for name, table in Base.metadata.tables.items():
            _mark(connection, world, name, table)
    with engine().connect() as connection:
        read_rows(world, connection, *world.rows)
    planted = Planted(world)
    for role in (None, *Role):
        planted.words[role] = frozenset(_secret(world, role))
    for each in Role:
        planted.tokens[each] = str(redeem(issue_ticket(world.people[each.value], each)))
    return planted


def _mark(connection: Any, world: World, name: str, table: Any) -> None:
    """Put the canary into every plain text of the other school's rows."""
    if model_of(name).__append_only__ or name in {"trail_values", "journal_entries", "journal_entry_lines"}:
        return
    school = table.c.id if name == "organizations" else table.c.get("organization_id")
    texts = [each for each in table.columns if type(each.type) in {types.ShortText, types.LongText} and not each.unique]
    for column in texts if school is not None else ():
        if (column.type.length or 99) > 20:
            word = literal(f"{CANARY} ").concat(func.substr(table.c.id, -6))
            point = connection.begin_nested()
            try:
                connection.execute(update(table).where(school != world.id, column.is_not(None)).values({column.name: word}))
                point.commit()
            except IntegrityError:  # a rule of the table's own; other columns hold the word
                point.rollback()


def _secret(world: World, role: Role | None) -> Iterable[str]:
    """Values that this role never sees, long enough to be known again; no key of the school's own: another table may tell it."""
    own = {row.key for rows in world.rows.values() for row in rows.values() if world.is_ours(row)}
    for table, rows in world.rows.items():
        masked = [each.masked for each in expected()[table][role] if "R" in each.actions] if role else []
        never = frozenset.intersection(*masked) if masked else frozenset()
        for row in rows.values():
            for name, value in row.values.items():
                if (
                    (name in SECRETS or (name in never and world.is_ours(row) and value not in own))
                    and isinstance(value, str)
                    and len(value) > 8
                ):
                    yield value.lower()
            if not world.is_ours(row):
                yield row.key.lower()


def readable(world: World, role: Role, table: str) -> int:
    """How many rows of a table the page of rights lets a role read."""
    entries = [each for each in expected()[table][role] if "R" in each.actions]
    rows = world.rows[table].values()
    return sum(any(world.is_of_kind(each.rows, role, row) for each in entries) for row in rows)

"""What is done to a person's way of signing in, noted in the trail: who did it to whose, and when; no value, no secret."""

from sqlalchemy import Connection

from domain.access.actor import Actor
from domain.access.trail.writing import Change, Record, append


def note_access(connection: Connection, actor: Actor, action: str, table: str, *, person: str) -> None:
    """Write an entry about a person, by their key, for a table of what signing in keeps: "C", "U" or "D".

    The transaction must hold the write lock.
    """
    append(connection, actor, [Change(action, table, (Record(person),))])

"""What the scopes mean that memory graphs decide."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.memory.models import MemoryGraph


def own_graph(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the student's own memory graph."""
    table: Any = MemoryGraph.__table__
    assert isinstance(table, Table)
    found: ColumnElement[bool] = column.in_(select(table.c.id).where(table.c.student_id == actor.user_id))
    return found


SCOPES: dict[str, Scope] = {"own_graph": own_graph}

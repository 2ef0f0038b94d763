"""What the scopes mean that conversations decide."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.supervision.models import ChatSession


def own_chat(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the student's own conversations."""
    table: Any = ChatSession.__table__
    assert isinstance(table, Table)
    found: ColumnElement[bool] = column.in_(select(table.c.id).where(table.c.student_id == actor.user_id))
    return found


SCOPES: dict[str, Scope] = {"own_chat": own_chat}

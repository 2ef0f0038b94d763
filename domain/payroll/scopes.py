"""What the scopes mean that payrolls decide."""

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.payroll.models import StaffPayroll


def anothers_payroll(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows in someone else's name that are part of someone else's payroll: nobody pays themselves under another name."""
    table: Any = StaffPayroll.__table__
    assert isinstance(table, Table)
    own = select(table.c.id).where(table.c.user_id == actor.user_id)
    return and_(column.table.c.user_id != actor.user_id, column.not_in(own))


SCOPES: dict[str, Scope] = {"anothers_payroll": anothers_payroll}

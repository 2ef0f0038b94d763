"""What the scopes mean that invoices decide."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.financial.models import Invoice


def own_invoice(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of invoices that the person pays."""
    table: Any = Invoice.__table__
    assert isinstance(table, Table)
    found: ColumnElement[bool] = column.in_(select(table.c.id).where(table.c.payer_id == actor.user_id))
    return found


SCOPES: dict[str, Scope] = {"own_invoice": own_invoice}

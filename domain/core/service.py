"""What the school does with its people beyond writing rows."""

from sqlalchemy import Table, insert, select

from domain.access.trail.writing import note
from domain.access.uow import ScopedSession
from domain.core.models import User, UserRole
from domain.db.base import Base
from domain.kit.ids import new_id


def keep_role_held(session: ScopedSession, record: Base, _action: str) -> None:
    """The role that a person starts in is always among the roles that they hold.

    It follows from the person's own row, which the actor was allowed to write; so it asks for no right of its own.
    """
    assert isinstance(record, User)
    table = UserRole.__table__
    assert isinstance(table, Table)
    held = select(table.c.id).where(table.c.user_id == record.id, table.c.role == record.role)
    if session.connection().execute(held).first() is None:
        values = {"id": new_id(), "organization_id": record.organization_id, "user_id": record.id, "role": record.role}
        session.connection().execute(insert(table).values(**values))
        note(session, "C", UserRole, [(values["id"], None, values)])

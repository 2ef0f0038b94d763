"""Who belongs to classes, for telling them: below the actor's own rights, since it is the program that tells."""

from collections.abc import Collection

from sqlalchemy import Table, select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.queries import holding
from domain.db.base import Base
from domain.kit.errors import InvalidInput, Problem
from domain.kit.texts import N_
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import Enrollment, SchoolClass

NO_TEACHER = N_("Please choose someone who teaches at the school.")


def people_of(session: ScopedSession, classes: Collection[str]) -> dict[str, list[str]]:
    """By class, the keys of its active students and of its teacher."""
    enrollments, table, school = _table(Enrollment), _table(SchoolClass), session.actor.organization_id
    students = select(enrollments.c.class_id, enrollments.c.user_id).where(
        enrollments.c.organization_id == school,
        enrollments.c.class_id.in_(list(classes)),
        enrollments.c.status == EnrollmentStatus.ACTIVE,
    )
    teachers = select(table.c.id, table.c.teacher_id).where(table.c.organization_id == school, table.c.id.in_(list(classes)))
    found: dict[str, list[str]] = {}
    for wanted in (students, teachers):
        for class_id, person in session.connection().execute(wanted):
            if person:
                found.setdefault(class_id, []).append(person)
    return found


def require_teacher(session: ScopedSession, key: str | None, *, field: str = "teacher_id") -> None:
    """Raise InvalidInput at the field unless this is nobody, or someone active who holds the role of a teacher."""
    if key is not None and session.scalar(select(User.id).where(User.id == key, holding((Role.TEACHER,)))) is None:
        raise InvalidInput([Problem(field, NO_TEACHER)])


def _table(model: type[Base]) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found

"""What the scopes mean that classes decide: a teacher's classes and their students, a student's and a child's classes.

A session that someone gives as a substitute counts as a class of their own, from when it is given to them until a week after it:
they read the class and its students, and write that session's roll.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from domain.access.actor import Actor
from domain.access.grants import Scope
from domain.core.scopes import children_of
from domain.kit.clock import today
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import ClassSession, Enrollment, SchoolClass

SUBSTITUTE_FOR = timedelta(days=7)  # after the session: time to write down who was there


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def _taught(actor: Actor) -> Any:
    classes = _table(SchoolClass)
    return select(classes.c.id).where(classes.c.organization_id == actor.organization_id, classes.c.teacher_id == actor.user_id)


def _substituted(actor: Actor, column: str) -> Any:
    """Of the sessions that the person gives as a substitute, and that aren't long past, a column."""
    sessions = _table(ClassSession)
    return select(sessions.c[column]).where(
        sessions.c.organization_id == actor.organization_id,
        sessions.c.teacher_id == actor.user_id,
        sessions.c.date >= today(actor.zone) - SUBSTITUTE_FOR,
    )


def _classes_of(actor: Actor, students: Any) -> Any:
    enrollments = _table(Enrollment)
    active = (enrollments.c.organization_id == actor.organization_id, enrollments.c.status == EnrollmentStatus.ACTIVE)
    return select(enrollments.c.class_id).where(*active, students(enrollments.c.user_id))


def own_class(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the classes that the person teaches."""
    found: ColumnElement[bool] = column.in_(_taught(actor))
    return found


def led_class(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the classes that the person teaches, or gives a session of as a substitute."""
    return or_(column.in_(_taught(actor)), column.in_(_substituted(actor, "class_id")))


def substituted_session(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the sessions that the person gives as a substitute."""
    found: ColumnElement[bool] = column.in_(_substituted(actor, "id"))
    return found


def own_class_session(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of sessions of the classes that the person teaches."""
    sessions = _table(ClassSession)
    found: ColumnElement[bool] = column.in_(select(sessions.c.id).where(sessions.c.class_id.in_(_taught(actor))))
    return found


def class_student(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of students who are enrolled in a class that the person teaches, or gives a session of as a substitute."""
    enrollments = _table(Enrollment)
    led = led_class(actor, enrollments.c.class_id)
    students = select(enrollments.c.user_id).where(enrollments.c.status == EnrollmentStatus.ACTIVE, led)
    found: ColumnElement[bool] = column.in_(students)
    return found


def enrolled_class(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the classes that the person is enrolled in."""
    found: ColumnElement[bool] = column.in_(_classes_of(actor, lambda student: student == actor.user_id))
    return found


def child_class(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Rows of the classes that the person's children are enrolled in."""
    found: ColumnElement[bool] = column.in_(_classes_of(actor, lambda student: student.in_(children_of(actor))))
    return found


SCOPES: dict[str, Scope] = {
    "own_class": own_class,
    "led_class": led_class,
    "substituted_session": substituted_session,
    "own_class_session": own_class_session,
    "class_student": class_student,
    "enrolled_class": enrolled_class,
    "child_class": child_class,
}

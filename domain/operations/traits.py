"""What a mark is told apart by through its session: the day, the weekday, the class, its level, and who taught."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select

from domain.db.types import Day, Key, Weekday
from domain.kit.texts import N_
from domain.operations.history import who_taught
from domain.operations.models import Attendance, ClassSession, SchoolClass
from domain.records.traits import Asked, Trait, trait_field

WHO_TAUGHT: Any = who_taught()
"""Who stood in, else the class's own teacher."""
WEEKDAY: Any = cast(func.strftime("%w", ClassSession.date), Integer)
"""0 for Sunday up to 6 for Saturday."""


def _of_session(asked: Asked, value: Any) -> ColumnElement[bool]:
    theirs = select(ClassSession.id).join(SchoolClass, SchoolClass.id == ClassSession.class_id)
    return Attendance.session_id.in_(theirs.where(asked(value)))


MARKS = (
    Trait(
        trait_field("day", N_("Day of the session"), Day()),
        lambda asked: _of_session(asked, ClassSession.date),
        ((ClassSession, "date"),),
    ),
    Trait(
        trait_field("weekday", N_("Weekday"), Weekday()),
        lambda asked: _of_session(asked, WEEKDAY),
        ((ClassSession, "date"),),
    ),
    Trait(
        trait_field("class_id", N_("Class"), Key(), target="classes"),
        lambda asked: _of_session(asked, ClassSession.class_id),
        ((ClassSession, "class_id"),),
    ),
    Trait(
        trait_field("level_id", N_("Level"), Key(), target="levels"),
        lambda asked: _of_session(asked, SchoolClass.level_id),
        ((ClassSession, "class_id"), (SchoolClass, "level_id")),
    ),
    Trait(
        trait_field("teacher_id", N_("Teacher"), Key(), target="users", roles=("teacher",)),
        lambda asked: _of_session(asked, WHO_TAUGHT),
        ((ClassSession, "teacher_id"), (SchoolClass, "teacher_id")),
    ),
)

"""What people's records are asked for."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from domain.access.roles import Role
from domain.core.models import User, UserRole
from domain.records.figures import Question
from domain.records.query import Filter


def active_students() -> Question:
    """People who start as students and may sign in."""
    return Question("users", (Filter("role", values=(Role.STUDENT,)), Filter("is_active", values=(True,))))


def holding(roles: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a person is active and holds one of these roles, be it not the one that they start in."""
    wanted = [Role(role) for role in roles]
    held = select(UserRole.user_id).where(UserRole.role.in_(wanted))
    return User.is_active & or_(User.role.in_(wanted), User.id.in_(held))

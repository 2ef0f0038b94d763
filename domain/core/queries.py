"""What people's records are asked for."""

from domain.access.roles import Role
from domain.records.figures import Question
from domain.records.query import Filter


def active_students() -> Question:
    """People who start as students and may sign in."""
    return Question("users", (Filter("role", values=(Role.STUDENT,)), Filter("is_active", values=(True,))))

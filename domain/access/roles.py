"""The six roles. Every right is asked of one of them."""

from domain.db.types import Choice
from domain.kit.texts import N_


class Role(Choice):
    """What a person is at the school; a person may hold several, the app shows one at a time."""

    STUDENT = "student", N_("Student")
    TEACHER = "teacher", N_("Teacher")
    PARENT = "parent", N_("Parent")
    STAFF = "staff", N_("Reception")
    SCHOOL = "school", N_("Coordination")
    OWNER = "owner", N_("Owner")

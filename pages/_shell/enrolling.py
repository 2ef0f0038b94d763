"""From a student's record to their enrolments: what they are in, and what can be done about it."""

from domain.access.roles import Role
from domain.kit.texts import _
from pages._shell.catalog import Link
from pages._shell.navigate import page_link


def offer(user_id: str, role: object) -> None:
    """The link at a student's record; nothing at anyone else's, or where the actor enrols nobody."""
    if role == Role.STUDENT:
        page_link(Link("enrolment", {"person": user_id}), label=_("Enrol, move or end"), icon="person_add")

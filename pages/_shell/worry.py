"""From a student's record to where one tells the school about them."""

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.kit.texts import _
from pages._shell.catalog import Link
from pages._shell.navigate import page_link

STUDENT = "student"


def offer(actor: Actor, user_id: str, role: object) -> None:
    """The link at a student's record; nothing at anyone else's, or where the actor raises no alerts."""
    if role == Role.STUDENT:
        about = {} if actor.role is Role.STUDENT else {STUDENT: user_id}
        page_link(Link("care", about), label=_("Tell the school"), icon="volunteer_activism")

"""A small school where alerts are raised, released and contested: short ways to do so, and what each person then finds."""

from sqlalchemy import select

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.db.engine import engine
from domain.supervision.enums import AlertLevel, HomeConcern
from domain.supervision.models import SafetyAlert
from domain.supervision.raising import raise_alert
from domain.supervision.releasing import release
from domain.supervision.service import acknowledge
from tests.conftest import School
from tests.factories.rows import Rows

REASON = "She cried after class and wouldn't say why."
MESSAGE = "We noticed that Sofia is quieter than usual. Please call us."


def raised(school: School, role: Role | str, *, home: HomeConcern = HomeConcern.NO, level: AlertLevel = AlertLevel.ORANGE) -> str:
    """An alert about the school's student, raised by its person of a role."""
    with unit_of_work(school.actor(role)) as session:
        return raise_alert(session, school.people[Role.STUDENT], level=level, reason=REASON, home=home)


def checked(school: School, *, seen: bool, level: str = "yellow") -> str:
    """An alert of the automatic checks about the school's student."""
    with engine().begin() as connection:
        key = Rows(connection, school.id).add(
            "safety_alerts", student_id=school.people[Role.STUDENT], detected_by="auditor", level=level, reason="Rule: falling."
        )
    if seen:
        with unit_of_work(school.actor("school")) as session:
            acknowledge(session, key, "Looked", "I will talk with her.")
    return key


def released(school: School, key: str, guardian: str | None = None) -> None:
    """Let a guardian know, as the school's supervisor."""
    with unit_of_work(school.actor("school")) as session:
        release(session, key, guardian or school.people[Role.PARENT], message=MESSAGE, reason="She asked us to.")


def found(actor: Actor) -> set[str]:
    """The alerts that somebody finds."""
    with reading(actor) as session:
        return set(session.scalars(select(SafetyAlert.id)))


def person(school: School, *roles: str, **given: object) -> Actor:
    """Another person of the school, acting in the first of these roles."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        key = rows.add("users", role=roles[0], **given)
        for role in roles:
            rows.add("user_roles", user_id=key, role=role)
    held = tuple(Role(role) for role in roles)
    return Actor(organization_id=school.id, user_id=key, role=held[0], roles=held)


def guards(school: School, user_id: str, **given: object) -> None:
    """Make someone a guardian of the school's student."""
    with engine().begin() as connection:
        Rows(connection, school.id).add(
            "families", parent_id=user_id, child_id=school.people[Role.STUDENT], relationship="father", **given
        )

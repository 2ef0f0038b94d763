"""What the tests of enrolment stand on: a term that runs now, classes in it with a week, students."""

import datetime as dt
from typing import Any

from sqlalchemy import select, update

from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import User
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.clock import now
from domain.operations import enrolment, waiting
from domain.operations.models import Enrollment, Schedule, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.records import write
from tests.conftest import School

MONDAY, TUESDAY = 1, 2


class Enrolling:
    """A school in the middle of a term."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.staff, self.coordination = school.actor(Role.STAFF), school.actor(Role.SCHOOL)
        today = now().date()
        self.term = self.make(Term, name="now", start_date=today - dt.timedelta(60), end_date=today + dt.timedelta(60))
        self.next_term = self.make(Term, name="next", start_date=today + dt.timedelta(70), end_date=today + dt.timedelta(170))
        self.over = self.make(Term, name="over", start_date=today - dt.timedelta(200), end_date=today - dt.timedelta(70))

    def make(self, model: Any, **values: Any) -> str:
        with unit_of_work(self.school.job) as session:
            return write.create(session, model, values).id

    def klass(self, name: str, *, places: int = 2, day: int = MONDAY, hour: int = 8, **given: Any) -> str:
        values = {"term_id": self.term, "level_id": self.school.level, "name": name, "max_students": places, **given}
        key = self.make(SchoolClass, **values)
        times = {"start_time": dt.time(hour), "end_time": dt.time(hour + 1, 30)}
        self.make(Schedule, class_id=key, day_of_week=day, **times)
        return key

    def student(self, name: str) -> str:
        return self.make(User, first_name=name, last_name="Reis", role=Role.STUDENT, birth_date=dt.date(2010, 3, 1))

    def full_class(self, name: str = "Full", *, places: int = 2, **given: Any) -> tuple[str, list[str]]:
        """A class without a free seat, and the keys of its enrolments."""
        key = self.klass(name, places=places, **given)
        return key, [self.enrol(self.student(f"{name}{at}"), key) for at in range(places)]

    def enrol(self, student: str, class_id: str, **how: Any) -> str:
        with unit_of_work(how.get("actor", self.staff)) as session:
            return enrolment.enrol(session, student, class_id).id

    def join(self, student: str, class_id: str) -> str:
        with unit_of_work(self.staff) as session:
            return waiting.join(session, student, class_id).id

    def drop(self, enrollment_id: str) -> None:
        with unit_of_work(self.coordination) as session:
            enrolment.drop(session, enrollment_id, "Moved away.")

    def entry(self, key: str) -> WaitingEntry:
        with reading(self.staff) as session:
            return session.scalars(select(WaitingEntry).where(WaitingEntry.id == key)).one()

    def enrolment(self, key: str) -> Enrollment:
        with reading(self.staff) as session:
            return session.scalars(select(Enrollment).where(Enrollment.id == key)).one()

    def active(self, class_id: str) -> set[str]:
        with reading(self.staff) as session:
            rows = select(Enrollment.user_id).where(Enrollment.class_id == class_id, Enrollment.status == "active")
            return set(session.scalars(rows))

    def let_lapse(self, entry_id: str) -> None:
        """Let an offer's time run out: nothing is written that could notice it."""
        table, ago = model_of("waiting_entries").__table__, now() - dt.timedelta(minutes=1)
        with engine().begin() as connection:
            connection.execute(update(table).where(table.c.id == entry_id).values(offer_ends_at=ago))

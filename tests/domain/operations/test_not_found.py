"""What isn't there is not found, whichever service is asked for it: never an error of the program, never a success."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from domain.access.roles import Role
from domain.access.uow import ScopedSession, reading, unit_of_work
from domain.core import pictures
from domain.core.closing_service import open_on
from domain.exchange.printing.week import week_timetable
from domain.kit.errors import NotFound
from domain.kit.ids import new_id
from domain.operations import enrolment, waiting
from domain.operations.attendance import mark_all_present
from domain.operations.enrolment_queries import rolling_class
from domain.operations.enums import CalendarKind
from domain.operations.models import SchoolClass
from domain.operations.planning_models import ClashPermit
from domain.operations.planning_queries import place_of, term_at
from domain.operations.timetable import allow_standing, found_in, timetable_of
from domain.records import write
from tests.conftest import School
from tests.domain.operations.conftest import Week

NO_KEYS = ("", "x", new_id(), "\ud800")  # the last is nothing that a database could be asked for
ASKED: tuple[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]], ...] = (
    (mark_all_present, (), {}),
    (enrolment.wishes, ([],), {}),
    (enrolment.drop, ("Moved away.",), {}),
    (enrolment.roll_over, ({}, []), {"finish": False}),
    (waiting.withdraw, (), {}),
)
"""Each, what is given after the key, and by name."""


def test_who_asks_for_what_is_no_key_or_nobodys_is_told_that_it_is_not_there(school: School) -> None:
    for what, given, named in ASKED:
        for key in NO_KEYS:
            with pytest.raises(NotFound), unit_of_work(school.actor(Role.SCHOOL)) as session:
                what(session, key, *given, **named)
    for ask in (rolling_class, place_of, pictures.remove, lambda at, key: week_timetable(at, CalendarKind.ROOM, key)):
        for key in NO_KEYS[:-1]:
            with pytest.raises(NotFound), unit_of_work(school.actor(Role.SCHOOL)) as session:
                ask(session, key)


def test_a_day_on_which_the_settings_close_nothing_is_not_opened(school: School) -> None:
    with pytest.raises(NotFound), unit_of_work(school.actor(Role.SCHOOL)) as session:
        open_on(session, dt.date(2026, 3, 4))


def test_nothing_is_allowed_but_a_clash_that_would_be_refused(week: Week) -> None:
    coordination = week.school.actor(Role.SCHOOL)
    with unit_of_work(coordination) as session:
        write.update_many(session, SchoolClass, [week.english], {"max_students": 1})  # Sofia's: so it is full, which is no clash

    def term(session: ScopedSession) -> Any:
        return term_at(session, week.school.term)

    with reading(coordination) as session:
        [full] = found_in(timetable_of(session, term(session)), week.school.term)
    assert full.kind == "nearly_full"
    for key in (full.key, "room_twice:x"):
        with pytest.raises(NotFound), unit_of_work(coordination) as session:
            allow_standing(session, term(session), key, "We know.")
    with reading(coordination) as session:
        assert session.query(ClashPermit).count() == 0

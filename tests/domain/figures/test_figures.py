"""Figures from a real database: whose they are, what they count, and what they never let through."""

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.figures import Fact, countable, people
from domain.access.roles import Role
from domain.access.uow import reading
from domain.core.models import Organization
from domain.db.engine import engine
from domain.figures import facts, questions
from domain.figures.questions import QUESTIONS, Answer, figures, stars_of_class
from domain.figures.rules import Band
from domain.kit.errors import NotAllowed, WrongScope
from domain.operations.models import Attendance, Enrollment
from domain.supervision.models import ChatMessage
from domain.toolbox.models import KnowledgeNode
from tests.conftest import School
from tests.factories.rows import Rows

NOW = dt.datetime(2026, 8, 20, 15, 0, tzinfo=dt.UTC)
IN_MARCH = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _august(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (questions, facts):
        monkeypatch.setattr(module, "today", lambda zone: NOW.astimezone(zone).date())


@pytest.fixture
def rows(school: School) -> Iterator[Rows]:
    with engine().begin() as connection:
        yield Rows(connection, school.id)


def ask(actor: Actor) -> dict[str, Answer]:
    with reading(actor) as session:
        return figures(session)[1]


def told(answer: Answer) -> list[tuple[str, tuple[str, ...], int]]:
    return [(each.moment, tuple(map(str, each.groups)), each.at_least) for each in answer.figures]


def students(school: School, count: int) -> list[str]:
    with engine().begin() as connection:
        return [Rows(connection, school.id).add("users", role="student") for _each in range(count)]


def add(school: School, table: str, **values: object) -> str:
    with engine().begin() as connection:
        return Rows(connection, school.id).add(table, **values)


def test_attendance_is_told_by_month_with_the_mean_of_its_students(school: School) -> None:
    march, february = (add(school, "sessions", class_id=school.klass, date=dt.date(2026, month, 9)) for month in (3, 2))
    for at, student in enumerate(students(school, 6)):
        add(school, "attendance", session_id=march, user_id=student, status="present" if at else "absent")
        if at < 4:
            add(school, "attendance", session_id=february, user_id=student, status="present")
    found = ask(school.actor(Role.OWNER))["attendance"]
    assert told(found)[:2] == [("2026-02", ("",), 0), ("2026-03", ("",), 5)]
    assert [each.share for each in found.figures[:2]] == [None, Band(80, 100)]  # five of six
    assert found.moments[-1] == "2026-07"


def test_this_month_is_told_when_it_is_over(school: School) -> None:
    for student in students(school, 9):
        add(school, "placements", user_id=student, tested_at=NOW, score=40)
    assert ask(school.actor(Role.OWNER))["placements"].figures == ()


def test_alerts_are_told_by_month_and_level_and_small_levels_together(school: School) -> None:
    for at, student in enumerate(students(school, 13)):
        add(school, "safety_alerts", student_id=student, level="yellow" if at < 7 else "orange", detected_at=IN_MARCH)
    found = ask(school.actor(Role.OWNER))["alerts"]
    assert [each for each in told(found) if each[0] == "2026-03"] == [
        ("2026-03", ("yellow",), 5),
        ("2026-03", ("green", "orange", "red"), 5),
    ]


def test_enrolments_are_told_by_level_a_month_into_the_term_and_by_month(school: School) -> None:
    for student in students(school, 7):
        add(school, "enrollments", user_id=student, class_id=school.klass, enrolled_at=IN_MARCH - dt.timedelta(days=20))
    late = students(school, 5)
    for student in late:
        add(school, "enrollments", user_id=student, class_id=school.klass, enrolled_at=IN_MARCH)
    found = ask(school.actor(Role.OWNER))
    (level,) = found["levels"].figures
    assert (level.groups, level.at_least) == ((school.level,), 5)  # the term began on 2 February: taken on 4 March
    assert [each[2] for each in told(found["enrolled"])] == [5, 10, 10, 10, 10, 10]  # from February to July


def test_how_places_ended_is_told_a_month_after_the_term(school: School) -> None:
    ended = dict.fromkeys(students(school, 10), "completed") | dict.fromkeys(students(school, 6), "dropped")
    for student, status in ended.items():
        left = IN_MARCH if status == "dropped" else None
        add(
            school,
            "enrollments",
            user_id=student,
            class_id=school.klass,
            status=status,
            dropped_at=left,
            enrolled_at=IN_MARCH - dt.timedelta(days=9),
        )
    found = ask(school.actor(Role.OWNER))["endings"]
    assert [(names, count) for _term, names, count in told(found)] == [
        (("completed",), 10),
        (("active", "dropped", "transferred"), 5),
    ]


def test_the_toolbox_is_told_by_tool_and_month(school: School) -> None:
    for at, student in enumerate(students(school, 8)):
        add(school, "todos", user_id=student, created_at=IN_MARCH)
        if at < 5:
            add(school, "annotations", user_id=student, created_at=IN_MARCH)
        if at < 4:
            add(school, "graveyard_ideas", user_id=student, created_at=IN_MARCH)
    found = {each.groups[0]: each.at_least for each in ask(school.actor(Role.OWNER))["toolbox"].at("2026-03")}
    assert (found["todos"], found["annotations"], found["graveyard_ideas"], found["student_prompts"]) == (5, 5, 0, 0)


def test_wellbeing_and_mood_are_told_as_means_of_those_who_have_any(school: School) -> None:
    for at, student in enumerate(students(school, 20)):
        said = {"mood": "great"} if at < 5 else None
        add(school, "wellbeing_snapshots", student_id=student, engagement_score=0.55, emotional_indicators=said)
    found = ask(school.actor(Role.OWNER))
    assert [(each.at_least, each.share) for each in found["wellbeing"].at("2026-03")] == [(20, Band(50, 60))]
    assert [(each.at_least, each.share) for each in found["mood"].at("2026-03")] == [(5, Band(80, 100))]


def test_the_schools_own_clock_says_which_month_it_was(school: School) -> None:
    late_in_march = dt.datetime(2026, 4, 1, 1, 0, tzinfo=dt.UTC)  # 22:00 on 31 March in São Paulo
    for student in students(school, 5):
        add(school, "placements", user_id=student, tested_at=late_in_march)
    assert told(ask(school.actor(Role.OWNER))["placements"])[0] == ("2026-03", ("",), 5)


def test_another_schools_people_are_not_counted(school: School, rows: Rows) -> None:
    elsewhere = Rows(rows.connection)
    for _each in range(9):
        elsewhere.add("placements", user_id=elsewhere.add("users", role="student"), tested_at=IN_MARCH)
    rows.connection.commit()
    assert ask(school.actor(Role.OWNER))["placements"].figures == ()


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.OWNER])
def test_the_schools_figures_are_the_owners_alone(role: Role, school: School) -> None:
    with reading(school.actor(role)) as session, pytest.raises(NotAllowed):
        figures(session)
    assert all(
        not decide(school.actor(role), "A", table) for each in QUESTIONS for table in each.tables if table != "knowledge_nodes"
    )


def test_who_may_count_a_table_reads_no_row_of_it(school: School) -> None:
    add(school, "attendance")
    with reading(school.actor(Role.OWNER)) as session:
        assert session.scalars(select(Attendance)).all() == []


def test_what_may_neither_be_counted_nor_read_is_refused_at_the_door(school: School) -> None:
    with pytest.raises(NotAllowed):
        countable(school.actor(Role.OWNER), ChatMessage)
    with pytest.raises(WrongScope):
        countable(school.actor(Role.OWNER), Organization)  # which is a school, and no school's


def test_only_countable_rows_pass_the_door_and_no_words_of_sql(school: School) -> None:
    owner = school.actor(Role.OWNER)
    allowed, bare = countable(owner, Enrollment).c, Enrollment.__table__.c
    for columns in ([bare.user_id], [allowed.user_id, bare.status], [allowed.user_id, text("'x'")]):
        with reading(owner) as session, pytest.raises(WrongScope):
            people(session, select(*columns))


def test_of_stars_a_teacher_finds_those_of_their_students_at_the_door_and_no_others(school: School) -> None:
    theirs, strangers = class_of(school, 2), students(school, 3)
    for student in (*theirs, *strangers):
        add(school, "knowledge_nodes", user_id=student, created_at=IN_MARCH)
    teacher = school.actor(Role.TEACHER)
    found = countable(teacher, KnowledgeNode)
    with reading(teacher) as session:
        assert set(session.connection().execute(select(found.c.user_id)).scalars()) == set(theirs)


def test_nobody_has_a_name_behind_the_door(school: School) -> None:
    add(school, "placements", user_id=school.people[Role.STUDENT], tested_at=IN_MARCH, score=70)
    with reading(school.actor(Role.OWNER)) as session:
        assert people(session, facts.placements(session.actor)) == [(Fact("2026-03", "", 0.7),)]


def class_of(school: School, count: int) -> list[str]:
    found = students(school, count)
    for student in found:
        add(school, "enrollments", user_id=student, class_id=school.klass, enrolled_at=IN_MARCH)
    return found


def stars(school: School, role: Role = Role.TEACHER, klass: str = "") -> list[tuple[str, tuple[str, ...], int]]:
    with reading(school.actor(role)) as session:
        return told(stars_of_class(session, klass or school.klass))


def test_a_teacher_sees_how_many_of_a_class_have_stars_and_which_kinds_five_share(school: School) -> None:
    for at, student in enumerate(class_of(school, 7)):
        add(school, "knowledge_nodes", user_id=student, category="Science ", created_at=IN_MARCH)
        if at < 4:
            add(school, "knowledge_nodes", user_id=student, category="My secret", created_at=IN_MARCH)
    found = stars(school)
    assert [each for each in found if each[0] == "2026-07"] == [("2026-07", ("",), 5), ("2026-07", ("science",), 5)]
    assert "secret" not in str(found)


def test_a_class_of_four_is_told_nothing_of(school: School) -> None:
    for student in class_of(school, 4):
        add(school, "knowledge_nodes", user_id=student, category="science", created_at=IN_MARCH)
    assert {count for _month, _kinds, count in stars(school)} == {0}


def test_a_colleagues_class_has_no_stars_for_a_teacher(school: School) -> None:
    klass = add(school, "classes", teacher_id=add(school, "users", role="teacher"), term_id=school.term, level_id=school.level)
    for student in class_of(school, 6):
        add(school, "knowledge_nodes", user_id=student, created_at=IN_MARCH)
        add(school, "enrollments", user_id=student, class_id=klass, enrolled_at=IN_MARCH)
    assert stars(school, klass=klass) == []


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.TEACHER])
def test_a_classs_stars_are_its_teachers_and_nobody_elses_to_count(role: Role, school: School) -> None:
    with pytest.raises(NotAllowed):
        stars(school, role)

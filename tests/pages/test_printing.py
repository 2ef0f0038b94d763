"""Pages to print: what stands on them, read back by other code than what wrote it, and who gets them."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.core.models import User
from domain.db.engine import engine
from domain.exchange.printing.week import Block, side_by_side
from domain.kit.ids import new_id
from domain.operations.models import Attendance, ClassSession, Enrollment, Schedule, Term
from domain.records import write
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.browser import Browser
from tests.pages.files import get, token_of, told

MARCH = dt.date(2026, 3, 1)


def page(path: str, token: str | None) -> str:
    """All words of a printed file."""
    answer = get(path, token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages)


@pytest.fixture
def month(school: School) -> list[str]:
    """Two sessions in March and one in April, attendance taken at the first; the class meets on Tuesdays."""
    at = {"class_id": school.klass, "start_time": dt.time(14), "end_time": dt.time(15, 30)}
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        session.get(Term, school.term).end_date = dt.date(2099, 7, 3)
        write.create(session, Schedule, {**at, "day_of_week": 2})
        days = (dt.date(2026, 3, 3), dt.date(2026, 3, 10), dt.date(2026, 4, 7))
        keys = [write.create(session, ClassSession, {**at, "date": day}).id for day in days]
        values = {"session_id": keys[0], "user_id": school.people[Role.STUDENT], "status": "late"}
        session.add(Attendance(**values))
    return keys


def enrolled_since(school: School, sql: Callable[..., Any], moment: str) -> None:
    sql("UPDATE enrollments SET enrolled_at = ?", moment)


def test_a_class_list_names_its_students_and_where_they_meet(school: School, month: list[str], sql: Callable[..., Any]) -> None:
    enrolled_since(school, sql, "2026-02-02 12:00:00.000000")
    said = page(f"/print/class-list/{school.klass}.pdf", token_of(school, "teacher"))
    for words in ("Escola Aurora", "English A1", "Class list", "Sofia Lima", "02/02/2026", "Sala 1", "Tuesday 14:00–15:30"):
        assert words in said
    assert "1 student, 12 places" in said
    assert "Lista da turma" in page(f"/print/class-list/{school.klass}.pdf?lang=pt_BR", token_of(school, "teacher"))


def test_a_months_sheet_has_a_column_for_each_session_and_the_marks_that_were_made(
    school: School, month: list[str], sql: Callable[..., Any]
) -> None:
    enrolled_since(school, sql, "2026-02-02 12:00:00.000000")
    said = page(f"/print/attendance/{school.klass}/2026-03.pdf", token_of(school, "school"))
    lines = said.splitlines()
    assert any(line.split() == ["Student", "Tue", "03", "Tue", "10"] for line in lines), lines
    assert any(line.split() == ["Sofia", "Lima", "+"] for line in lines), lines
    assert "07" not in said.split("Sofia")[0].split("Student")[1], "April is on its own sheet"
    empty = page(f"/print/attendance/{school.klass}/2026-05.pdf", token_of(school, "school"))
    assert "No session of this class meets in this month." in empty


def test_who_left_before_a_month_isnt_on_its_sheet_and_who_left_in_it_is(
    school: School, month: list[str], sql: Callable[..., Any]
) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        for name, left in (("Bento", "2026-02-20"), ("Carla", "2026-03-20"), ("Davi", None)):
            person = write.create(session, User, {"first_name": name, "last_name": "Reis", "role": "student"}).id
            values: dict[str, Any] = {"user_id": person, "class_id": school.klass}
            values["enrolled_at"] = dt.datetime(2026, 2, 2, 12, tzinfo=dt.UTC)
            if left:
                values |= {"status": "dropped", "dropped_at": dt.datetime.fromisoformat(f"{left}T12:00+00:00")}
            session.add(Enrollment(**values))
    enrolled_since_april = "2026-04-02 12:00:00.000000"
    sql("UPDATE enrollments SET enrolled_at = ? WHERE user_id = ?", enrolled_since_april, school.people[Role.STUDENT])
    said = page(f"/print/attendance/{school.klass}/2026-03.pdf", token_of(school, "school"))
    assert [name for name in ("Bento", "Carla", "Davi", "Sofia") if name in said] == ["Carla", "Davi"]


def test_a_week_shows_what_its_reader_may_read(school: School, month: list[str]) -> None:
    for role in ("student", "teacher", "parent", "school"):
        said = page("/print/timetable/mine.pdf", token_of(school, role))
        assert "English A1" in said
        assert "14:00–15:30" in said
    assert "Sala 1" in page(f"/print/timetable/room/{school.room}.pdf", token_of(school, "staff"))
    said = page(f"/print/timetable/teacher/{school.people[Role.TEACHER]}.pdf", token_of(school, "staff"))
    assert "Tomás Lima" in said
    assert "Nothing meets in this week." in page(
        f"/print/timetable/teacher/{school.people[Role.OWNER]}.pdf", token_of(school, "staff")
    )


def test_a_page_on_a_door_says_whole_names_and_a_whole_school_has_a_page_for_each_room(
    school: School, month: list[str], sql: Callable[..., Any]
) -> None:
    long = "Inteligência Artificial B1 – Jovens – Fim de tarde seg./qua. (4)"
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        given = {"term_id": school.term, "level_id": school.level, "is_active": True, "max_students": 5}
        times = {"day_of_week": 1, "start_time": dt.time(14), "end_time": dt.time(14, 50)}
        for at, room in enumerate(("Ursa", "Ágata", None)):
            place = rows.add("rooms", name=room) if room else None
            teacher = rows.add("users", role="teacher", first_name="Benedito", last_name=f"Vasconcelos {at}")
            klass = rows.add("classes", name=f"{long} {at}", teacher_id=teacher, room_id=place, **given)
            rows.add("schedules", class_id=klass, **times)
            rows.add("schedules", class_id=klass, **times | {"start_time": dt.time(8), "end_time": dt.time(9)})
    said = " ".join(page("/print/timetable/mine.pdf", token_of(school, "school")).split())
    for at in range(3):
        assert said.count(f"{long} {at}") == 2
        assert f"Benedito Vasconcelos {at}" in said
    titles = ["Ágata Weekly", "Sala 1 Weekly", "Ursa Weekly", "no room yet Weekly"]
    assert [said.find(each) for each in titles] == sorted(said.find(each) for each in titles)
    assert min(said.find(each) for each in titles) > 0


def test_a_meeting_that_its_block_is_too_small_for_is_marked_and_stands_in_full_on_the_next_page(
    school: School, month: list[str], sql: Callable[..., Any]
) -> None:
    long = "Inteligência Artificial B1 – Jovens – Fim de tarde seg./qua."
    sql("UPDATE classes SET name = ?", long)
    sql("UPDATE schedules SET start_time = '14:00:00', end_time = '14:10:00'")
    token = token_of(school, "school")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        given = {"class_id": school.klass, "day_of_week": 4, "start_time": dt.time(8), "end_time": dt.time(21)}
        write.create(session, Schedule, given)
    answer = get(f"/print/timetable/class/{school.klass}.pdf", token)
    week, after = (" ".join(each.extract_text().split()) for each in PdfReader(io.BytesIO(answer.content)).pages)
    assert "…" in week
    assert f"Tuesday 14:00–14:10 {long} Tomás Lima · Sala 1" in after
    assert "08:00–21:00" not in after, "what is whole on the page isn't told twice"


def test_a_class_that_is_over_is_on_no_weeks_page(school: School, month: list[str], sql: Callable[..., Any]) -> None:
    token = token_of(school, "school")
    sql("UPDATE terms SET end_date = '2026-07-03'")
    assert "Nothing meets in this week." in page("/print/timetable/mine.pdf", token)
    sql("UPDATE terms SET end_date = '2099-07-03'")
    sql("UPDATE classes SET is_active = 0")
    assert "Nothing meets in this week." in page("/print/timetable/mine.pdf", token)


def test_who_gets_which_page(school: School, month: list[str], noted: Callable[..., Any]) -> None:
    see_students = {Role.TEACHER, Role.STAFF, Role.SCHOOL}
    for role in Role:
        token = token_of(school, role)
        for path in (f"class-list/{school.klass}", f"attendance/{school.klass}/2026-03"):
            assert (get(f"/print/{path}.pdf", token).status_code == 200) is (role in see_students), (role, path)
    assert {each["role"] for each in noted("printed")} == see_students


def test_what_is_no_page_of_theirs_gets_the_same_answer_as_what_does_not_exist(school: School, month: list[str]) -> None:
    nothing, token = told(get("/export/nothing.csv")), token_of(school, "teacher")
    for path in (
        f"class-list/{new_id()}.pdf",
        "class-list/x.pdf",
        f"class-list/{school.klass}.csv",
        f"attendance/{school.klass}/2026-13.pdf",
        f"attendance/{school.klass}/march.pdf",
        f"attendance/{new_id()}/2026-03.pdf",
        f"attendance/{school.klass}.pdf",
        f"timetable/student/{school.people[Role.STUDENT]}.pdf",
        f"timetable/class/{new_id()}.pdf",
        f"timetable/room/{school.people[Role.STUDENT]}.pdf",
        "timetable/room/x.pdf",
        "timetable.pdf",
        "x",
    ):
        assert told(get(f"/print/{path}", token)) == nothing, path
    assert told(get(f"/print/class-list/{school.klass}.pdf")) == nothing


def test_a_name_in_letters_that_the_type_lacks_and_a_very_long_one_are_printed(school: School, month: list[str]) -> None:
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        person = session.get(User, school.people[Role.STUDENT])
        person.first_name, person.last_name = "Ştefan 愛", "Albuquerque " * 7
    said = page(f"/print/attendance/{school.klass}/2026-03.pdf", token_of(school, "school"))
    assert "Ştefan ?" in said


def test_a_class_of_forty_goes_over_several_pages_with_its_heads_on_each(
    school: School, month: list[str], sql: Callable[..., Any]
) -> None:
    sql("UPDATE rooms SET capacity = 60")
    sql("UPDATE classes SET max_students = 60")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        for at in range(40):
            person = write.create(session, User, {"first_name": f"Aluno {at:02d}", "last_name": "Reis", "role": "student"}).id
            session.add(Enrollment(user_id=person, class_id=school.klass, enrolled_at=dt.datetime(2026, 2, 2, 12, tzinfo=dt.UTC)))
    answer = get(f"/print/class-list/{school.klass}.pdf", token_of(school, "school"))
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages]
    assert len(pages) == 2
    assert all("Since" in each and "English A1" in each for each in pages)
    assert "2 / 2" in pages[1]
    assert sum(each.count("Aluno") for each in pages) == 40
    answer = get(f"/print/attendance/{school.klass}/2026-03.pdf", token_of(school, "school"))
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages]
    assert len(pages) > 1
    assert all("Excused" in each and ("Aluno" in each or "Sofia" in each) for each in pages), "none holds but what signs mean"


TIMES = st.integers(8 * 60, 20 * 60).map(lambda minute: dt.time(minute // 60, minute % 60))


@given(st.lists(st.tuples(st.integers(0, 6), TIMES, TIMES), max_size=12))
def test_what_overlaps_stands_side_by_side_and_nothing_lies_on_anything(given: list[tuple[int, dt.time, dt.time]]) -> None:
    blocks = [Block(day, min(a, b), max(a, b), str(at), "") for at, (day, a, b) in enumerate(given) if a != b]
    found = side_by_side(blocks)
    assert sorted(each.title for each in found) == sorted(each.title for each in blocks)
    assert all(0 <= each.lane < each.lanes for each in found)
    for one in found:
        for other in found:
            apart = one.day != other.day or one.end <= other.start or other.end <= one.start
            if one is not other and not apart:
                assert (one.lane, one.lanes) != (other.lane, other.lanes)
                assert one.lanes == other.lanes


def test_the_class_page_leads_to_its_printed_pages(school: School, month: list[str]) -> None:
    def links(role: str) -> set[str]:
        it = Browser(school, role).follow("class", record=school.klass)
        return {each.proto.url.partition("?")[0] for each in it.at.get("link_button")}

    own = f"/print/class-list/{school.klass}.pdf"
    assert own in links("teacher")
    assert own not in links("student")

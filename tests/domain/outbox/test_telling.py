"""Telling people: who is told, in which words and language, and never for another school or for what didn't happen."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.access.accounts import table_named
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail.writing import written
from domain.access.uow import reading, unit_of_work
from domain.core.models import Organization, User
from domain.db.engine import engine
from domain.kit.errors import WrongScope
from domain.kit.texts import N_, set_language
from domain.operations.models import Room
from domain.outbox.enums import MailStatus
from domain.outbox.people import audience
from domain.outbox.queries import count, inbox
from domain.outbox.service import mark_read, tell
from domain.records import write
from domain.records.undo import undo
from tests.conftest import School
from tests.factories.mailbox import Mailbox, mailbox
from tests.factories.rows import Rows

MOVED = N_("{klass} meets on {day} at {time}: {why}")
SAID = {"klass": "English A1", "day": dt.date(2026, 3, 9), "time": dt.time(14, 30), "why": "rain {stays}"}
ABOUT = ("sessions", "01JNKQ0000000000000000000A")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server on this machine, which the environment names."""
    with mailbox() as box:
        monkeypatch.setenv("CONSTELA_SMTP_URL", f"smtp+plain://127.0.0.1:{box.port}")
        monkeypatch.setenv("CONSTELA_MAIL_FROM", "Escola Aurora <escola@escola.example>")
        monkeypatch.setenv("CONSTELA_URL", "https://escola.example/")
        yield box


def mails() -> list[Any]:
    table = table_named("outgoing_mails")
    with engine().connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.address)))


def texts(actor: Actor) -> list[str]:
    with reading(actor) as session:
        return [each.text for each in inbox(session)]


def test_a_student_is_told_and_so_is_the_guardian_who_may_see_them(school: School) -> None:
    with unit_of_work(school.actor("teacher")) as session:  # who has no right to anyone's inbox
        assert tell(session, [school.people[Role.STUDENT]], "session_moved", MOVED, SAID, about=ABOUT) == 2
    said = "English A1 meets on Mon 9 Mar at 14:30: rain {stays}"
    assert texts(school.actor("student")) == [said]
    assert texts(school.actor("parent")) == [f"Sofia: {said}"]
    assert texts(school.actor("teacher")) == texts(school.actor("school")) == []
    set_language("pt_BR")
    with reading(school.actor("parent")) as session:
        [line] = inbox(session)
    assert "seg" in line.text
    assert (line.about, line.is_read, line.title) == (ABOUT, False, "Uma aula mudou de data")


def test_who_was_told_of_what_is_undone_hears_of_it_if_they_still_may(school: School, post: Mailbox) -> None:
    student, actor = school.people[Role.STUDENT], school.actor("school")
    with unit_of_work(actor) as session:
        write.create(session, Room, {"name": "Moon", "capacity": 4})
        tell(session, [student], "session_moved", MOVED, SAID, about=ABOUT)
        tell(session, [school.people[Role.TEACHER]], "news", MOVED, SAID, only=())
    done = written(session)
    assert done is not None
    with unit_of_work(actor) as session:
        assert undo(session, done) == 1
    said = "This was undone and doesn't hold any more: “English A1 meets on Mon 9 Mar at 14:30: rain {stays}”"
    assert texts(school.actor("student"))[0] == said
    assert texts(school.actor("parent"))[0] == f"Sofia: {said}"
    assert texts(school.actor("teacher")) == []
    assert len(mails()) == 4
    with unit_of_work(actor) as session:
        write.create(session, Room, {"name": "Sun", "capacity": 4})
        tell(session, [student], "session_moved", MOVED, SAID)
    done = written(session)
    assert done is not None
    with engine().begin() as connection:
        table = table_named("families")
        connection.execute(update(table).values(access="none"))
    with unit_of_work(actor) as session:
        undo(session, done)
    assert (len(texts(school.actor("student"))), len(texts(school.actor("parent")))) == (4, 3)


@pytest.mark.parametrize(
    ("access", "born", "agreed", "told"),
    [
        ("all", dt.date(2012, 5, 1), False, True),
        ("none", dt.date(2012, 5, 1), False, False),
        ("all", dt.date(1990, 5, 1), False, False),
        ("all", dt.date(1990, 5, 1), True, True),
        ("all", None, False, False),
    ],
)
def test_a_guardian_is_told_as_long_as_they_may_see(
    school: School, access: str, born: dt.date | None, agreed: bool, told: bool
) -> None:
    families, users = table_named("families"), table_named("users")
    with engine().begin() as connection:
        connection.execute(update(families).values(access=access, adult_agreed=agreed))
        connection.execute(update(users).where(users.c.id == school.people[Role.STUDENT]).values(birth_date=born))
    with unit_of_work(school.actor("school")) as session:
        tell(session, [school.people[Role.STUDENT]], "news", N_("Hello {name},"), {"name": "you"})
    assert bool(texts(school.actor("parent"))) is told
    assert texts(school.actor("student")) == ["Hello you,"]


def test_the_home_is_left_out_where_it_is_asked(school: School) -> None:
    with unit_of_work(school.actor("school")) as session:
        assert tell(session, [school.people[Role.STUDENT]], "news", N_("Nothing."), guardians=False) == 1
    assert texts(school.actor("parent")) == []


def test_nobody_of_another_school_and_nobody_inactive_is_told(school: School) -> None:
    with engine().begin() as connection:
        elsewhere = Rows(connection, Rows(connection).add("organizations"))
        stranger = elsewhere.add("users", role="student")
        inactive = Rows(connection, school.id).add("users", role="student", is_active=False)
    with unit_of_work(school.actor("school")) as session:
        assert tell(session, [stranger, inactive, "nobody"], "news", N_("Nothing.")) == 0
        assert [each.name for each in audience(session, [stranger, school.people[Role.PARENT]])] == ["Paula Lima"]


def test_what_was_not_done_is_not_told(school: School, post: Mailbox) -> None:
    def undone() -> None:
        with unit_of_work(school.actor("school")) as session:
            tell(session, [school.people[Role.STUDENT]], "news", N_("Nothing."))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert texts(school.actor("student")) == mails() == []
    with reading(school.actor("school")) as session, pytest.raises(WrongScope):
        tell(session, [school.people[Role.STUDENT]], "news", N_("Nothing."))
    with unit_of_work(school.actor("school")) as session, pytest.raises(ValueError, match="no such kind"):
        tell(session, [school.people[Role.STUDENT]], "no such kind", N_("Nothing."))


def test_a_mail_is_queued_in_its_readers_language_for_whoever_has_an_email(school: School, post: Mailbox) -> None:
    with unit_of_work(school.job) as session:
        session.get(User, school.people[Role.PARENT]).language = "en"
        session.get(User, school.people[Role.STUDENT]).email = None
        tell(session, list(school.people.values()), "session_moved", MOVED, SAID)
    told = {each.address: each for each in mails()}
    assert set(told) == {f"{role}@example.com" for role in Role} - {"student@example.com"}
    assert {each.status for each in told.values()} == {MailStatus.QUEUED}
    english, portuguese = told["parent@example.com"], told["teacher@example.com"]
    assert english.subject == "A session is moved · Escola Aurora"  # coordination sees it: nothing of its subject
    assert english.body.startswith("Hello Paula Lima,\n\nEnglish A1 meets on Mon 9 Mar at 14:30: rain {stays}\n\n")
    assert "https://escola.example/inbox" in english.body
    assert portuguese.body.startswith("Olá, Tomás Lima")


def test_a_school_may_say_its_language(school: School, post: Mailbox) -> None:
    with unit_of_work(school.job) as session:
        session.get(Organization, school.id).settings = {"language": "en"}
        tell(session, [school.people[Role.TEACHER]], "news", N_("Nothing."))
    [sent] = mails()
    assert sent.body.startswith("Hello Tomás Lima,")


def test_no_mail_without_a_server_and_none_for_invented_people(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSTELA_SMTP_URL", raising=False)
    with unit_of_work(school.job) as session:
        tell(session, [school.people[Role.TEACHER]], "news", N_("Nothing."))
    schools = table_named("organizations")
    with engine().begin() as connection:
        connection.execute(update(schools).values(is_demo=True))
    monkeypatch.setenv("CONSTELA_SMTP_URL", "smtp+plain://127.0.0.1:9")
    monkeypatch.setenv("CONSTELA_MAIL_FROM", "escola@escola.example")
    with unit_of_work(school.job) as session:
        tell(session, [school.people[Role.TEACHER]], "news", N_("Nothing."))
    assert mails() == []
    assert len(texts(school.actor("teacher"))) == 2


def test_each_marks_their_own_notices_as_read_and_nobody_elses(school: School, actor: Callable[..., Actor]) -> None:
    with unit_of_work(school.job) as session:
        tell(session, [school.people[Role.STUDENT]], "news", N_("Nothing."))
        tell(session, [school.people[Role.STUDENT]], "news", N_("Nothing yet."))
    with reading(actor("student")) as session:
        keys = [each.id for each in inbox(session)]
        assert count(session, unread=True) == 2
    with unit_of_work(actor("parent")) as session:
        assert mark_read(session, keys) == 0
    with unit_of_work(actor("student")) as session:
        assert mark_read(session, keys[:1]) == 1
    with reading(actor("student")) as session:
        assert [each.id for each in inbox(session, unread=True)] == keys[1:]
        assert (count(session), count(session, unread=True)) == (2, 1)
    with unit_of_work(actor("student")) as session:
        assert mark_read(session) == 1
        assert mark_read(session, keys[1:], read=False) == 1
    with reading(actor("student")) as session:
        assert count(session, unread=True) == 1

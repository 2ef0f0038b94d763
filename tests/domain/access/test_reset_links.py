"""A forgotten password: who may hand out a link, what it is worth, and that it is worth it once."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.access import reset_links
from domain.access.my_factor import help_for
from domain.access.reset_links import make_link
from domain.access.roles import Role
from domain.access.sign_in import (
    LinkOver,
    actor_of,
    check_password,
    hand_out,
    issue_ticket,
    link_holds,
    redeem,
    set_password,
    use_link,
)
from domain.access.uow import unit_of_work
from domain.core.models import User, UserRole
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotFound
from domain.records import write
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

NEW = "violet otters juggle"
Pass = Callable[[dt.timedelta], None]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """The links' clock, put forward."""

    def forward(by: dt.timedelta) -> None:
        moment = reset_links.now() + by
        monkeypatch.setattr(reset_links, "now", lambda: moment)

    return forward


def run(statement: str, *values: object) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql(statement, values)


def test_a_link_gives_its_person_a_new_password_and_ends_their_sessions(school: School) -> None:
    token = redeem(issue_ticket(school.people[Role.STUDENT], Role.STUDENT))
    assert token
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    assert link_holds(code)
    assert actor_of(token), "handing it out ends nothing"
    use_link(code, NEW)
    assert actor_of(token) is None
    assert check_password("student@example.com", PASSWORD) == []
    assert [each.user_id for each in check_password("student@example.com", NEW)] == [school.people[Role.STUDENT]]
    assert check_password("teacher@example.com", PASSWORD), "nobody else's is changed"


def test_a_link_works_once(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    use_link(code, NEW)
    assert not link_holds(code)
    with pytest.raises(LinkOver):
        use_link(code, "another fine phrase")
    assert check_password("student@example.com", NEW)


def test_of_many_who_use_a_link_at_once_one_does(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    phrases = [f"{word} otters juggle" for word in ("violet", "amber", "scarlet", "teal")]

    def attempt(phrase: str) -> str:
        try:
            use_link(code, phrase)
        except LinkOver:
            return ""
        return phrase

    with ThreadPoolExecutor(4) as threads:
        used = [each for each in threads.map(attempt, phrases) if each]
    assert len(used) == 1
    assert check_password("student@example.com", used[0])


def test_a_refused_password_leaves_the_link_as_it_was(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    for password in ("short", "password1234", "Sofia Lima 2026", "escola aurora!"):
        with pytest.raises(InvalidInput):
            use_link(code, password)
    use_link(code, NEW)


def test_a_link_is_worth_nothing_after_half_an_hour(school: School, pass_time: Pass) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    pass_time(dt.timedelta(minutes=29))
    assert link_holds(code)
    pass_time(dt.timedelta(minutes=1))
    assert not link_holds(code)
    with pytest.raises(LinkOver):
        use_link(code, NEW)


def mailed(school: School, role: Role = Role.STUDENT) -> str:
    """The code of a link as it goes out by mail."""
    who = {"user_id": school.people[role], "organization_id": school.id, "made_by": None}
    with engine().begin() as connection:
        return make_link(connection, **who, mailed_to=f"{role}@example.com")


def test_a_new_link_takes_the_place_of_the_old_one_of_its_kind(school: School) -> None:
    """Anyone may ask for a mail to someone whose e-mail they know: what a school has handed out stands."""
    colleagues = hand_out(school.actor("school"), school.people[Role.TEACHER]), mailed(school, Role.TEACHER)
    for make, other in (
        (lambda: hand_out(school.actor("school"), school.people[Role.STUDENT]), lambda: mailed(school)),
        (lambda: mailed(school), lambda: hand_out(school.actor("school"), school.people[Role.STUDENT])),
    ):
        old, beside, new = make(), other(), make()
        assert [link_holds(each) for each in (old, beside, new)] == [False, True, True]
    assert [link_holds(each) for each in colleagues] == [True, True]


def test_whichever_link_is_used_both_are_over(school: School) -> None:
    handed, by_mail = hand_out(school.actor("school"), school.people[Role.STUDENT]), mailed(school)
    use_link(handed, NEW)
    assert not link_holds(by_mail)
    handed, by_mail = hand_out(school.actor("school"), school.people[Role.STUDENT]), mailed(school)
    use_link(by_mail, "another fine phrase")
    assert not link_holds(handed)


def test_links_that_are_over_are_swept_away_with_the_next(school: School, pass_time: Pass) -> None:
    hand_out(school.actor("school"), school.people[Role.STUDENT])
    mailed(school, Role.TEACHER)
    pass_time(dt.timedelta(minutes=30))
    hand_out(school.actor("school"), school.people[Role.STAFF])
    with engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT user_id FROM reset_links").all() == [(school.people[Role.STAFF],)]


def test_a_mailed_link_is_over_once_its_person_has_another_e_mail_and_one_handed_out_is_not(school: School) -> None:
    """Whoever reads the mail of an address that was corrected gives nobody a password, not even once it is wrong again."""
    handed, by_mail, colleagues = (
        hand_out(school.actor("school"), school.people[Role.STUDENT]),
        mailed(school),
        mailed(school, Role.TEACHER),
    )
    with unit_of_work(school.actor("school")) as session:
        person = session.get_one(User, school.people[Role.STUDENT])
        opened = {"email": person.email}
        write.update(session, User, person.id, {"phone": "(11) 98765-4321"}, version=person.row_version, opened={"phone": None})
    assert link_holds(by_mail)
    with unit_of_work(school.actor("school")) as session:
        person = session.get_one(User, school.people[Role.STUDENT])
        write.update(session, User, person.id, {"email": "sofia@example.com"}, version=person.row_version, opened=opened)
    assert [link_holds(each) for each in (handed, by_mail, colleagues)] == [True, False, True]
    run("UPDATE users SET email = 'student@example.com' WHERE id = ?", school.people[Role.STUDENT])
    assert not link_holds(by_mail)
    with pytest.raises(LinkOver):
        use_link(by_mail, NEW)


def test_links_are_over_once_their_person_is_disabled_and_stay_so(school: School) -> None:
    links = hand_out(school.actor("school"), school.people[Role.STUDENT]), mailed(school)
    colleagues = mailed(school, Role.TEACHER)
    run("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.STUDENT])
    for code in (*links, mailed(school)):  # nor is one worth anything that came about since
        with pytest.raises(LinkOver):
            use_link(code, NEW)
    run("UPDATE users SET is_active = 1 WHERE id = ?", school.people[Role.STUDENT])
    assert [link_holds(each) for each in (*links, colleagues)] == [False, False, True]


def test_a_link_ends_when_its_person_gets_a_password_otherwise(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    with engine().begin() as connection:
        set_password(connection, user_id=school.people[Role.STUDENT], organization_id=school.id, password=NEW)
    assert not link_holds(code)


@pytest.mark.parametrize("code", ["", "invented", "' OR 1=1 --", "é" * 300, "\ud800"])
def test_an_invented_code_opens_nothing(code: str, school: School) -> None:
    hand_out(school.actor("school"), school.people[Role.STUDENT])
    assert not link_holds(code)
    with pytest.raises(LinkOver):
        use_link(code, NEW)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("whose", list(Role))
def test_who_may_hand_out_a_link_to_whom(role: Role, whose: Role, school: School) -> None:
    # The small school's founder is an owner too, so that only an owner may give them one.
    coordination = {Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF}
    may = {Role.SCHOOL: coordination, Role.OWNER: {Role.SCHOOL, Role.STAFF}}.get(role, set())
    assert help_for(school.actor(role), school.people[whose]).link is (whose in may)
    if whose in may:
        assert link_holds(hand_out(school.actor(role), school.people[whose]))
    else:
        with pytest.raises(NotFound):
            hand_out(school.actor(role), school.people[whose])


def test_whoever_holds_the_role_owner_gets_a_link_from_an_owner_alone(school: School) -> None:
    with engine().begin() as connection:
        Rows(connection, school.id).add(UserRole.__tablename__, user_id=school.people[Role.TEACHER], role=Role.OWNER)
    with pytest.raises(NotFound):
        hand_out(school.actor("school"), school.people[Role.TEACHER])


def test_nobody_hands_out_a_link_into_another_school(school: School) -> None:
    with engine().begin() as connection:
        other = Rows(connection).add("users", role=Role.STUDENT, is_active=True)
    for actor in (school.actor("school"), school.actor("owner"), school.job):
        assert not help_for(actor, other).link
        with pytest.raises(NotFound):
            hand_out(actor, other)


def test_nobody_gets_a_link_who_could_not_sign_in(school: School) -> None:
    run("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.STUDENT])
    with pytest.raises(NotFound):
        hand_out(school.actor("school"), school.people[Role.STUDENT])


def test_the_code_is_not_in_the_database(school: School) -> None:
    code = hand_out(school.actor("school"), school.people[Role.STUDENT])
    with engine().connect() as connection:
        row = str(connection.exec_driver_sql("SELECT * FROM reset_links").one())
    assert code not in row
    assert school.people[Role.SCHOOL] in row, "who handed it out is"

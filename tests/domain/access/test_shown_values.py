"""What people see of rows that they may read: cards, the end of a number, the school's hours; and what becomes of dots."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from domain.access import bulk
from domain.access.roles import Role
from domain.access.uow import reading, unit_of_work
from domain.core.models import Family, Organization, User, UserRole
from domain.core.queries import opening, school_hours
from domain.core.rules import Closure, closures
from domain.db.base import model_of
from domain.db.engine import engine
from domain.db.meter import metered
from domain.kit.clock import today, zone_of
from domain.kit.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound
from domain.payroll.models import PaymentMethod
from domain.records import search, write
from domain.records.query import Filter, View, get_row, keys_of, list_page
from domain.supervision.models import ChatSession
from tests.conftest import School
from tests.factories.rows import Rows

CPF, PHONE = "52998224725", "+5511987654321"
DETAILS = {
    "agency_number": "4321-0",
    "account_number": "987654-3",
    "account_holder_document": CPF,
    "pix_key": "segredo@pix.example",
    "wallet_id": "W-77881",
    "card_expiry": "08/2029",
}
SHOWN = {
    "agency_number": "•••",  # six characters: too short to show an end of
    "account_number": "•••• 54-3",
    "account_holder_document": "•••• 4725",
    "pix_key": "•••• mple",
    "wallet_id": "•••",
    "card_expiry": "•••",
}


@pytest.fixture
def rows(school: School) -> Any:
    """Makes rows of the small school, each kept at once."""

    class Kept:
        def add(self, table: str, **given: Any) -> str:
            with engine().begin() as connection:
                return Rows(connection, school.id).add(table, **given)

    return Kept()


def method(school: School, rows: Any, **more: Any) -> str:
    return str(rows.add("payment_methods", user_id=school.people[Role.STAFF], label="Main", **{**DETAILS, **more}))


def values(school: School, role: Role, table: str, key: str) -> dict[str, Any]:
    with reading(school.actor(role)) as session:
        return get_row(session, model_of(table), key).values


def kept(school: School, table: str, key: str) -> dict[str, Any]:
    with reading(school.job) as session:
        return get_row(session, model_of(table), key).values


# Stored payment details.


@pytest.mark.parametrize("role", [Role.STAFF, Role.SCHOOL, Role.OWNER])
def test_payment_details_show_their_last_four_to_whoever_reads_them(role: Role, school: School, rows: Any) -> None:
    key = method(school, rows)
    assert {name: values(school, role, "payment_methods", key)[name] for name in DETAILS} == SHOWN
    with reading(school.actor(role)) as session:
        (row,) = list_page(session, PaymentMethod, View()).rows
        assert {name: row.values[name] for name in DETAILS} == SHOWN
        assert row.hidden >= DETAILS.keys()
        for shown in ("54-3", "987654-3", "4725", "mple"):
            assert keys_of(session, PaymentMethod, View(search=shown)) == [], "not even by what is shown"
        everything = keys_of(session, PaymentMethod, View(filters=(Filter("pix_key", values=("nobody@pix.example",)),)))
        assert everything == [key], "a filter on it asks nothing"


@pytest.mark.parametrize("given", ["•••• 54-3", "•••", None, "", "  "])
def test_what_was_shown_as_dots_and_comes_back_as_it_was_stays_as_it_is(given: str | None, school: School, rows: Any) -> None:
    key = method(school, rows)
    name = "agency_number" if given == "•••" else "account_number"
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, PaymentMethod, key, {name: given, "label": "Renamed"}, version=1, opened={})
    assert {each: kept(school, "payment_methods", key)[each] for each in (*DETAILS, "label")} == {**DETAILS, "label": "Renamed"}


@pytest.mark.parametrize("given", ["•••• 9999", "•••", "12•••", "••••• 54-3"])
def test_other_dots_are_refused_at_their_field(given: str, school: School, rows: Any) -> None:
    key = method(school, rows)
    for act in (
        lambda s: write.update(s, PaymentMethod, key, {"account_number": given}, version=1, opened={}),
        lambda s: write.update_many(s, PaymentMethod, [key], {"account_number": given}),
        lambda s: write.create(
            s,
            PaymentMethod,
            {"user_id": school.people[Role.STAFF], "label": "New", "method_type": "cash", "account_number": given},
        ),
    ):
        with pytest.raises(InvalidInput) as refusal, unit_of_work(school.actor(Role.SCHOOL)) as session:
            act(session)
        assert [each.field for each in refusal.value.problems] == ["account_number"]
    assert kept(school, "payment_methods", key)["account_number"] == DETAILS["account_number"]


def test_dots_reach_no_row_by_any_way_of_writing_whoever_writes(school: School, rows: Any) -> None:
    key, new = method(school, rows), {"user_id": school.people[Role.STAFF], "label": "New", "method_type": "cash"}
    for actor in (school.actor(Role.SCHOOL), school.job):
        for act in (
            lambda s: bulk.update_rows(s, PaymentMethod, [key], {"account_number": "•••• 54-3"}),
            lambda s: bulk.insert_rows(s, PaymentMethod, [{**new, "pix_key": "•••"}]),
            lambda s: setattr(s.get_one(PaymentMethod, key), "wallet_id", "•••"),
            lambda s: s.add(PaymentMethod(**new, card_expiry="•••")),
            lambda s: write.create(s, PaymentMethod, {**new, "card_expiry": "•••"}),
        ):
            with pytest.raises(DomainError), unit_of_work(actor) as session:
                act(session)
    assert {name: kept(school, "payment_methods", key)[name] for name in DETAILS} == DETAILS
    with reading(school.job) as session:
        assert keys_of(session, PaymentMethod, View()) == [key]


def test_what_holds_dots_all_the_same_can_be_deleted(school: School, rows: Any) -> None:
    key = method(school, rows, account_number="•••")  # as whoever wrote below the program left it
    with unit_of_work(school.job) as session:
        session.delete(session.get_one(PaymentMethod, key))
    with reading(school.job) as session:
        assert keys_of(session, PaymentMethod, View()) == []


def test_a_new_number_is_written_though_the_old_one_was_never_seen(school: School, rows: Any) -> None:
    key = method(school, rows)
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, PaymentMethod, key, {"account_number": "111222-3"}, version=1, opened={})
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        bulk.update_rows(session, PaymentMethod, [key], {"wallet_id": "W-00000001"})
    found = kept(school, "payment_methods", key)
    assert (found["account_number"], found["wallet_id"], found["pix_key"]) == ("111222-3", "W-00000001", DETAILS["pix_key"])


def test_rules_between_columns_hold_for_what_is_not_seen(school: School, rows: Any) -> None:
    """A bank transfer needs its account: with one that is hidden the rule is kept, without one it isn't."""
    whole = method(school, rows, bank_code="001")
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, PaymentMethod, whole, {"method_type": "bank_transfer"}, version=1, opened={})
    bare = rows.add("payment_methods", user_id=school.people[Role.STAFF], label="Bare", bank_code="001")
    with pytest.raises(InvalidInput), unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, PaymentMethod, bare, {"method_type": "bank_transfer"}, version=1, opened={})


def test_a_conflict_shows_the_end_alone(school: School, rows: Any) -> None:
    key = method(school, rows)
    with reading(school.actor(Role.SCHOOL)) as session:
        opened = get_row(session, PaymentMethod, key).values
    with unit_of_work(school.job) as session:
        session.get_one(PaymentMethod, key).label = "Theirs"
    with pytest.raises(EditConflict) as conflict, unit_of_work(school.actor(Role.SCHOOL)) as session:
        write.update(session, PaymentMethod, key, {"label": "Mine", "pix_key": "•••• mple"}, version=1, opened=opened)
    assert conflict.value.mine == {"label": "Mine"}
    assert {name: conflict.value.theirs[name] for name in DETAILS} == SHOWN


# Cards.


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.PARENT])
def test_a_card_says_name_role_and_picture_and_nothing_else(role: Role, school: School) -> None:
    with unit_of_work(school.job) as session:
        coordinator = session.get_one(User, school.people[Role.SCHOOL])
        for name, value in {"phone": PHONE, "cpf": CPF, "avatar_url": "https://example.com/c.png"}.items():
            setattr(coordinator, name, value)
    card = values(school, role, "users", school.people[Role.SCHOOL])
    told = {name: value for name, value in card.items() if value is not None}
    assert told == {
        "first_name": "Clara",
        "last_name": "Nunes",
        "role": Role.SCHOOL,
        "avatar_url": "https://example.com/c.png",
        "is_active": True,
    }


def test_cards_are_of_those_who_work_at_the_school_and_are_active(school: School, rows: Any) -> None:
    retired = rows.add("users", role="teacher", is_active=False)
    helper = rows.add("users", role="parent", is_active=True)
    rows.add("user_roles", user_id=helper, role="parent")
    rows.add("user_roles", user_id=helper, role="teacher")
    guest, grown = rows.add("users", role="parent"), rows.add("users", role="student", birth_date=dt.date(1990, 1, 1))
    people = school.people
    with reading(school.actor(Role.STUDENT)) as session:
        found = set(keys_of(session, User, View()))
    assert found == {people[each] for each in (Role.STUDENT, Role.TEACHER, Role.STAFF, Role.SCHOOL, Role.OWNER)} | {helper}
    for stranger in (retired, guest, grown, people[Role.PARENT]):
        with pytest.raises(NotFound):
            values(school, Role.STUDENT, "users", stranger)


def test_rights_combine_row_by_row(school: School) -> None:
    """A teacher's own record is whole, a student's without the private numbers, a colleague's a card; a child's is whole."""
    with unit_of_work(school.job) as session:
        for key in school.people.values():
            session.get_one(User, key).phone = PHONE
    assert values(school, Role.TEACHER, "users", school.people[Role.TEACHER])["phone"] == PHONE
    student = values(school, Role.TEACHER, "users", school.people[Role.STUDENT])
    assert student["phone"] == "•••"
    assert student["birth_date"] is not None
    colleague = values(school, Role.TEACHER, "users", school.people[Role.STAFF])
    assert (colleague["phone"], colleague["email"]) == (None, None)
    assert values(school, Role.PARENT, "users", school.people[Role.STUDENT])["phone"] == PHONE


def test_no_search_tells_what_a_card_does_not_say(school: School) -> None:
    with unit_of_work(school.job) as session:
        session.get_one(User, school.people[Role.SCHOOL]).phone = PHONE
        email = session.get_one(User, school.people[Role.SCHOOL]).email or ""
    student = school.actor(Role.STUDENT)
    with reading(student) as session:
        for text in ("98765", email, email[:5]):
            assert school.people[Role.SCHOOL] not in keys_of(session, User, View(search=text)) or text.lower() in "clara nunes"
        assert keys_of(session, User, View(search="nunes")) == [school.people[Role.SCHOOL]]
        usual = keys_of(session, User, View())
        assert keys_of(session, User, View(sort="email")) == keys_of(session, User, View(sort="-birth_date")) == usual
        assert keys_of(session, User, View(filters=(Filter("birth_date", empty=True),))) == usual
    (hit,) = search.everywhere(student, "nunes")
    assert {name: value for name, value in hit.details.items() if value} == {"role": Role.SCHOOL}


def test_nobody_writes_on_a_card(school: School) -> None:
    for role in (Role.STUDENT, Role.TEACHER, Role.PARENT):
        with pytest.raises(NotAllowed), unit_of_work(school.actor(role)) as session:
            write.update(session, User, school.people[Role.SCHOOL], {"phone": PHONE}, version=1, opened={})


# The school itself, and conversations.


def _settings(school: School, settings: dict[str, Any]) -> None:
    with unit_of_work(school.job) as session:
        session.get_one(Organization, school.id).settings = settings


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF])
def test_of_the_school_everyone_knows_its_name_and_when_it_is_closed(role: Role, school: School) -> None:
    open_to_all = {
        "holidays": [{"date": "2026-11-20", "name": "Consciência Negra"}],
        "closed_days": [0],
        "opening_hours": {"1": ["08:00", "20:00"]},
    }
    _settings(school, {**open_to_all, "time_zone": "America/Manaus", "alerts": ["someone"], "smtp": {"password": "x"}})
    told = {name: value for name, value in values(school, role, "organizations", school.id).items() if value is not None}
    assert told == {"name": "Escola Aurora", "slug": "escola-aurora", "settings": open_to_all}


def test_holidays_are_told_in_order_save_on_days_on_which_the_school_is_closed_anyway() -> None:
    settings = {
        "closed_days": [0, "2026-11-23"],
        "holidays": [
            {"date": "2026-11-20", "name": "Consciência Negra"},
            "2026-11-02",
            {"date": "2026-11-22"},
            {"name": "No day"},
        ],
    }
    zone, first, last = zone_of(None), dt.date(2026, 11, 2), dt.date(2026, 11, 23)
    assert closures(settings, zone, first, last) == [
        Closure(dt.date(2026, 11, 2)),
        Closure(dt.date(2026, 11, 20), "Consciência Negra"),
        Closure(dt.date(2026, 11, 23)),
    ], "the 22nd is a Sunday"
    assert closures(settings, zone, first + dt.timedelta(days=1), last - dt.timedelta(days=1)) == [
        Closure(dt.date(2026, 11, 20), "Consciência Negra")
    ]
    assert closures(None, zone, first, last) == []


@pytest.mark.parametrize("role", list(Role))
def test_everyone_hears_the_same_hours(role: Role, school: School) -> None:
    _settings(school, {"opening_hours": {"1": ["07:30", "22:00"]}, "holidays": ["2026-11-23"]})
    with reading(school.actor(role)) as session:
        assert school_hours(session).days == {1: (dt.time(7, 30), dt.time(22))}
        assert opening(session, dt.date(2026, 11, 1), dt.date(2026, 11, 30)).closed == (Closure(dt.date(2026, 11, 23)),)


def test_settings_without_hours_show_none(school: School) -> None:
    _settings(school, {"alerts": ["someone"]})
    assert values(school, Role.STUDENT, "organizations", school.id)["settings"] == {}


def test_coordination_sees_how_long_a_conversation_was_and_not_how_the_student_felt(school: School, rows: Any) -> None:
    student = school.people[Role.STUDENT]
    key = rows.add("chat_sessions", student_id=student, metadata={"duration_minutes": 12, "mood": "sad", "title": "my secret"})
    assert values(school, Role.SCHOOL, "chat_sessions", key)["details"] == {"duration_minutes": 12}
    assert values(school, Role.STUDENT, "chat_sessions", key)["details"]["mood"] == "sad"
    with reading(school.actor(Role.SCHOOL)) as session:
        assert [row.values["details"] for row in list_page(session, ChatSession, View()).rows] == [{"duration_minutes": 12}]


# A guardian's sight of an adult, and an owner's roles.


def _born(school: School, birthday: dt.date | None) -> str:
    with unit_of_work(school.job) as session:
        session.get_one(User, school.people[Role.STUDENT]).birth_date = birthday
    with reading(school.actor(Role.STUDENT)) as session:
        (link,) = keys_of(session, Family, View())
    return link


def _on_18th_birthday(school: School, *, days: int = 0) -> dt.date:
    day = today(school.job.zone) + dt.timedelta(days=days)
    return day.replace(year=day.year - 18, day=28 if (day.month, day.day) == (2, 29) else day.day)


def test_from_18_on_a_student_agrees_that_a_guardian_goes_on_seeing_and_takes_it_back(school: School) -> None:
    link, student = _born(school, _on_18th_birthday(school)), school.actor(Role.STUDENT)

    def guardian_sees() -> bool:
        with reading(school.actor(Role.PARENT)) as session:
            return school.people[Role.STUDENT] in keys_of(session, User, View())

    assert not guardian_sees()
    for version, agreed in enumerate((True, False), 1):
        with unit_of_work(student) as session:
            write.update(session, Family, link, {"adult_agreed": agreed}, version=version, opened={})
        assert guardian_sees() is agreed


def test_a_minor_agrees_to_nothing_nor_does_someone_whose_birthday_nobody_knows(school: School) -> None:
    for birthday in (_on_18th_birthday(school, days=1), dt.date(2014, 5, 1), None):
        link = _born(school, birthday)
        with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.STUDENT)) as session:
            write.update(session, Family, link, {"adult_agreed": True}, version=1, opened={})


def test_an_adult_student_changes_nothing_else_of_the_link_and_a_guardian_not_even_that(school: School) -> None:
    link = _born(school, _on_18th_birthday(school))
    for change in ({"access": "none"}, {"lives_together": False}, {"adult_agreed": True, "is_primary": True}):
        with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.STUDENT)) as session:
            write.update(session, Family, link, change, version=1, opened={})
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.PARENT)) as session:
        write.update(session, Family, link, {"adult_agreed": True}, version=1, opened={})


def test_an_adult_agrees_for_nobody_but_themself(school: School, rows: Any) -> None:
    _born(school, _on_18th_birthday(school))
    other = rows.add("families", parent_id=school.people[Role.PARENT], child_id=rows.add("users", role="student"))
    with pytest.raises(DomainError), unit_of_work(school.actor(Role.STUDENT)) as session:
        bulk.update_rows(session, Family, [other], {"adult_agreed": True})


def test_coordination_gives_an_owner_no_role_and_takes_none_from_them(school: School, rows: Any) -> None:
    founder = school.people[Role.SCHOOL]  # starts as coordination, and is an owner
    coordinator = replace(school.actor(Role.SCHOOL), user_id=rows.add("users", role="school"))
    given = rows.add("user_roles", user_id=founder, role="parent")
    with pytest.raises(NotAllowed), unit_of_work(coordinator) as session:
        write.create(session, UserRole, {"user_id": founder, "role": "teacher"})
    with pytest.raises(DomainError), unit_of_work(coordinator) as session:
        write.remove(session, UserRole, [given])
    with pytest.raises(NotAllowed), unit_of_work(coordinator) as session:
        write.update(session, UserRole, given, {"role": "teacher"}, version=1, opened={})
    with unit_of_work(coordinator) as session:
        write.create(session, UserRole, {"user_id": school.people[Role.STAFF], "role": "teacher"})


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF])
def test_what_is_masked_row_by_row_comes_with_the_rows_themselves(role: Role, school: School) -> None:
    with metered() as meter, reading(school.actor(role)) as session:
        assert list_page(session, User, View()).rows
    assert meter.statements == 2, "the rows and their total"


def test_each_right_shows_its_own_columns_of_the_same_list(school: School) -> None:
    with engine().begin() as connection:
        for role in (Role.STUDENT, Role.TEACHER, Role.STAFF):
            connection.execute(User.__table__.update().where(User.id == school.people[role]).values(phone=PHONE))
    with reading(school.actor(Role.TEACHER)) as session:
        found = {row.key: row for row in list_page(session, User, View()).rows}
    phones = {role: found[school.people[role]].values["phone"] for role in (Role.STUDENT, Role.TEACHER, Role.STAFF)}
    assert phones == {Role.STUDENT: "•••", Role.TEACHER: PHONE, Role.STAFF: None}, "of a card not even dots"
    births = {role: "birth_date" in found[school.people[role]].hidden for role in phones}
    assert births == {Role.STUDENT: False, Role.TEACHER: False, Role.STAFF: True}


def test_whoever_works_at_the_school_by_a_role_beside_their_first_has_a_card_and_nobody_else(school: School) -> None:
    with engine().begin() as connection:
        rows, elsewhere = Rows(connection, school.id), Rows(connection)
        helper, gone, guest = (rows.add("users", role="parent", is_active=active) for active in (True, False, True))
        stranger = elsewhere.add("users", role="teacher")
        for person in (helper, gone):
            rows.add("user_roles", user_id=person, role="teacher")
        retired = rows.add("users", role="teacher", is_active=False)
    with reading(school.actor(Role.STUDENT)) as session:
        found = {row.key for row in list_page(session, User, View()).rows}
    assert helper in found
    assert found.isdisjoint({gone, guest, stranger, retired})

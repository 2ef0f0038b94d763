"""The second factor at the sign-in: asked between the password and the session, its codes used once, its loss survived."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.access import attempts, second_factor, steps
from domain.access.accounts import connected
from domain.access.attempts import TooManyAttempts
from domain.access.models import RecoveryCode, SecondFactor, SignIn, SignInStep
from domain.access.own_sessions import RoleAsksMore
from domain.access.roles import Role
from domain.access.second_factor import Need
from domain.access.sign_in import (
    actor_of,
    by_password,
    demo_people,
    enter,
    enter_demo,
    give_code,
    hand_out,
    issue_ticket,
    redeem,
    start_set_up,
    switch_role,
    use_link,
)
from domain.access.steps import SignInOver, Step, begin, confirm_set_up
from domain.access.uow import unit_of_work
from domain.core.models import UserRole
from domain.crypto.installation import OtherKey
from domain.db.engine import engine
from domain.kit import clock
from domain.kit.errors import InvalidInput, NotAllowed
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone, setting
from tests.factories.on_the_way import ANYWHERE, let_time_pass, proven, rows
from tests.factories.rows import Rows

# What is asked of whom.


@pytest.mark.parametrize(
    ("role", "need"),
    [
        (Role.OWNER, Need.SET_UP),
        (Role.SCHOOL, Need.SET_UP),
        (Role.STAFF, Need.SET_UP),
        (Role.TEACHER, Need.NOTHING),
        (Role.PARENT, Need.NOTHING),
        (Role.STUDENT, Need.NOTHING),
    ],
)
def test_coordination_reception_and_owners_must_have_one_unless_the_school_says_otherwise(
    role: Role, need: Need, school: School
) -> None:
    assert proven(role).need is Need.NOTHING
    setting(school.id, second_factor_required=True)
    assert proven(role).need is need


def test_a_school_whose_settings_say_nothing_requires_it(school: School) -> None:
    setting(school.id, second_factor_required=None)
    assert proven(Role.STAFF).need is Need.SET_UP


def test_one_role_that_requires_it_is_enough(school: School) -> None:
    setting(school.id, second_factor_required=True)
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=school.people[Role.TEACHER], role=Role.STAFF))
    step = proven(Role.TEACHER)
    assert (step.account.role, step.need, steps.need_of(step.token)) == (Role.TEACHER, Need.SET_UP, Need.SET_UP)


def test_who_has_one_is_asked_whether_it_is_required_or_not(school: School) -> None:
    give_phone(school.people[Role.STUDENT])
    assert proven(Role.STUDENT).need is Need.CODE


def test_each_ones_second_factor_is_their_own(school: School) -> None:
    """Of several people, whoever set theirs up first: what is asked of one, and taken from one, is no matter of another's."""
    teachers, _codes = give_phone(school.people[Role.TEACHER])
    assert proven(Role.STUDENT).need is Need.NOTHING
    students, _codes = give_phone(school.people[Role.STUDENT])
    own = {Role.TEACHER: teachers, Role.STUDENT: students}
    for role, other in ((Role.STUDENT, teachers), (Role.TEACHER, students)):
        with pytest.raises(InvalidInput):
            give_code(proven(role).token, code(other), address=ANYWHERE)
    for role in (Role.STUDENT, Role.TEACHER, Role.STUDENT, Role.TEACHER):  # one's code doesn't use the other's up
        steps_on = sum(each.last_step is not None for each in rows(SecondFactor)) // 2
        give_code(proven(role).token, code(own[role], steps=steps_on), address=ANYWHERE)


def test_recovery_codes_come_and_go_with_their_persons_factor_alone(school: School) -> None:
    teacher, student = school.people[Role.TEACHER], school.people[Role.STUDENT]

    def left() -> list[int]:
        with connected(writing=False) as connection:
            return [second_factor.recovery_codes_left(connection, each) for each in (teacher, student)]

    give_phone(teacher)
    _secret, codes = give_phone(student)
    assert left() == [10, 10]
    give_code(proven(Role.STUDENT).token, codes[0], address=ANYWHERE)
    assert left() == [10, 9]
    with connected(writing=True) as connection:
        assert second_factor.take_away(connection, student)
    assert left() == [10, 0]
    assert [each.user_id for each in rows(SecondFactor)] == [teacher]


def test_who_has_none_or_has_not_confirmed_it_gives_no_code(school: School) -> None:
    setting(school.id, second_factor_required=True)
    step = proven(Role.STAFF)
    with pytest.raises(InvalidInput):
        give_code(step.token, "123456", address=ANYWHERE)
    secret = start_set_up(step.token).secret
    with pytest.raises(InvalidInput):
        give_code(step.token, code(secret), address=ANYWHERE)


def test_steps_that_are_over_are_swept_away_and_others_stay(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    proven(Role.TEACHER)
    proven(Role.STUDENT)
    assert len(rows(SignInStep)) == 2
    let_time_pass(monkeypatch, dt.timedelta(minutes=11))
    proven(Role.STAFF)
    assert [each.user_id for each in rows(SignInStep)] == [school.people[Role.STAFF]]


def test_of_several_on_their_way_each_comes_in_by_what_they_gave_themself(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    give_phone(school.people[Role.STUDENT])
    teacher, student = proven(Role.TEACHER), proven(Role.STUDENT)
    give_code(teacher.token, code(secret), address=ANYWHERE)
    with pytest.raises(NotAllowed):
        enter(student.token)
    with pytest.raises(NotAllowed):
        enter(teacher.token, Role.OWNER)
    assert actor_of(redeem(enter(teacher.token, Role.TEACHER)) or "")
    assert steps.need_of(student.token) is Need.CODE


def test_each_schools_word_on_it_is_its_own(school: School) -> None:
    with engine().begin() as connection:
        other = Rows(connection).organization_id
    for ours, theirs in ((True, False), (False, True)):
        setting(school.id, second_factor_required=ours)
        setting(other, second_factor_required=theirs)
        with connected(writing=False) as connection:
            assert second_factor.required_of(connection, school.id, (Role.STAFF,)) is ours
            assert second_factor.required_of(connection, other, (Role.STAFF,)) is theirs


# Between the password and the session.


def test_a_password_alone_is_worth_no_session_where_more_is_asked(school: School) -> None:
    give_phone(school.people[Role.TEACHER])
    step = proven(Role.TEACHER)
    with pytest.raises(NotAllowed):
        enter(step.token)
    assert actor_of(step.token) is None
    assert redeem(step.token) is None
    assert rows(SignIn) == []


def test_the_right_code_opens_the_way_once(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    [step] = by_password("teacher@example.com", PASSWORD)
    give_code(step.token, code(secret), address=ANYWHERE)
    actor = actor_of(redeem(enter(step.token)) or "")
    assert actor
    assert (actor.user_id, actor.role) == (school.people[Role.TEACHER], Role.TEACHER)
    with pytest.raises(SignInOver):
        enter(step.token)


def test_a_step_is_over_after_ten_minutes_and_a_made_up_one_never_was(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    step = proven(Role.TEACHER)
    for token in ("", "made up", "\ud800", step.token[:-1]):
        with pytest.raises(SignInOver):
            enter(token)
    let_time_pass(monkeypatch, dt.timedelta(minutes=10, seconds=1))
    with pytest.raises(SignInOver):
        enter(step.token)


def test_a_new_password_ends_whoever_is_under_way_with_the_old_one(school: School) -> None:
    step = proven(Role.TEACHER)
    use_link(hand_out(school.actor("school"), school.people[Role.TEACHER]), "violet otters juggle")
    with pytest.raises(SignInOver):
        enter(step.token)


def test_a_disabled_person_comes_no_further(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    step = proven(Role.TEACHER)
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE users SET is_active = 0 WHERE id = ?", (school.people[Role.TEACHER],))
    with pytest.raises(SignInOver):
        give_code(step.token, code(secret), address=ANYWHERE)


def test_nothing_of_a_step_or_a_secret_is_kept_as_it_is_or_printed(school: School) -> None:
    secret, codes = give_phone(school.people[Role.TEACHER])
    step = proven(Role.TEACHER)
    kept = repr([tuple(row) for model in (SecondFactor, RecoveryCode, SignInStep) for row in rows(model)])
    for held in (secret, step.token, *codes, *(each.replace("-", "") for each in codes)):
        assert held not in kept
    assert step.token not in repr(step)
    with connected(writing=True) as connection:
        assert "•••" in repr(second_factor.start(connection, step.account))


# Codes.


@pytest.mark.parametrize(("steps_off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_off_by_one_step(
    steps_off: int, taken: bool, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    step, moment = proven(Role.TEACHER), clock.now()
    monkeypatch.setattr(second_factor, "now", lambda: moment)
    shown = code_at(secret, moment + dt.timedelta(seconds=30 * steps_off))
    if taken:
        give_code(step.token, shown, address=ANYWHERE)
    else:
        with pytest.raises(InvalidInput):
            give_code(step.token, shown, address=ANYWHERE)


def code_at(secret: str, moment: dt.datetime) -> str:
    import pyotp

    return pyotp.TOTP(secret).at(moment)


def test_a_code_is_taken_once_and_no_earlier_one_after_it(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    shown, earlier = code(secret), code(secret, steps=-1)
    give_code(proven(Role.TEACHER).token, shown, address=ANYWHERE)
    for again in (shown, earlier):
        with pytest.raises(InvalidInput) as refused:
            give_code(proven(Role.TEACHER).token, again, address=ANYWHERE)
        assert [each.field for each in refused.value.problems] == ["code"]
    give_code(proven(Role.TEACHER).token, code(secret, steps=1), address=ANYWHERE)


def test_of_many_who_give_the_same_code_at_once_one_comes_in(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, codes = give_phone(school.people[Role.TEACHER])
    monkeypatch.setattr(steps.attempts, "begin", lambda *given, **_options: attempts.Attempt(*given))
    for given in (code(secret), codes[0]):
        under_way = [begin([proven(Role.TEACHER).account])[0] for _each in range(8)]

        def attempt(step: Step, given: str = given) -> bool:
            try:
                give_code(step.token, given, address=ANYWHERE)
            except InvalidInput:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, under_way)) == 1


@pytest.mark.parametrize("given", ["", " ", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "\ud800" * 6, "0" * 5000, "-" * 16])
def test_nonsense_is_refused_at_the_field(given: str, school: School) -> None:
    give_phone(school.people[Role.TEACHER])
    with pytest.raises(InvalidInput) as refused:
        give_code(proven(Role.TEACHER).token, given, address=ANYWHERE)
    assert [each.field for each in refused.value.problems] == ["code"]


def test_a_code_may_be_typed_with_spaces(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    shown = code(secret)
    give_code(proven(Role.TEACHER).token, f" {shown[:3]} {shown[3:]} ", address=ANYWHERE)


def test_who_guesses_must_wait_longer_and_longer_while_passwords_go_on_working(school: School) -> None:
    secret, codes = give_phone(school.people[Role.TEACHER])
    step = proven(Role.TEACHER)
    for _guess in range(5):
        with pytest.raises(InvalidInput):
            give_code(step.token, "000000" if code(secret) != "000000" else "000001", address=ANYWHERE)
    for given in (code(secret), codes[0]):  # not even the right one is looked at
        with pytest.raises(TooManyAttempts):
            give_code(step.token, given, address=ANYWHERE)
    assert proven(Role.TEACHER).need is Need.CODE


def test_a_secret_that_was_sealed_with_another_key_opens_nothing_and_recovery_codes_still_do(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, codes = give_phone(school.people[Role.TEACHER])
    monkeypatch.setenv("CONSTELA_SECRET_KEY", "another key, and a rather long one")
    assert second_factor.sealed_with_another_key() == 1
    with pytest.raises(OtherKey):
        give_code(proven(Role.TEACHER).token, code(secret), address=ANYWHERE)
    assert give_code(proven(Role.TEACHER).token, codes[0], address=ANYWHERE) == 9


def test_a_secret_moved_to_another_person_opens_nothing(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.STUDENT])
    give_phone(school.people[Role.TEACHER])
    with engine().begin() as connection:
        move = "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE user_id = ?) WHERE user_id = ?"
        connection.exec_driver_sql(move, (school.people[Role.STUDENT], school.people[Role.TEACHER]))
    with pytest.raises(OtherKey):
        give_code(proven(Role.TEACHER).token, code(secret), address=ANYWHERE)


def test_the_key_lies_beside_the_database_for_the_apps_user_alone(school: School, tmp_path: Path) -> None:
    give_phone(school.people[Role.TEACHER])
    place = tmp_path / "constela.key"
    assert place.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(place.read_text())) == 32


# Recovery codes.


def test_ten_recovery_codes_work_once_each_however_they_are_typed(school: School) -> None:
    _secret, codes = give_phone(school.people[Role.TEACHER])
    assert len(set(codes)) == 10
    typed = [codes[0], codes[1].lower(), codes[2].replace("-", ""), codes[3].replace("-", " "), f" {codes[4]} "]
    for at, given in enumerate(typed, start=1):
        assert give_code(proven(Role.TEACHER).token, given, address=ANYWHERE) == 10 - at
    for given in typed:
        with pytest.raises(InvalidInput):
            give_code(proven(Role.TEACHER).token, given, address=ANYWHERE)


def test_a_recovery_code_is_its_persons_alone(school: School) -> None:
    _secret, codes = give_phone(school.people[Role.STUDENT])
    give_phone(school.people[Role.TEACHER])
    with pytest.raises(InvalidInput):
        give_code(proven(Role.TEACHER).token, codes[0], address=ANYWHERE)


# Setting one up on the way in.


def test_who_must_have_one_sets_it_up_before_anything_opens(school: School) -> None:
    setting(school.id, second_factor_required=True)
    step = proven(Role.STAFF)
    with pytest.raises(NotAllowed):
        enter(step.token)
    told = start_set_up(step.token)
    assert told.address.startswith("otpauth://totp/Escola%20Aurora:staff%40example.com?secret=" + told.secret)
    with pytest.raises(InvalidInput):
        confirm_set_up(step.token, "000000" if code(told.secret) != "000000" else "000001", address=ANYWHERE)
    assert len(confirm_set_up(step.token, code(told.secret), address=ANYWHERE)) == 10
    assert actor_of(redeem(enter(step.token)) or "")
    assert proven(Role.STAFF).need is Need.CODE


def test_the_code_that_confirmed_a_phone_signs_nobody_in(school: School) -> None:
    setting(school.id, second_factor_required=True)
    step = proven(Role.STAFF)
    shown = code(start_set_up(step.token).secret)
    confirm_set_up(step.token, shown, address=ANYWHERE)
    with pytest.raises(InvalidInput):
        give_code(proven(Role.STAFF).token, shown, address=ANYWHERE)


def test_who_has_one_cannot_replace_it_by_a_password_alone(school: School) -> None:
    give_phone(school.people[Role.TEACHER])
    step = proven(Role.TEACHER)
    with pytest.raises(NotAllowed):
        start_set_up(step.token)
    with pytest.raises(NotAllowed):
        confirm_set_up(step.token, "123456", address=ANYWHERE)


def test_of_two_who_set_one_up_at_once_the_first_to_confirm_has_it(school: School) -> None:
    setting(school.id, second_factor_required=True)
    first, second = proven(Role.STAFF), proven(Role.STAFF)
    start_set_up(first.token)
    told = start_set_up(second.token)
    confirm_set_up(second.token, code(told.secret), address=ANYWHERE)
    with pytest.raises(SignInOver):
        confirm_set_up(first.token, code(told.secret, steps=1), address=ANYWHERE)


# An identity provider that vouches.


def test_a_providers_word_counts_where_the_school_takes_it(school: School) -> None:
    setting(school.id, second_factor_required=True)
    account = proven(Role.STAFF).account
    assert [each.need for each in begin([account], vouched=True)] == [Need.SET_UP]
    setting(school.id, second_factor_by_provider=True)
    assert [each.need for each in begin([account], vouched=False)] == [Need.SET_UP]
    [step] = begin([account], vouched=True)
    assert (step.need, steps.need_of(step.token)) == (Need.NOTHING, Need.NOTHING)
    assert actor_of(redeem(enter(step.token)) or "")


# Roles.


def test_a_role_that_asks_for_more_opens_only_to_a_session_that_gave_it(school: School) -> None:
    setting(school.id, second_factor_required=True)
    person = school.people[Role.TEACHER]
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=person, role=Role.STAFF))
    weak = redeem(issue_ticket(person, Role.TEACHER)) or ""
    with pytest.raises(RoleAsksMore):
        switch_role(weak, Role.STAFF)
    assert actor_of(weak)
    secret, _codes = give_phone(person)
    step = proven(Role.TEACHER)
    give_code(step.token, code(secret), address=ANYWHERE)
    strong = redeem(switch_role(redeem(enter(step.token)) or "", Role.STAFF)) or ""
    back = redeem(switch_role(strong, Role.TEACHER)) or ""
    actor = actor_of(redeem(switch_role(back, Role.STAFF)) or "")
    assert actor
    assert actor.role is Role.STAFF


def test_the_founders_first_session_goes_between_roles_that_both_ask(school: School) -> None:
    setting(school.id, second_factor_required=True)
    token = redeem(issue_ticket(school.people[Role.SCHOOL], Role.SCHOOL)) or ""
    assert actor_of(redeem(switch_role(token, Role.OWNER)) or "")


def test_a_change_of_role_makes_no_session_live_longer(school: School) -> None:
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=school.people[Role.TEACHER], role=Role.PARENT))
    token = redeem(issue_ticket(school.people[Role.TEACHER], Role.TEACHER)) or ""
    [before] = rows(SignIn)
    redeem(switch_role(token, Role.PARENT))
    [after] = rows(SignIn)
    assert (after.created_at, after.expires_at) == (before.created_at, before.expires_at)


def test_only_invented_people_enter_by_one_click(school: School) -> None:
    with pytest.raises(NotAllowed):
        enter_demo(school.people[Role.TEACHER])
    with engine().begin() as connection:
        connection.exec_driver_sql("UPDATE organizations SET is_demo = 1")
    assert school.people[Role.TEACHER] in {each.user_id for each in demo_people()}
    assert actor_of(redeem(enter_demo(school.people[Role.TEACHER])) or "")

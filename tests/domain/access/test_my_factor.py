"""A signed-in person's own second factor: proven before it changes, taken away by others' right, told in the trail."""

import datetime as dt

import pytest

from domain.access import my_factor
from domain.access.accounts import connected
from domain.access.attempts import TooManyAttempts
from domain.access.models import RecoveryCode, SecondFactor, SignIn
from domain.access.roles import Role
from domain.access.second_factor import Need
from domain.access.sign_in import (
    actor_of,
    by_password,
    end,
    give_code,
    hand_out,
    issue_ticket,
    redeem,
    set_password,
    use_link,
)
from domain.access.trail.models import TrailEntry
from domain.db.engine import engine
from domain.kit import clock
from domain.kit.errors import InvalidInput, NotAllowed, NotFound
from tests.conftest import PASSWORD, School
from tests.factories.authenticator import code, give_phone, setting
from tests.factories.on_the_way import ANYWHERE, let_time_pass, proven, rows

# One's own, signed in.


def signed_in(school: School, role: Role) -> str:
    return redeem(issue_ticket(school.people[role], role)) or ""


def set_up(token: str) -> tuple[str, list[str]]:
    told = my_factor.set_up(token, password=PASSWORD)
    return told.secret, my_factor.confirm(token, code(told.secret))


def test_anyone_may_turn_it_on_for_themself_and_all_other_sessions_end(school: School) -> None:
    signed_in(school, Role.STUDENT)
    mine, elsewhere = signed_in(school, Role.TEACHER), signed_in(school, Role.TEACHER)
    before = my_factor.my_factor(mine)
    assert (before.since, before.required, before.has_password) == (None, False, True)
    secret, codes = set_up(mine)
    assert (actor_of(mine) is not None, actor_of(elsewhere)) == (True, None)
    stepped = {each.user_id: each.factor_at is not None for each in rows(SignIn)}
    assert stepped == {school.people[Role.STUDENT]: False, school.people[Role.TEACHER]: True}
    assert my_factor.my_factor(mine).codes_left == len(codes) == 10
    give_code(proven(Role.TEACHER).token, code(secret, steps=1), address=ANYWHERE)


def test_an_open_browser_alone_changes_nothing(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    for attempt in (
        lambda: my_factor.set_up(token, password="not mine at all"),
        lambda: my_factor.turn_off(token, password="not mine at all", code="123456"),
        lambda: my_factor.new_recovery_codes(token, password="not mine at all", code="123456"),
    ):
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert [each.field for each in refused.value.problems] == ["present"]


def test_a_new_phone_needs_the_old_ones_code_or_a_recovery_code_and_the_old_one_works_until_then(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    old, codes = give_phone(school.people[Role.TEACHER])
    with pytest.raises(InvalidInput) as refused:
        my_factor.set_up(token, password=PASSWORD)
    assert [each.field for each in refused.value.problems] == ["code"]
    told = my_factor.set_up(token, password=PASSWORD, code=codes[0])
    give_code(proven(Role.TEACHER).token, code(old), address=ANYWHERE)
    fresh = my_factor.confirm(token, code(told.secret))
    assert not set(fresh) & set(codes)
    with pytest.raises(InvalidInput):
        give_code(proven(Role.TEACHER).token, code(old, steps=1), address=ANYWHERE)
    with pytest.raises(InvalidInput):
        give_code(proven(Role.TEACHER).token, codes[1], address=ANYWHERE)


def test_new_recovery_codes_make_the_old_ones_void(school: School) -> None:
    token = signed_in(school, Role.TEACHER)
    secret, old = give_phone(school.people[Role.TEACHER])
    new = my_factor.new_recovery_codes(token, password=PASSWORD, code=code(secret))
    with pytest.raises(InvalidInput):
        give_code(proven(Role.TEACHER).token, old[0], address=ANYWHERE)
    assert give_code(proven(Role.TEACHER).token, new[0], address=ANYWHERE) == 9


def test_turning_it_off_needs_password_and_code_and_ends_all_other_sessions(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.TEACHER])
    mine, elsewhere = signed_in(school, Role.TEACHER), signed_in(school, Role.TEACHER)
    with pytest.raises(InvalidInput):
        my_factor.turn_off(mine, password=PASSWORD, code="")
    my_factor.turn_off(mine, password=PASSWORD, code=code(secret))
    assert (actor_of(elsewhere), rows(SecondFactor), rows(RecoveryCode)) == (None, [], [])
    assert proven(Role.TEACHER).need is Need.NOTHING


def test_where_it_is_required_it_stays_on(school: School) -> None:
    secret, _codes = give_phone(school.people[Role.STAFF])
    setting(school.id, second_factor_required=True)
    with pytest.raises(my_factor.StillRequired):
        my_factor.turn_off(signed_in(school, Role.STAFF), password=PASSWORD, code=code(secret))
    assert proven(Role.STAFF).need is Need.CODE


def test_whoever_was_signed_out_while_their_password_was_looked_at_sets_nothing_up(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = signed_in(school, Role.TEACHER)
    signed_in(school, Role.STUDENT)  # that somebody else's stands is no help

    def slowly(_kept: str, _given: str) -> bool:
        use_link(hand_out(school.actor(Role.SCHOOL), school.people[Role.TEACHER]), "violet otters juggle")
        return True

    monkeypatch.setattr(my_factor, "matches", slowly)
    with pytest.raises(NotAllowed):
        my_factor.set_up(stolen, password=PASSWORD)
    assert rows(SecondFactor) == []


def test_whoever_was_signed_out_just_before_their_password_was_looked_for_sets_nothing_up(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in(school, Role.TEACHER)
    with engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM credentials")
    monkeypatch.setattr(my_factor, "_password_hash", lambda *_given: end(token))
    with pytest.raises(NotAllowed):
        my_factor.set_up(token, password="")
    for attempt in (my_factor.my_factor, lambda gone: my_factor.confirm(gone, "123456")):
        with pytest.raises(NotAllowed):
            attempt(token)


def test_who_has_no_password_here_must_have_signed_in_just_now(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM credentials WHERE user_id = ?", (school.people[Role.TEACHER],))
    signed_in(school, Role.STUDENT)
    with engine().begin() as connection:  # somebody else's session is younger than any
        connection.exec_driver_sql("UPDATE sign_ins SET created_at = expires_at")
    token = signed_in(school, Role.TEACHER)
    assert not my_factor.my_factor(token).has_password
    my_factor.set_up(token, password="")
    let_time_pass(monkeypatch, my_factor.FRESH)
    with pytest.raises(InvalidInput) as refused:
        my_factor.set_up(token, password="")
    assert [each.field for each in refused.value.problems] == ["present"]


# Both lost.


@pytest.mark.parametrize(
    ("by", "whose", "may"),
    [
        (Role.SCHOOL, Role.STAFF, True),
        (Role.SCHOOL, Role.TEACHER, True),
        (Role.SCHOOL, Role.OWNER, False),
        (Role.SCHOOL, Role.SCHOOL, False),
        (Role.OWNER, Role.SCHOOL, True),
        (Role.OWNER, Role.STAFF, True),
        (Role.OWNER, Role.OWNER, False),
        (Role.OWNER, Role.TEACHER, False),
        (Role.STAFF, Role.STUDENT, False),
        (Role.TEACHER, Role.STUDENT, False),
    ],
)
def test_who_may_disable_a_person_may_take_their_lost_factor_away_and_nobody_their_own(
    by: Role, whose: Role, may: bool, school: School
) -> None:
    person = school.people[whose]
    actor = school.actor(by)
    give_phone(school.people[Role.PARENT])
    assert not my_factor.help_for(actor, person).factor
    give_phone(person)
    token = signed_in(school, whose)
    assert my_factor.help_for(actor, person) == my_factor.Help(link=may, factor=may)
    if not may:
        with pytest.raises(NotFound):
            my_factor.reset(actor, person)
        assert actor_of(token)
        return
    my_factor.reset(actor, person)
    assert actor_of(token) is None
    for model in (SecondFactor, RecoveryCode):
        assert {each.user_id for each in rows(model)} == {school.people[Role.PARENT]}, "nobody else lost theirs"
    with pytest.raises(NotFound):
        my_factor.reset(actor, person)


def test_nobody_of_another_school_takes_a_factor_away(school: School) -> None:
    from dataclasses import replace

    give_phone(school.people[Role.STAFF])
    with pytest.raises(NotFound):
        my_factor.reset(
            replace(school.actor(Role.SCHOOL), organization_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), school.people[Role.STAFF]
        )


def test_the_trail_tells_who_did_what_to_whose_factor_and_no_value(school: School) -> None:
    person = school.people[Role.STAFF]
    token = signed_in(school, Role.STAFF)
    secret, _codes = set_up(token)
    my_factor.new_recovery_codes(token, password=PASSWORD, code=code(secret, steps=1))
    my_factor.reset(school.actor(Role.SCHOOL), person)
    hand_out(school.actor(Role.SCHOOL), person)
    told = [each for each in rows(TrailEntry) if each.record_id == person and each.table_name != "users"]
    assert [(each.table_name, each.action, each.user_id) for each in told] == [
        ("second_factors", "C", person),
        ("recovery_codes", "U", person),
        ("second_factors", "D", school.people[Role.SCHOOL]),
        ("reset_links", "C", school.people[Role.SCHOOL]),
    ]
    assert [(each.before_digest, each.after_digest) for each in told] == [(None, None)] * 4


# Helped back in.


def test_a_new_password_by_link_lifts_the_wait_that_guessing_earned(school: School) -> None:
    with engine().begin() as connection:  # twelve failed attempts: a wait of minutes
        later = clock.now() + 12 * dt.timedelta(minutes=30)
        from domain.access.attempts import _subject

        values = (_subject("account", "teacher@example.com"), later.isoformat(" ")[:26], clock.now().isoformat(" ")[:26])
        connection.exec_driver_sql(
            "INSERT INTO sign_in_attempts (id, subject_hash, forgiven_at, last_at) VALUES ('A', ?, ?, ?)", values
        )
    with pytest.raises(TooManyAttempts):
        by_password("teacher@example.com", PASSWORD)
    use_link(hand_out(school.actor("school"), school.people[Role.TEACHER]), "violet otters juggle")
    assert by_password("teacher@example.com", "violet otters juggle")


def test_a_new_password_leaves_the_second_factor_as_it_is(school: School) -> None:
    person = school.people[Role.TEACHER]
    give_phone(person)
    with connected(writing=True) as connection:
        set_password(connection, user_id=person, organization_id=school.id, password="violet otters juggle")
    [step] = by_password("teacher@example.com", "violet otters juggle")
    assert step.need is Need.CODE

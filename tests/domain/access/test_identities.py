"""People known by an identity provider: by issuer and subject, or invited once; who invites, who unlinks, what is noted."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from domain.access import identities, invitations
from domain.access.actor import Actor
from domain.access.id_tokens import Proven
from domain.access.identities import Entering, Link, arrive, enter, links_of, unlink
from domain.access.invitations import NoEmail, invitation_of, invite, may_invite, withdraw
from domain.access.roles import Role
from domain.access.sign_in import (
    SignInOver,
    actor_of,
    begin,
    change_password,
    issue_ticket,
    redeem,
    sessions_of,
    switch_role,
)
from domain.access.sign_in import enter as enter_step
from domain.access.trail.integrity import verify
from domain.access.uow import unit_of_work
from domain.core.models import UserRole
from domain.db.engine import engine
from domain.kit.errors import NotFound
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

ISSUER = "https://clerk.example.com"
STATES = count(1)


def run(statement: str, *values: object) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql(statement, values)


def rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    with engine().connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement, values)]


def proven(subject: str = "user_1", email: str = "teacher@example.com", *, issuer: str = ISSUER, keyed: bool = False) -> Proven:
    return Proven(issuer, subject, email, keyed=keyed)


def opened(whom: Proven) -> list[str]:
    """The keys of the people whom this identity opens, coming from its provider now."""
    code = arrive(f"state {next(STATES)}", whom)
    assert code
    found = enter(code)
    assert isinstance(found, Entering)
    return [each.user_id for each in found.accounts]


def link_of(school: School, role: Role) -> Link:
    """The one link of this person's."""
    [link] = links_of(school.actor(role), school.people[role]) or []
    return link


def second_school(**given: object) -> tuple[str, str]:
    """Another school with one person: its key, and theirs."""
    with engine().begin() as connection:
        made = Rows(connection)
        return made.organization_id, made.add("users", **{"is_active": True, "email": "teacher@example.com", **given})


def test_an_invitation_links_its_person_once(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    invite(school.actor("school"), teacher)
    assert opened(proven()) == [teacher]
    assert opened(proven()) == [teacher], "from then on by issuer and subject"
    assert opened(proven(email="")) == [teacher], "whatever their e-mail is by then"
    assert opened(proven("user_2")) == [], "the same e-mail with another subject is somebody else"
    assert invitation_of(school.actor("school"), teacher) is None


def test_without_an_invitation_an_e_mail_opens_nothing(school: School) -> None:
    assert opened(proven()) == []
    assert rows("SELECT count(*) FROM identities") == [(0,)]


def test_an_e_mail_that_isnt_verified_opens_nothing(school: School) -> None:
    invite(school.actor("school"), school.people[Role.TEACHER])
    assert opened(proven(email="")) == []


def test_the_same_subject_of_another_issuer_is_somebody_else(school: School) -> None:
    invite(school.actor("school"), school.people[Role.TEACHER])
    assert opened(proven())
    assert opened(proven(email="", issuer="https://elsewhere.example")) == []


def test_an_invitation_ends_after_a_week_when_withdrawn_and_when_the_e_mail_changes(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordination, teacher = school.actor("school"), school.people[Role.TEACHER]
    invite(coordination, teacher)
    withdraw(coordination, teacher)
    assert opened(proven()) == []
    invite(coordination, teacher)
    run("UPDATE users SET email = 'tomas@example.com' WHERE id = ?", teacher)
    assert opened(proven()) == []
    assert opened(proven(email="tomas@example.com")) == [], "it was bound to the former address"
    invite(coordination, teacher)
    moment = identities.now() + dt.timedelta(days=7)
    monkeypatch.setattr(identities, "now", lambda: moment)
    monkeypatch.setattr(invitations, "now", lambda: moment)
    assert opened(proven(email="tomas@example.com")) == []
    assert invitation_of(coordination, teacher) is None


def test_a_new_invitation_takes_the_place_of_the_old_one(school: School) -> None:
    for _each in range(2):
        invite(school.actor("school"), school.people[Role.TEACHER])
    assert rows("SELECT count(*) FROM invitations") == [(1,)]


def test_an_invitation_ends_alone_and_the_trail_tells_of_it_alone(school: School) -> None:
    for role in (Role.TEACHER, Role.STUDENT):
        invite(school.actor("school"), school.people[role])
    withdraw(school.actor("school"), school.people[Role.TEACHER])
    withdraw(school.actor("school"), school.people[Role.TEACHER])
    assert invitation_of(school.actor("school"), school.people[Role.TEACHER]) is None
    assert invitation_of(school.actor("school"), school.people[Role.STUDENT])
    assert rows("SELECT count(*) FROM trail_entries WHERE table_name = 'invitations' AND action = 'D'") == [(1,)]


def test_of_many_who_come_by_one_invitation_one_is_linked(school: School) -> None:
    invite(school.actor("school"), school.people[Role.TEACHER])
    codes = [str(arrive(f"race {each}", proven(f"user_{each}"))) for each in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = [each for each in threads.map(enter, codes) if each and each.accounts]
    assert len(found) == 1
    assert rows("SELECT count(*) FROM identities") == [(1,)]


def test_someone_disabled_is_as_unknown_as_anybody(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    invite(school.actor("school"), teacher)
    run("UPDATE users SET is_active = 0 WHERE id = ?", teacher)
    assert opened(proven()) == []
    run("UPDATE users SET is_active = 1 WHERE id = ?", teacher)
    assert opened(proven()) == [teacher], "the invitation wasn't used up"
    run("UPDATE users SET is_active = 0 WHERE id = ?", teacher)
    assert opened(proven()) == []


def test_several_schools_may_know_one_identity(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    other, colleague = second_school(role="teacher")
    invite(school.actor("school"), teacher)
    assert opened(proven()) == [teacher]
    with engine().begin() as connection:
        head = Rows(connection, other).add("users", role="school", is_active=True)
    invite(Actor(other, head, Role.SCHOOL, (Role.SCHOOL,)), colleague)
    assert set(opened(proven())) == {teacher, colleague}
    unlink(school.actor("teacher"), link_of(school, Role.TEACHER).id)
    assert opened(proven()) == [colleague]


def test_the_key_in_a_persons_record_counts_for_the_one_provider_that_it_speaks_of(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    run("UPDATE users SET clerk_user_id = 'user_1' WHERE id = ?", teacher)
    assert opened(proven()) == []
    assert opened(proven(keyed=True)) == [teacher]
    assert opened(proven()) == [teacher], "and is a link like any other from then on"


def test_a_link_by_that_provider_writes_the_key_and_its_end_takes_it_away(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    invite(school.actor("school"), teacher)
    assert opened(proven(keyed=True)) == [teacher]
    assert rows("SELECT clerk_user_id FROM users WHERE id = ?", teacher) == [("user_1",)]
    unlink(school.actor("teacher"), link_of(school, Role.TEACHER).id)
    assert rows("SELECT clerk_user_id FROM users WHERE id = ?", teacher) == [(None,)]
    assert opened(proven(keyed=True)) == []


def test_a_key_that_another_school_holds_already_is_in_nobodys_way(school: School) -> None:
    second_school(clerk_user_id="user_1", email="other@example.com")
    teacher = school.people[Role.TEACHER]
    invite(school.actor("school"), teacher)
    assert teacher in opened(proven(keyed=True))
    assert rows("SELECT clerk_user_id FROM users WHERE id = ?", teacher) == [(None,)]


def test_a_flow_is_taken_once(school: School) -> None:
    assert arrive("one flow", proven())
    assert arrive("one flow", proven()) is None


def test_each_arrival_is_its_own_and_what_is_old_is_not_kept(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [arrive(f"flow {each}", proven(f"user_{each}")) for each in range(2)]
    assert [enter(str(each)) for each in codes] == [Entering((), vouched=False)] * 2
    moment = identities.now() + identities.FLOW_LIFE
    monkeypatch.setattr(identities, "now", lambda: moment)
    assert arrive("a later flow", proven())
    assert rows("SELECT count(*) FROM arrivals") == [(1,)]


def test_an_identity_that_is_linked_at_a_school_opens_nobody_else_there(school: School) -> None:
    for role in (Role.TEACHER, Role.STUDENT):
        invite(school.actor("school"), school.people[role])
    assert opened(proven()) == [school.people[Role.TEACHER]]
    assert opened(proven(email="student@example.com")) == [school.people[Role.TEACHER]]
    assert invitation_of(school.actor("school"), school.people[Role.STUDENT]), "it waits for whom it was meant for"


def test_who_is_linked_several_times_came_by_the_link_that_was_used(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    ways = [proven(), proven("user_2"), proven(issuer="https://elsewhere.example")]
    for way in ways:
        invite(school.actor("school"), teacher)
        assert opened(way) == [teacher]
    for way in [*ways, *reversed(ways)]:
        [(key,)] = rows("SELECT id FROM identities WHERE issuer = ? AND subject = ?", way.issuer, way.subject)
        found = enter(arrive(f"state {next(STATES)}", way) or "")
        assert found is not None
        assert found.links == {teacher: key}, "its end is the end of what came by it, and of nothing else"


def test_the_key_of_someone_disabled_links_nobody(school: School) -> None:
    run("UPDATE users SET clerk_user_id = 'user_1', is_active = 0 WHERE id = ?", school.people[Role.TEACHER])
    assert opened(proven(keyed=True)) == []
    assert rows("SELECT count(*) FROM identities") == [(0,)]


def test_a_key_that_speaks_of_another_identity_is_neither_overwritten_nor_taken_away(school: School) -> None:
    teacher = school.people[Role.TEACHER]
    run("UPDATE users SET clerk_user_id = 'another' WHERE id = ?", teacher)
    invite(school.actor("school"), teacher)
    assert opened(proven(keyed=True)) == [teacher]
    assert rows("SELECT clerk_user_id FROM users WHERE id = ?", teacher) == [("another",)]
    unlink(school.actor("teacher"), link_of(school, Role.TEACHER).id)
    assert rows("SELECT clerk_user_id FROM users WHERE id = ?", teacher) == [("another",)]


def test_a_link_that_there_is_not_is_not_found(school: School) -> None:
    with pytest.raises(NotFound):
        unlink(school.actor("school"), "nothing")


@pytest.mark.parametrize("code", ["", "invented", "failed", "' OR 1=1 --", "é" * 300, "\ud800"])
def test_an_invented_code_opens_nothing(code: str, school: School) -> None:
    arrive("a flow", proven())
    assert enter(code) is None


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("whose", list(Role))
def test_who_may_invite_whom(role: Role, whose: Role, school: School) -> None:
    # The small school's founder is an owner too, so that only an owner may invite them.
    coordination = {Role.STUDENT, Role.TEACHER, Role.PARENT, Role.STAFF}
    for each in coordination - {whose}:
        invite(school.actor("school"), school.people[each])
    may = {Role.SCHOOL: coordination, Role.OWNER: {Role.SCHOOL, Role.STAFF}}.get(role, set())
    actor, person = school.actor(role), school.people[whose]
    assert may_invite(actor, person) is (whose in may)
    if whose in may:
        assert invitation_of(actor, person) is None, "there is none yet, but for others"
        assert invite(actor, person).email == f"{whose}@example.com"
        assert invitation_of(actor, person)
        return
    if whose in coordination:
        invite(school.actor("school"), person)
    assert invitation_of(actor, person) is None
    for refused in (invite, withdraw):
        with pytest.raises(NotFound):
            refused(actor, person)


def test_nobody_invites_a_person_of_another_school_someone_disabled_or_who_has_no_e_mail(school: School) -> None:
    _other, colleague = second_school()
    coordination = school.actor("school")
    run("UPDATE users SET is_active = 0 WHERE id = ?", school.people[Role.STAFF])
    for person in (colleague, school.people[Role.STAFF], "nobody"):
        with pytest.raises(NotFound):
            invite(coordination, person)
    run("UPDATE users SET email = NULL WHERE id = ?", school.people[Role.STUDENT])
    with pytest.raises(NoEmail):
        invite(coordination, school.people[Role.STUDENT])


def test_an_owner_of_two_roles_is_invited_by_no_coordination(school: School) -> None:
    with engine().begin() as connection:
        Rows(connection, school.id).add("user_roles", user_id=school.people[Role.STAFF], role="owner")
    assert not may_invite(school.actor("school"), school.people[Role.STAFF])


def linked(school: School, role: Role) -> str:
    """A link of this person's."""
    inviting = "owner" if role in {Role.SCHOOL, Role.OWNER} else "school"
    invite(school.actor(inviting), school.people[role])
    assert opened(proven(f"subject of {role}", f"{role}@example.com")) == [school.people[role]]
    return link_of(school, role).id


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_and_end_whose_link(role: Role, school: School) -> None:
    student, head = linked(school, Role.STUDENT), linked(school, Role.SCHOOL)
    for whose, key in ((Role.STUDENT, student), (Role.SCHOOL, head)):
        may = role is whose or (role, whose) in {(Role.SCHOOL, Role.STUDENT), (Role.OWNER, Role.SCHOOL)}
        assert (links_of(school.actor(role), school.people[whose]) is not None) is may
        if not may:
            with pytest.raises(NotFound):
                unlink(school.actor(role), key)
            continue
        unlink(school.actor(role), key)
        assert links_of(school.actor(role), school.people[whose]) == []


def test_a_link_that_another_ends_signs_its_person_out_and_ones_own_does_not(school: School) -> None:
    student = school.people[Role.STUDENT]
    for role, stays in ((Role.SCHOOL, False), (Role.STUDENT, True)):
        token = redeem(issue_ticket(student, Role.STUDENT))
        assert token
        unlink(school.actor(role), linked(school, Role.STUDENT))
        assert bool(actor_of(token)) is stays


def came_by(whom: Proven, role: Role) -> str:
    """The token of someone who came in by this identity just now."""
    found = enter(str(arrive(f"state {next(STATES)}", whom)))
    assert found
    [step] = begin(found.accounts, vouched=found.vouched, links=found.links)
    return redeem(enter_step(step.token, role)) or ""


def test_ending_ones_own_link_ends_what_came_by_it_and_nothing_else(school: School) -> None:
    """Whoever took over the account elsewhere is out, in whichever role they went on; who came otherwise stays."""
    with unit_of_work(school.job) as session:
        session.add(UserRole(user_id=school.people[Role.STUDENT], role=Role.TEACHER))
    key = linked(school, Role.STUDENT)
    others = linked(school, Role.TEACHER)
    theirs = proven("subject of student")
    mine = redeem(issue_ticket(school.people[Role.STUDENT], Role.STUDENT)) or ""
    by_it, later = came_by(theirs, Role.STUDENT), redeem(switch_role(came_by(theirs, Role.STUDENT), Role.TEACHER)) or ""
    changed = redeem(change_password(came_by(theirs, Role.STUDENT), PASSWORD, "violet otters juggle")) or ""
    assert (actor_of(by_it), actor_of(later), actor_of(mine)) == (None, None, None), "a new password ends them anyway"
    by_it, later = came_by(theirs, Role.STUDENT), redeem(switch_role(came_by(theirs, Role.STUDENT), Role.TEACHER)) or ""
    [under_way] = begin(enter(str(arrive("on the way", theirs))).accounts, links={school.people[Role.STUDENT]: key})
    colleague = came_by(proven("subject of teacher"), Role.TEACHER)
    told = [(each.is_here, each.link, each.issuer) for each in sessions_of(changed)]
    assert sorted(told) == [(False, key, ISSUER), (False, key, ISSUER), (True, "", "")]
    assert unlink(school.actor("student"), key) == 2
    assert (actor_of(by_it), actor_of(later)) == (None, None)
    with pytest.raises(SignInOver):
        enter_step(under_way.token)
    assert actor_of(changed), "it stands by the password"
    assert actor_of(colleague), "it came by another link of the same provider"
    assert links_of(school.actor("teacher"), school.people[Role.TEACHER])[0].id == others


def test_a_session_that_came_by_the_link_is_counted_while_it_lasts(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    key = linked(school, Role.STUDENT)
    came_by(proven("subject of student"), Role.STUDENT)
    moment = identities.now() + dt.timedelta(hours=13)
    monkeypatch.setattr(identities, "now", lambda: moment)
    assert unlink(school.actor("student"), key) == 0


def test_the_trail_tells_who_invited_that_the_person_was_linked_and_who_ended_it(school: School) -> None:
    before = len(rows("SELECT id FROM trail_entries"))
    unlink(school.actor("student"), linked(school, Role.STUDENT))
    told = rows("SELECT action, table_name, job, role FROM trail_entries ORDER BY number")[before:]
    assert told == [
        ("C", "invitations", None, "school"),
        ("C", "identities", "identity provider", None),
        ("D", "invitations", "identity provider", None),
        ("D", "identities", None, "student"),
    ]
    with engine().connect() as connection:
        assert all(not chain.faults for chain in verify(connection))


def test_the_security_log_tells_it_by_keys_alone(school: School, noted: Callable[..., list[dict[str, object]]]) -> None:
    unlink(school.actor("student"), linked(school, Role.STUDENT))
    assert opened(proven("nobody", "nobody@example.com")) == []
    lines = noted("invited", "identity_linked", "identity_unlinked", "provider_refused")
    assert [line["event"] for line in lines] == ["invited", "identity_linked", "identity_unlinked", "provider_refused"]
    assert all(line["person"] == school.people[Role.STUDENT] for line in lines[:3])
    assert "@" not in str(lines)
    assert ISSUER not in str(lines)

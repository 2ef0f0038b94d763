"""What the security log says of each event, and what it can never say."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from domain.access import attempts, reset_links, security_log, sessions
from domain.access.actor import Actor
from domain.access.attempts import TooManyAttempts
from domain.access.models import SignIn
from domain.access.roles import Role
from domain.access.security_log import Event
from domain.access.sign_in import (
    LinkOver,
    actor_of,
    change_password,
    check_password,
    end,
    end_others,
    hand_out,
    issue_ticket,
    redeem,
    switch_role,
    use_link,
)
from domain.access.uow import reading, unit_of_work
from domain.core.models import User, UserRole
from domain.db.engine import engine
from domain.kit.errors import InvalidInput, NotAllowed, NotFound, WrongScope
from domain.kit.ids import new_id
from domain.memory.models import MemoryNode
from domain.operations.models import Room
from domain.records import write
from domain.records.missing import note_missing
from tests.conftest import PASSWORD, School
from tests.factories.rows import Rows

Noted = Callable[..., list[dict[str, Any]]]
HOME = "203.0.113.7"
SECURITY = Path(__file__).parents[3] / "docs" / "security.md"
NEW = "violet otters juggle"


def signed_in(school: School, role: Role) -> str:
    token = redeem(issue_ticket(school.people[role], role), address=HOME)
    assert token
    return token


def who(school: School, role: Role) -> dict[str, str]:
    """How the log names a person in their role."""
    return {"actor": school.people[role], "role": str(role), "school": school.id}


def test_a_sign_in_and_its_end_are_written_with_who_and_from_where(school: School, noted: Noted) -> None:
    token = signed_in(school, Role.TEACHER)
    assert noted() == [{"event": "signed_in", **who(school, Role.TEACHER), "address": HOME}]
    with security_log.coming_from(HOME):
        end(token)
    assert noted("signed_out") == [{"event": "signed_out", **who(school, Role.TEACHER), "address": HOME}]
    end(token)
    end(issue_ticket(school.people[Role.TEACHER], Role.TEACHER))
    assert len(noted("signed_out")) == 1, "there was nobody to sign out"


def test_an_address_that_is_said_goes_before_the_runs_own_and_holds_while_it_lasts(
    noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "_locator", [])
    with security_log.coming_from(HOME):
        security_log.record(Event.LINK_REFUSED)
    security_log.record(Event.LINK_REFUSED)
    security_log.locate_by(lambda: "198.51.100.9")
    with security_log.coming_from(HOME):
        security_log.record(Event.LINK_REFUSED)
    security_log.record(Event.LINK_REFUSED)
    assert [each.get("address") for each in noted()] == [HOME, None, HOME, "198.51.100.9"]


def test_a_refused_sign_in_names_the_person_by_key_and_never_what_was_typed(school: School, noted: Noted) -> None:
    assert check_password("teacher@example.com", "not the password", address=HOME) == []
    assert check_password("nobody@example.com", "secret words here", address=HOME) == []
    assert check_password("teacher@example.com", PASSWORD, address=HOME)
    known, unknown = noted()
    person = {"person": school.people[Role.TEACHER], "school": school.id}
    assert known == {"event": "sign_in_refused", **person, "address": HOME}
    assert unknown == {"event": "sign_in_refused", "address": HOME}


def test_too_many_attempts_are_written(school: School, noted: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "ACCOUNT", attempts.Limit(1, dt.timedelta(minutes=15), dt.timedelta(minutes=30)))
    attempts.begin("teacher@example.com", HOME)
    with pytest.raises(TooManyAttempts):
        check_password("teacher@example.com", PASSWORD, address=HOME)
    assert noted() == [{"event": "sign_in_limited", "address": HOME}]


def test_a_cookie_that_opens_nothing_is_written_once_a_minute_with_the_reason(school: School, noted: Noted) -> None:
    forged, student = "forged", signed_in(school, Role.STUDENT)
    for _click in range(5):
        assert actor_of(forged) is None
    assert noted("cookie_refused") == [{"event": "cookie_refused", "reason": "unknown"}]
    assert actor_of(issue_ticket(school.people[Role.STAFF], Role.STAFF)) is None
    assert noted("cookie_refused")[1:] == [{"event": "cookie_refused", **who(school, Role.STAFF), "reason": "unknown"}]
    with unit_of_work(school.actor(Role.SCHOOL)) as session:
        person = session.get(User, school.people[Role.STUDENT])
        person.is_active = False
    assert actor_of(student) is None
    assert noted("cookie_refused")[2] == {"event": "cookie_refused", **who(school, Role.STUDENT), "reason": "disabled"}


@pytest.mark.parametrize(("column", "reason"), [("expires_at", "over"), ("last_seen_at", "idle")])
def test_a_cookie_whose_time_is_over_is_told_from_an_idle_one(school: School, noted: Noted, column: str, reason: str) -> None:
    token, long_ago = signed_in(school, Role.STAFF), sessions.now() - dt.timedelta(days=100)
    with engine().begin() as connection:
        connection.execute(update(SignIn.__table__).values({column: long_ago}))
    assert actor_of(token) is None
    assert noted("cookie_refused") == [{"event": "cookie_refused", **who(school, Role.STAFF), "reason": reason}]


def test_a_role_that_is_held_no_more_is_written(school: School, noted: Noted) -> None:
    coordinator, person = school.actor(Role.SCHOOL), school.people[Role.TEACHER]
    with unit_of_work(coordinator) as session:
        held = write.create(session, UserRole, {"user_id": person, "role": Role.STAFF}).id
    token = redeem(switch_role(signed_in(school, Role.TEACHER), Role.STAFF))
    assert token
    assert noted("role_switched") == [{"event": "role_switched", **who(school, Role.TEACHER), "role": "staff"}]
    assert not noted("signed_out")
    with unit_of_work(coordinator) as session:
        write.remove(session, UserRole, [held])
    for _click in range(3):
        assert actor_of(token) is None
    assert noted("stale_role") == [{"event": "stale_role", **who(school, Role.TEACHER), "role": "staff"}]


def test_a_changed_password_and_a_guess_at_the_present_one_are_written(school: School, noted: Noted) -> None:
    token, me = signed_in(school, Role.TEACHER), who(school, Role.TEACHER)
    with pytest.raises(InvalidInput):
        change_password(token, "not the password", NEW, address=HOME)
    end_others(token)
    change_password(token, PASSWORD, NEW, address=HOME)
    assert noted("password_refused", "session_ended", "password_changed") == [
        {"event": "password_refused", **me, "address": HOME},
        {"event": "session_ended", **me, "count": 0},
        {"event": "password_changed", **me, "address": HOME},
    ]


def test_a_link_for_a_new_password_is_written_when_made_used_and_refused(school: School, noted: Noted) -> None:
    person = school.people[Role.STUDENT]
    code = hand_out(school.actor(Role.SCHOOL), person)
    use_link(code, NEW)
    with pytest.raises(LinkOver):
        use_link(code, NEW)
    assert noted() == [
        {"event": "link_handed_out", **who(school, Role.SCHOOL), "person": person},
        {"event": "link_used", "person": person, "school": school.id},
        {"event": "link_refused"},
    ]
    assert code not in str(noted())
    with pytest.raises(NotFound):
        reset_links.hand_out(school.actor(Role.TEACHER), person)


def test_what_the_rights_refuse_is_written_once_with_who_asked(school: School, noted: Noted) -> None:
    with pytest.raises(NotAllowed), unit_of_work(school.actor(Role.STUDENT)) as session:
        write.create(session, Room, {"name": "Mine", "capacity": 3})
    with pytest.raises(WrongScope), reading(school.actor(Role.STUDENT)) as session:
        session.execute(text("SELECT * FROM users"))
    refused, crossed = noted()
    assert (refused["event"], refused["actor"]) == ("not_allowed", school.people[Role.STUDENT])
    assert (crossed["event"], crossed["actor"]) == ("wrong_scope", school.people[Role.STUDENT])


def test_an_error_that_passes_several_places_is_written_once(noted: Noted) -> None:
    error = NotAllowed("signed out")
    security_log.refused(error)
    security_log.refused(error)
    security_log.refused(NotFound())
    assert noted() == [{"event": "not_allowed", "reason": "signed out"}]


def test_a_record_of_someone_else_is_told_from_one_that_does_not_exist_in_the_log_alone(school: School, noted: Noted) -> None:
    with engine().begin() as connection:
        other = Rows(connection, school.id).add("memory_nodes")
        elsewhere = Rows(connection, Rows(connection).add("organizations")).add("users")
    teacher, nowhere, me = school.actor(Role.TEACHER), new_id(), who(school, Role.TEACHER)
    with reading(teacher) as session:
        for _click in range(3):
            note_missing(session, MemoryNode, other)
            note_missing(session, User, elsewhere)
            note_missing(session, User, nowhere)
            note_missing(session, User, "DROP TABLE users\nevent=signed_in")
    assert noted() == [
        {"event": "record_refused", **me, "table": "memory_nodes", "record": other, "reason": "another's"},
        {"event": "record_refused", **me, "table": "users", "record": elsewhere, "reason": "another school's"},
        {"event": "record_missing", **me, "table": "users", "record": nowhere},
        {"event": "record_missing", **me, "table": "users"},
    ]


def test_changing_or_deleting_anothers_record_is_written_as_well(school: School, noted: Noted) -> None:
    with suppress(NotFound), unit_of_work(school.actor(Role.TEACHER)) as session:
        write.update(session, User, school.people[Role.PARENT], {"phone": "+5511987654321"}, version=1, opened={})
    [line] = noted("record_refused")
    assert (line["table"], line["record"]) == ("users", school.people[Role.PARENT])


@given(st.text(), st.text(), st.text())
def test_nobody_writes_a_line_of_their_own_into_the_log(key: str, address: str, reason: str) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda each: lines.append(each.getMessage())  # type: ignore[method-assign]
    security_log.log.addHandler(handler)
    try:
        actor = Actor(organization_id=key, user_id=key, job=key)
        security_log.record(Event.NOT_ALLOWED, actor, address=address, table=key, key=key, person=key, role=key, reason=reason)
    finally:
        security_log.log.removeHandler(handler)
    [line] = lines
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["event"] == "not_allowed"


def test_every_event_stands_in_the_document_as_it_is() -> None:
    told = SECURITY.read_text(encoding="utf-8")
    assert len({each.word for each in Event}) == len(Event)
    for each in Event:
        assert f"| `{each.word}` | {logging.getLevelName(each.level).lower()} | {each.meaning} |" in told, each


def test_whoever_sends_ever_new_cookies_fills_no_memory() -> None:
    lately = security_log._Lately()
    for number in range(security_log.REMEMBERED + 100):
        assert lately.is_new(str(number))
    assert len(lately.at) == security_log.REMEMBERED
    assert not lately.is_new(str(security_log.REMEMBERED + 99))

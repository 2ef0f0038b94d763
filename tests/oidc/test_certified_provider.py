"""Signing in with a certified provider: who is known, who is invited, and everybody else."""

import datetime as dt

import pytest

from domain.access import identities, invitations
from domain.access.identities import Entering, enter, links_of
from domain.access.invitations import invite
from domain.access.sign_in import set_password
from domain.db.engine import engine
from tests.conftest import PASSWORD
from tests.oidc.conftest import Providers

pytestmark = pytest.mark.browser  # no window, but the running app


def run(statement: str, *values: object) -> None:
    with engine().begin() as connection:
        connection.exec_driver_sql(statement, values)


def came_in(providers: Providers, subject: str) -> list[str]:
    """The keys of the people whom this subject's sign-in opens."""
    found = enter(providers.flow().sign_in(subject))
    assert isinstance(found, Entering)
    return [each.user_id for each in found.accounts]


def test_someone_invited_comes_in_and_is_known_from_then_on(providers: Providers) -> None:
    teacher = providers.user("teacher")
    invite(providers.school.actor("school"), teacher)
    assert came_in(providers, "tomas") == [teacher]
    assert came_in(providers, "tomas") == [teacher]
    [link] = links_of(providers.school.actor("teacher"), teacher) or []
    assert link.issuer == providers.certified
    assert link.last_used


def test_someone_whom_nobody_knows_stays_out_and_so_does_who_has_the_e_mail_but_no_invitation(providers: Providers) -> None:
    assert came_in(providers, "nobody") == []
    assert came_in(providers, "tomas") == []


def test_an_e_mail_that_the_provider_has_not_verified_is_no_invitation(providers: Providers) -> None:
    invite(providers.school.actor("school"), providers.user("staff"))
    assert came_in(providers, "rui") == []


def test_an_invitation_ends_after_a_week(providers: Providers) -> None:
    until = invite(providers.school.actor("school"), providers.user("teacher")).until
    assert until - invitations.now() > dt.timedelta(days=6, hours=23)
    run("UPDATE invitations SET expires_at = datetime('now', '-1 minute')")
    assert came_in(providers, "tomas") == []


def test_someone_disabled_stays_out_whether_linked_or_invited(providers: Providers) -> None:
    for role in ("teacher", "student"):
        invite(providers.school.actor("school"), providers.user(role))
    assert came_in(providers, "tomas") == [providers.user("teacher")]
    run("UPDATE users SET is_active = 0 WHERE id IN (?, ?)", providers.user("teacher"), providers.user("student"))
    assert came_in(providers, "tomas") == []
    assert came_in(providers, "sofia") == []


def test_what_came_back_can_be_used_once_and_for_two_minutes(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = providers.flow()
    code = flow.sign_in("tomas")
    assert enter(code) is not None
    assert enter(code) is None
    late = flow.sign_in("tomas")
    moment = identities.now() + dt.timedelta(minutes=2, seconds=1)
    monkeypatch.setattr(identities, "now", lambda: moment)
    assert enter(late) is None


def test_the_subject_at_one_provider_is_nobody_at_another(providers: Providers) -> None:
    invite(providers.school.actor("school"), providers.user("teacher"))
    assert came_in(providers, "tomas") == [providers.user("teacher")]
    providers.hostile.behave(claims={"sub": "tomas", "email": "teacher@example.com"})
    found = enter(providers.flow().through())
    assert found == Entering((), vouched=False)


def test_the_database_keeps_no_token_of_the_provider_and_nothing_of_whoever_came_in(providers: Providers) -> None:
    code = providers.flow().sign_in("nobody")
    with engine().connect() as connection:
        before = str(connection.exec_driver_sql("SELECT * FROM arrivals").all())
    assert "nobody@example.com" in before
    assert code not in before
    assert "eyJ" not in before, "no token"
    enter(code)
    with engine().connect() as connection:
        [row] = connection.exec_driver_sql("SELECT code_hash, identity FROM arrivals").all()
    assert tuple(row) == (None, None)
    assert "nobody@example.com" not in providers.server.said()


def test_the_local_password_goes_on_working_beside(providers: Providers) -> None:
    from domain.access.sign_in import check_password

    teacher = providers.user("teacher")
    with engine().begin() as connection:
        set_password(connection, user_id=teacher, organization_id=providers.school.id, password=PASSWORD)
    invite(providers.school.actor("school"), teacher)
    assert came_in(providers, "tomas") == [teacher]
    assert [each.user_id for each in check_password("teacher@example.com", PASSWORD)] == [teacher]

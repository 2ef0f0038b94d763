"""People who are known by an identity provider, on a libSQL server: invited, linked once however many come, unlinked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.access.actor import Actor
from domain.access.id_tokens import Proven
from domain.access.identities import arrive, enter, links_of, unlink
from domain.access.invitations import invite
from domain.access.roles import Role
from domain.access.trail.integrity import verify
from domain.db.engine import engine
from domain.migrations import state
from tests.factories.rows import Rows

ISSUER = "https://id.example.org"


@pytest.fixture
def people(fresh_server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Actor, Actor]]:
    """Coordination and a teacher of one school."""
    monkeypatch.setenv("TURSO_DATABASE_URL", fresh_server_url)
    state.upgrade()
    with engine().begin() as connection:
        rows = Rows(connection)
        head = rows.add("users", role="school", is_active=True)
        teacher = rows.add("users", role="teacher", is_active=True, email="teacher@example.com")
        school = rows.organization_id
    yield Actor(school, head, Role.SCHOOL, (Role.SCHOOL,)), Actor(school, teacher, Role.TEACHER, (Role.TEACHER,))
    engine().dispose()


def test_an_invitation_links_one_account_and_the_trail_verifies(people: tuple[Actor, Actor]) -> None:
    coordination, teacher = people
    invite(coordination, teacher.user_id)
    proven = [Proven(ISSUER, f"subject {each}", "teacher@example.com", keyed=True) for each in range(4)]
    codes = [str(arrive(f"flow {each.subject}", each)) for each in proven]
    assert arrive("flow subject 0", proven[0]) is None
    with ThreadPoolExecutor(4) as threads:
        found = [each for each in threads.map(enter, codes) if each and each.accounts]
    assert [each.accounts[0].user_id for each in found] == [teacher.user_id]
    [link] = links_of(coordination, teacher.user_id) or []
    unlink(coordination, link.id)
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        assert connection.exec_driver_sql("SELECT clerk_user_id FROM users WHERE role = 'teacher'").scalar() is None
        assert [(chain.entries, chain.faults) for chain in verify(connection)] == [(6, [])]

"""The second factor on a libSQL server: the same steps, and of many who give one code at once, one comes in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.access import attempts, steps
from domain.access.roles import Role
from domain.access.second_factor import Need
from domain.access.sign_in import actor_of, by_password, confirm_set_up, enter, give_code, redeem, start_set_up
from domain.access.steps import begin
from domain.db.engine import engine
from domain.kit.errors import InvalidInput
from domain.migrations import state
from tests.conftest import PASSWORD, School, make_school
from tests.factories.authenticator import code, setting


@pytest.fixture
def school(fresh_server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """The small school on a server, which asks for a second factor. The key lies where no database does."""
    monkeypatch.setenv("TURSO_DATABASE_URL", fresh_server_url)
    monkeypatch.chdir(tmp_path)
    state.upgrade()
    made = make_school()
    setting(made.id, second_factor_required=True)
    yield made
    engine().dispose()


def test_a_second_factor_is_set_up_and_asked_for_on_a_server(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [step] = by_password("staff@example.com", PASSWORD)
    secret = start_set_up(step.token).secret
    recovery = confirm_set_up(step.token, code(secret, steps=-1), address="")
    assert (tmp_path / "data" / "constela.key").exists()
    actor = actor_of(redeem(enter(step.token)) or "")
    assert actor
    assert (actor.user_id, actor.role) == (school.people[Role.STAFF], Role.STAFF)

    monkeypatch.setattr(steps.attempts, "begin", lambda *given, **_options: attempts.Attempt(*given))
    for given in (code(secret, steps=1), recovery[0]):
        under_way = [begin([step.account])[0] for _each in range(6)]
        assert {each.need for each in under_way} == {Need.CODE}

        def attempt(token: str, given: str = given) -> bool:
            try:
                give_code(token, given, address="")
            except InvalidInput:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(attempt, [each.token for each in under_way])) == 1

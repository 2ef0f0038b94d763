"""Guards are load-bearing: some of them, taken out, are each missed by a test. All of them: `python -m tests.guards`."""

import ast
import json
import subprocess
import sys

from domain.access.grants import RIGHTS
from domain.db.engine import engine
from tests.guards.__main__ import KILLERS
from tests.guards.doors import doors
from tests.guards.equivalent import EQUIVALENT, reason_for
from tests.guards.finding import ROOT, files, functions_of, guards, guards_of, services
from tests.guards.places import ONLY_DRAWS
from tests.guards.policies import noticed, two_schools, widenings
from tests.guards.running import sample

SEED = 4
CODE, POLICIES = 12, 40

SOURCE = """
def open_door(actor, key, table):
    if actor is None or actor.is_gone:
        raise NotAllowed
    if actor.job:
        return true()
    _only(key)
    found = select(table.c.id).where(table.c.id == key, table.c.user_id == actor.user_id, table.c.is_active)
    return [each for each in found if decide(actor, "R", each)]


def may(actor) -> bool:
    return actor.is_here and actor.role == "owner"


def give(answer, session):
    answer.set_cookie("a", "b", httponly=True, secure=True, samesite="lax")
    session.connection().execute(delete(table).where(table.c.id == 1))
    try:
        return 1
    except LookupError:
        raise NotFound from None


def _only(key):
    if not key:
        raise NotAllowed
"""


SERVICE = """
def widen(session, key, seats):
    room = session.get(Room, key)
    if room is None:
        raise NotFound
    if seats > 100:
        raise InvalidInput
    if decide(session.actor, "U", Room):
        room.seats = seats
"""


def test_a_guard_is_found_wherever_one_is_written_and_whatever_it_is_called() -> None:
    found = {(guard.text, guard.instead) for guard in guards_of("domain/access/new.py", SOURCE)}
    assert found >= {
        ("actor is None", "False"),
        ("actor.is_gone", "False"),
        ("actor.job", "True"),
        ("table.c.id == key", "__guards__.true()"),
        ("table.c.user_id == actor.user_id", "__guards__.true()"),
        ("table.c.is_active", "__guards__.true()"),
        ("decide(actor, 'R', each)", "True"),
        ("actor.is_here", "True"),
        ("actor.role == 'owner'", "True"),
        ("raise NotFound from None", ""),
        ("not key", "False"),
        ("True", "False"),
        ("'lax'", "'none'"),
        ("session.connection().execute(delete(table).where(table.c.id == 1))", ""),
    }


def test_every_file_in_which_rights_are_kept_is_looked_at() -> None:
    looked_at = {path.relative_to(ROOT).as_posix() for path in files()}
    named = "domain/access/decide.py domain/access/uow.py domain/access/bulk.py domain/access/sessions.py domain/core/scopes.py"
    more = "domain/records/write.py domain/records/masks.py pages/_shell/guard.py pages/_shell/routes.py pages/_shell/network.py"
    assert set(f"{named} {more} pages/_shell/startup.py pages/_shell/door.py pages/_shell/state.py".split()) <= looked_at
    assert {guard.file for guard in guards()} <= looked_at | {path.relative_to(ROOT).as_posix() for path in services()}


def test_what_only_draws_is_there_and_has_a_reason() -> None:
    for place, reason in ONLY_DRAWS.items():
        file, _, function = place.partition("::")
        assert reason
        assert not function or function in dict(functions_of(ast.parse((ROOT / file).read_text("utf-8")))), place
        assert (ROOT / file).is_file(), place


def test_of_a_service_what_says_not_yours_is_a_guard_and_its_other_rules_are_not() -> None:
    found = {(guard.text, guard.instead) for guard in guards_of("domain/operations/new.py", SERVICE, rights_alone=True)}
    assert found == {("room is None", "False"), ("decide(session.actor, 'U', Room)", "__guards__.Allowed()")}


def test_no_guard_stands_twice_in_the_list() -> None:
    keys = [each.key for each in [*guards(), *doors()]]
    assert len(keys) == len(set(keys))


def test_every_reason_belongs_to_a_guard_that_there_is() -> None:
    known = {each.key for each in [*guards(), *doors(), *widenings()]}
    assert not set(EQUIVALENT) - known, "a guard that has gone, or that says something else now, needs no reason"


def test_some_rights_made_wider_are_each_noticed_by_the_matrix() -> None:
    before = repr(RIGHTS)
    chosen = sample([each for each in widenings() if not reason_for(each.key)], POLICIES, SEED)
    with two_schools() as world:
        missed = [str(each) for each in chosen if not noticed(world, each)]
    assert not missed
    assert repr(RIGHTS) == before, "the rights are as they were"
    engine().dispose()


def test_some_guards_taken_out_are_each_missed_by_a_test() -> None:
    """By the test that missed it in the last run of all; in a process of its own, which forks for each."""
    known = json.loads(KILLERS.read_text(encoding="utf-8"))
    chosen = list(sample([each.key for each in [*guards(), *doors()] if each.key in known], CODE, SEED))
    assert len(chosen) == CODE
    command = [sys.executable, "-m", "tests.guards", "--keys", *chosen]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

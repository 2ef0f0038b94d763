"""Eight at once who want a class's last seat, on a file and on a server: one gets it, whichever way each of them writes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from domain.access.roles import Role
from domain.access.uow import unit_of_work
from domain.db.engine import engine
from domain.kit.findings import Refused
from domain.migrations import state
from domain.operations import enrolment, waiting
from domain.operations.enums import WaitingStatus
from domain.operations.models import Enrollment
from domain.records import write
from tests.conftest import make_school
from tests.domain.operations.enrolling_school import Enrolling

THREADS = 8


@pytest.fixture(params=["file", "server"])
def it(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enrolling]:
    """The small school in a database of the test's own, which the environment names."""
    is_file = request.param == "file"
    url = f"file:{tmp_path / 'constela.db'}" if is_file else request.getfixturevalue("fresh_server_url")
    monkeypatch.setenv("TURSO_DATABASE_URL", url)
    state.upgrade()
    yield Enrolling(make_school())
    engine().dispose()


def test_one_of_eight_gets_the_last_seat_and_one_the_offer(it: Enrolling) -> None:
    klass = it.klass("Last", places=2)
    first = it.enrol(it.student("First"), klass)
    students = [it.student(f"Student {at}") for at in range(THREADS)]
    start = Barrier(THREADS)

    def attempt(at: int) -> set[str]:
        start.wait()
        try:
            with unit_of_work(it.staff) as session:
                if at % 2:
                    enrolment.enrol(session, students[at], klass)
                else:
                    write.create(session, Enrollment, {"user_id": students[at], "class_id": klass})
        except Refused as refused:
            return {each.kind for each in refused.findings}
        return set()

    with ThreadPoolExecutor(THREADS) as pool:
        against = list(pool.map(attempt, range(THREADS)))
    assert against.count(set()) == 1
    assert set().union(*against) <= {"full", "over_full"}
    assert len(it.active(klass)) == 2
    left = [each for each in students if each not in it.active(klass)]
    entries = [it.join(each, klass) for each in left]
    it.drop(first)

    def accept(entry: str) -> bool:
        start.wait()
        try:
            with unit_of_work(it.school.actor(Role.STAFF)) as session:
                waiting.accept(session, entry)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(accept, [*entries, entries[0]]))
    assert sum(done) == 1
    assert it.entry(entries[0]).status is WaitingStatus.ENROLLED
    assert len(it.active(klass)) == 2

"""What tests stand on: a migrated database file of their own, and a small school made by the functions that people use."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from streamlit.components.v2 import manifest_scanner

import domain.registry  # noqa: F401 -- every model and right known
from domain.access import security_log
from domain.access.actor import Actor
from domain.access.grants import RIGHTS, every
from domain.access.roles import Role
from domain.access.sign_in import set_password
from domain.access.uow import unit_of_work
from domain.core.models import Family, User
from domain.curriculum.models import CourseType, Level
from domain.db import engine as db_engine
from domain.db.base import Base
from domain.db.engine import engine
from domain.founding import Founding, found
from domain.kit.texts import SOURCE_LANGUAGE, set_language
from domain.migrations import state
from domain.operations.models import Enrollment, Room, SchoolClass
from domain.records import write
from tests.factories.standing_day import stay_within

# The same examples each time, unless the long run asks for new ones; a slow machine is no failure.
settings.register_profile("sample", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=1000)
settings.load_profile("long" if os.environ.get("CONSTELA_TEST_LONG") else "sample")

RIGHTS.jobs["test"] = {table: every("CRUD") for table in Base.metadata.tables}  # what prepares a test isn't what it tests

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class School:
    """The keys of a small school: one person of each role; the teacher teaches the student, whose guardian the parent is."""

    id: str
    people: dict[Role, str]
    term: str
    level: str
    room: str
    klass: str

    def actor(self, role: Role | str) -> Actor:
        """The school's person of a role, acting in it."""
        role = Role(role)
        return Actor(organization_id=self.id, user_id=self.people[role], role=role, roles=(role,), school_name="Escola Aurora")

    @property
    def job(self) -> Actor:
        """A job of the system at this school."""
        return Actor.system(self.id, "test")


@pytest.fixture(scope="session", autouse=True)
def _as_in_a_process_that_lives_long() -> Iterator[None]:
    """What a process does once it does once for all tests, though each has a database of its own.

    Statements are compiled to SQL once for all files, and the installed packages are looked through once for components.
    """
    compiled: LRUCache[Any, Any] = LRUCache(2000)
    of_file, dialects = db_engine._of_file, list[Dialect]()

    def sharing(path: Path) -> Engine:
        made = of_file(path)
        dialects[:] = dialects or [made.dialect]
        made.dialect = dialects[0]  # what is compiled is told apart by it
        made.update_execution_options(compiled_cache=compiled)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db_engine, "_of_file", sharing)
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    set_language(SOURCE_LANGUAGE)
    yield
    set_language(SOURCE_LANGUAGE)


@pytest.fixture
def same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is said of today: the test's day is the one on which the tests were loaded."""
    stay_within(monkeypatch)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a school. Tests get copies of it."""
    path = tmp_path_factory.mktemp("databases") / "empty.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        state.upgrade()
        engine().dispose()
    return path


@pytest.fixture(scope="session")
def school_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> tuple[Path, School]:
    """A database that holds the small school. Tests get copies of it."""
    path = tmp_path_factory.mktemp("databases") / "school.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        made = make_school()
        engine().dispose()
    return path, made


@pytest.fixture
def database(tmp_path: Path, empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A migrated database file of the test's own, which the environment names."""
    yield from _copied(empty_file, tmp_path, monkeypatch)


@pytest.fixture
def school(tmp_path: Path, school_file: tuple[Path, School], monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    """The small school, in a database file of the test's own."""
    template, made = school_file
    for _path in _copied(template, tmp_path, monkeypatch):
        yield made


@pytest.fixture
def actor(school: School) -> Callable[[Role | str], Actor]:
    """The small school's person of a role: `actor("teacher")`."""
    return school.actor


@pytest.fixture
def noted(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """`noted("signed_in")`: the security log's lines about some events (all, if none is named), without their time."""
    monkeypatch.setattr(security_log, "_lately", security_log._Lately())

    def lines(*events: str) -> list[dict[str, Any]]:
        written = [json.loads(each.message) for each in caplog.records if each.name == security_log.log.name]
        found = [{name: value for name, value in each.items() if name != "time"} for each in written]
        return [each for each in found if not events or each["event"] in events]

    return lines


def _copied(template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = folder / "constela.db"
    shutil.copy(template, path)
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{path}")
    yield path
    engine().dispose()


def make_school() -> School:
    """Found a school in the database that the environment names, and put its people and a class into it."""
    wanted = Founding(
        school="Escola Aurora",
        first_name="Clara",
        last_name="Nunes",
        email="school@example.com",
        password=PASSWORD,
        term_name="2026/1",
        term_start=dt.date(2026, 2, 2),
        term_end=dt.date(2026, 7, 3),
        second_factor=False,
    )
    founder = found(wanted)
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        school_id = str(connection.exec_driver_sql("SELECT id FROM organizations").scalar_one())
        term = str(connection.exec_driver_sql("SELECT id FROM terms").scalar_one())
    coordinator = Actor(organization_id=school_id, user_id=founder, role=Role.SCHOOL, roles=(Role.SCHOOL, Role.OWNER))
    owner = Actor(organization_id=school_id, user_id=founder, role=Role.OWNER, roles=(Role.SCHOOL, Role.OWNER))
    people = {Role.SCHOOL: founder, Role.OWNER: _person(owner, Role.OWNER, "Olga")}
    names = {Role.STUDENT: "Sofia", Role.TEACHER: "Tomás", Role.PARENT: "Paula", Role.STAFF: "Rui"}
    people |= {role: _person(coordinator, role, name) for role, name in names.items()}
    with unit_of_work(coordinator) as session:
        family = {"parent_id": people[Role.PARENT], "child_id": people[Role.STUDENT], "relationship": "mother"}
        write.create(session, Family, family)
        course = write.create(session, CourseType, {"code": "english", "name": "English"})
        level = write.create(session, Level, {"course_type_id": course.id, "code": "A1", "name": "Beginner", "order": 1})
        room = write.create(session, Room, {"name": "Sala 1", "capacity": 12})
        klass = write.create(
            session,
            SchoolClass,
            {"term_id": term, "level_id": level.id, "teacher_id": people[Role.TEACHER], "room_id": room.id, "name": "English A1"},
        )
        first_day = dt.datetime(2026, 2, 2, 12, tzinfo=dt.UTC)
        write.create(session, Enrollment, {"user_id": people[Role.STUDENT], "class_id": klass.id, "enrolled_at": first_day})
        for role in (Role.OWNER, *names):
            set_password(session.connection(), user_id=people[role], organization_id=school_id, password=PASSWORD)
        keys = {"term": term, "level": level.id, "room": room.id, "klass": klass.id}
    return School(id=school_id, people=people, **keys)


def _person(actor: Actor, role: Role, first_name: str) -> str:
    values = {"first_name": first_name, "last_name": "Lima", "email": f"{role}@example.com", "role": role}
    if role is Role.STUDENT:
        values["birth_date"] = dt.date(2012, 5, 1)
    with unit_of_work(actor) as session:
        return write.create(session, User, values).id

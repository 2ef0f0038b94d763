"""The first school of an empty database: its organization, its first administrator, its first term, in one transaction.

Who founds a school is the first on its list for alerts.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.second_factor import REQUIRED_SETTING
from domain.access.sign_in import check_new_password, set_password
from domain.access.uow import unit_of_work
from domain.core.models import Organization, User, UserRole
from domain.db.base import Base
from domain.db.engine import engine
from domain.db.errors import REQUIRED, translate
from domain.kit.clock import DEFAULT_ZONE
from domain.kit.errors import DomainError, InvalidInput, Problem
from domain.kit.fold import fold
from domain.kit.ids import new_id
from domain.kit.texts import N_
from domain.operations.models import Term
from domain.records.check import problems_of
from domain.supervision.alert_models import AlertSupervisor

END_BEFORE_START = N_("The end must come after the start.")


class AlreadyFounded(DomainError):
    """There is a school already; a second one is made from the command line."""

    source = N_("There is a school here already. Please sign in.")


@dataclass(frozen=True)
class Founding:
    """What a new school starts from."""

    school: str
    first_name: str
    last_name: str
    email: str
    password: str
    term_name: str
    term_start: date | None
    term_end: date | None
    second_factor: bool = True  # whether coordination, reception and owners must have one


@cache
def founding_code() -> str:
    """A one-time code of this process, printed in the server's output: founding from another machine asks for it."""
    return secrets.token_hex(4).upper()


def is_empty() -> bool:
    """Whether the database holds no school yet."""
    try:
        with engine().connect().execution_options(libsql_readonly=True) as connection:
            return _holds_none(connection)
    except SQLAlchemyError as error:
        raise translate(error) from error


def _holds_none(connection: Connection) -> bool:
    return connection.execute(select(Organization.__table__.c.id).limit(1)).first() is None


def slug_of(name: str) -> str:
    """`Escola São João` as `escola-sao-joao`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:80].rstrip("-") or "school"


def found(wanted: Founding) -> str:
    """Found the school; the first administrator's key. The administrator is owner and school at once.

    Raises InvalidInput with problems named after the fields of `Founding`, AlreadyFounded.
    """
    school_id, user_id = new_id(), new_id()
    parts = _parts(wanted, school_id, user_id)
    _check(wanted, parts)
    with unit_of_work(Actor.system(school_id, "founding")) as session:
        if not _holds_none(session.connection()):  # asked under the write lock: of two who found at once, one is first
            raise AlreadyFounded
        for part in parts:
            session.add(part.model(**part.values))
            session.flush()
        session.add_all([UserRole(user_id=user_id, role=role) for role in (Role.SCHOOL, Role.OWNER)])
        session.add(AlertSupervisor(user_id=user_id))
        session.flush()
        set_password(session.connection(), user_id=user_id, organization_id=school_id, password=wanted.password)
    return user_id


@dataclass(frozen=True)
class _Part:
    """A row that a school begins with. `asked`: the field of `Founding` behind a field that is called otherwise."""

    model: type[Base]
    values: dict[str, Any]
    asked: dict[str, str]


def _parts(wanted: Founding, school_id: str, user_id: str) -> list[_Part]:
    settings = {"time_zone": DEFAULT_ZONE, "holidays": [], "closed_days": [], REQUIRED_SETTING: wanted.second_factor}
    school = {"id": school_id, "name": wanted.school, "slug": slug_of(wanted.school), "settings": settings}
    name = {"first_name": wanted.first_name, "last_name": wanted.last_name}
    term = {"name": wanted.term_name, "start_date": wanted.term_start, "end_date": wanted.term_end, "is_current": True}
    return [
        _Part(Organization, school, {"name": "school"}),
        _Part(User, {"id": user_id, **name, "email": wanted.email, "role": Role.SCHOOL}, {}),
        _Part(Term, term, {"name": "term_name", "start_date": "term_start", "end_date": "term_end"}),
    ]


def _check(wanted: Founding, parts: list[_Part]) -> None:
    problems: list[Problem] = []
    for part in parts:
        wrong = problems_of(part.model, part.values)
        problems += [Problem(part.asked.get(each.field, each.field), each.source, each.params) for each in wrong]
    if not wanted.email.strip():
        problems.append(Problem("email", REQUIRED))
    if wanted.term_start and wanted.term_end and wanted.term_end <= wanted.term_start:
        problems = [each for each in problems if each.field not in {"term_start", "term_end"}]
        problems.append(Problem("term_end", END_BEFORE_START))
    try:
        check_new_password(wanted.password)
    except InvalidInput as error:
        problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)

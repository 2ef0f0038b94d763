"""`user create`, `user reset-password`, `user reset-link`, `user disable`: people, when nobody can sign in to do it."""

import argparse
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.access import my_factor
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.sign_in import check_new_password, hand_out, set_password, sign_out_everywhere
from domain.access.uow import unit_of_work
from domain.cli.terminal import FOUND_SOMETHING, WrongUsage, new_password, say
from domain.core.models import Organization, User, UserRole
from domain.db.engine import engine
from domain.kit.errors import NotFound
from domain.kit.texts import _
from domain.migrations import state
from domain.records import write

AT = "http://127.0.0.1:8501"


def add_to(verbs: Any) -> None:
    """The verb, its three actions and their options."""
    parser = verbs.add_parser("user", help=_("make a person, give a new password, stop someone from signing in"))
    actions = parser.add_subparsers(dest="action", required=True, metavar=_("ACTION"))
    create = actions.add_parser("create", help=_("make a person who can sign in"))
    create.add_argument("email")
    create.add_argument("--first-name", required=True)
    create.add_argument("--last-name", required=True)
    create.add_argument(
        "--role",
        action="append",
        required=True,
        choices=[str(role) for role in Role],
        help=_("the first one is where they start"),
    )
    reset = actions.add_parser("reset-password", help=_("give a person a new password"))
    reset.add_argument("email")
    disable = actions.add_parser("disable", help=_("stop a person from signing in, at once"))
    disable.add_argument("email")
    link = actions.add_parser("reset-link", help=_("make a one-use link with which a person gives themself a new password"))
    link.add_argument("email")
    link.add_argument("--at", default=AT, metavar=_("ADDRESS"), help=_("the app's address as browsers know it"))
    factor = actions.add_parser(
        "reset-second-factor", help=_("take a lost second factor away; it is set up anew where it is required")
    )
    factor.add_argument("email")
    actions_and_runs = ((create, _create), (reset, _reset), (link, _link), (factor, _reset_factor), (disable, _disable))
    for each, run in actions_and_runs:
        each.add_argument("--school", metavar=_("SHORT-NAME"), help=_("which school, where there are several"))
        each.set_defaults(run=run)
    for each in (create, reset):
        each.add_argument("--generate", action="store_true", help=_("make up the password and print it once"))


@dataclass(frozen=True)
class _Place:
    key: str
    slug: str


def _create(given: argparse.Namespace) -> int:
    school = _only_one(_schools(given.school))
    password, generated = _new_password(given)
    roles = [Role(each) for each in dict.fromkeys(given.role)]
    with unit_of_work(_actor(school)) as session:
        values = {"email": given.email, "first_name": given.first_name, "last_name": given.last_name, "role": roles[0]}
        person = write.create(session, User, values)
        session.add_all([UserRole(user_id=person.id, role=role) for role in roles[1:]])
        session.flush()
        set_password(session.connection(), user_id=person.id, organization_id=school.key, password=password)
    say(_("{email} can sign in to {school} now.").format(email=given.email.strip().lower(), school=school.slug))
    return _show_once(password, generated=generated)


def _reset(given: argparse.Namespace) -> int:
    school, user_id = _person(given)
    password, generated = _new_password(given)
    with unit_of_work(_actor(school)) as session:
        set_password(session.connection(), user_id=user_id, organization_id=school.key, password=password)
    say(_("{email} has a new password, and was signed out everywhere.").format(email=given.email))
    return _show_once(password, generated=generated)


def _link(given: argparse.Namespace) -> int:
    school, user_id = _person(given)
    code = hand_out(_actor(school), user_id)
    say(_("A link for {email}. It works once, within 30 minutes:").format(email=given.email))
    say(f"{given.at.rstrip('/')}/?reset={code}")
    return 0


def _reset_factor(given: argparse.Namespace) -> int:
    school, user_id = _person(given)
    try:
        my_factor.reset(_actor(school), user_id)
    except NotFound:
        say(_("{email} has no second factor, or can't sign in at all. Nothing was changed.").format(email=given.email))
        return FOUND_SOMETHING
    say(_("{email} has no second factor any more, and was signed out everywhere.").format(email=given.email))
    return 0


def _disable(given: argparse.Namespace) -> int:
    school, user_id = _person(given)
    with unit_of_work(_actor(school)) as session:
        write.guard(session, User, [user_id], {"is_active": False})
        session.scalars(select(User).where(User.id == user_id)).one().is_active = False
        session.flush()
        sign_out_everywhere(session.connection(), user_id)
    say(_("{email} can't sign in any more. Nothing else was changed.").format(email=given.email))
    return 0


def _new_password(given: argparse.Namespace) -> tuple[str, bool]:
    password, generated = new_password(generate=given.generate)
    check_new_password(password)
    return password, generated


def _show_once(password: str, *, generated: bool) -> int:
    if generated:
        say(_("Password, shown this once: {password}").format(password=password))
    return 0


def _actor(school: _Place) -> Actor:
    return Actor.system(school.key, "command line")


def _schools(slug: str | None, *, knowing: str | None = None) -> list[_Place]:
    """The schools that fit: by short name, and by an e-mail that they know."""
    state.ensure_current()
    schools, users = Organization.__table__, User.__table__
    statement = select(schools.c.id, schools.c.slug).order_by(schools.c.slug)
    if slug:
        statement = statement.where(schools.c.slug == slug)
    if knowing is not None:
        statement = statement.where(schools.c.id.in_(select(users.c.organization_id).where(users.c.email == knowing)))
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return [_Place(key, name) for key, name in connection.execute(statement)]


def _only_one(found: list[_Place]) -> _Place:
    if not found:
        raise WrongUsage(_("There is no such school."))
    if len(found) > 1:
        names = ", ".join(each.slug for each in found)
        raise WrongUsage(_("Which school? Please add --school and one of: {names}").format(names=names))
    return found[0]


def _person(given: argparse.Namespace) -> tuple[_Place, str]:
    email = given.email.strip().lower()
    found = _schools(given.school, knowing=email)
    if not found:
        raise WrongUsage(_("Nobody is known by {email} there.").format(email=email))
    school, users = _only_one(found), User.__table__
    wanted = select(users.c.id).where(users.c.organization_id == school.key, users.c.email == email)
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        return school, str(connection.execute(wanted).scalar_one())

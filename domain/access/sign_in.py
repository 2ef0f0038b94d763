"""Local sign-in: who a person is, by e-mail and password. The rest of the program takes all that sign-in offers from here."""

import time

from sqlalchemy import select

from domain.access import attempts, known_browsers, security_log
from domain.access.accounts import Account, accounts, connected, digest, table_named
from domain.access.attempts import TooManyAttempts
from domain.access.models import Credential, SignIn
from domain.access.own_sessions import Session, end_others, end_session, sessions_of, switch_role
from domain.access.passwords import (
    DUMMY_HASH,
    check_new_password,
    hashed,
    keep_hash,
    matches,
    personal_words,
    set_password,
    sign_out_everywhere,
)
from domain.access.reset_links import LinkOver, hand_out, link_holds, use_link
from domain.access.roles import Role
from domain.access.second_factor import Enrolment, Need
from domain.access.security_log import Event
from domain.access.sessions import actor_of, end, is_asked_for_step, issue_ticket, open_session, redeem
from domain.access.steps import SignInOver, Step, begin, confirm_set_up, enter, give_code, need_of, start_set_up
from domain.db.shapes import has_unkept
from domain.kit.errors import InvalidInput, NotAllowed, Problem
from domain.kit.texts import N_

__all__ = [
    "Account",
    "Enrolment",
    "LinkOver",
    "Need",
    "Session",
    "SignInOver",
    "Step",
    "TooManyAttempts",
    "actor_of",
    "begin",
    "by_password",
    "change_password",
    "check_new_password",
    "check_password",
    "confirm_set_up",
    "demo_people",
    "end",
    "end_others",
    "end_session",
    "enter",
    "enter_demo",
    "give_code",
    "hand_out",
    "is_asked_for_step",
    "issue_ticket",
    "link_holds",
    "need_of",
    "redeem",
    "sessions_of",
    "set_password",
    "sign_out_everywhere",
    "start_set_up",
    "switch_role",
    "use_link",
]

REFUSED_AFTER = 0.6  # seconds: however many schools know an e-mail, and none, a refusal takes the same time


def check_password(email: str, password: str, *, address: str = "", shown: str = "") -> list[Account]:
    """The accounts that this e-mail and password open: none, one, or one in each of several schools.

    `address`: where the browser is on the network; empty at the command line. `shown`: what it keeps of those who signed in there
    before, see `known_browsers`. Raises TooManyAttempts.
    """
    began = time.monotonic()
    known = known_browsers.known_for_email(shown, email)
    attempt = attempts.begin(email, address, browser=known.name if known else "")
    users = table_named("users")
    with connected(writing=False) as connection:
        having = [] if has_unkept(email) else accounts(connection, users.c.email == email.strip().lower())
    if known and attempt.browser:  # at others of this e-mail, the browser's tries are worth nothing
        having = [each for each in having if each[0].user_id in known.people]
    asked = [account.user_id for account, password_hash in having if password_hash]
    fitting = {password_hash for _account, password_hash in having if password_hash and matches(password_hash, password)}
    if not asked:
        matches(DUMMY_HASH, password)
    found: list[Account] = []
    if fitting:
        with connected(writing=True) as connection:  # read anew, for another password may have been set while this was looked at
            found = [each for each, kept in accounts(connection, users.c.id.in_(asked)) if kept in fitting]
            if found:
                attempts.succeed(connection, attempt, wholly=len(found) == len(asked))
    if not found:
        _note_refused([account for account, _hash in having], address)
        time.sleep(max(0.0, began + REFUSED_AFTER - time.monotonic()))
    return found


def _note_refused(known: list[Account], address: str) -> None:
    person, school = (known[0].user_id, known[0].organization_id) if len(known) == 1 else ("", "")
    security_log.record(Event.SIGN_IN_REFUSED, address=address, person=person, school=school)


def by_password(email: str, password: str, *, address: str = "", shown: str = "") -> list[Step]:
    """As `check_password`, and each account is on its way in: see `steps`."""
    return begin(check_password(email, password, address=address, shown=shown))


def enter_demo(user_id: str) -> str:
    """A ticket for one of the demo school's invented people, who have no password. Raises NotAllowed for anyone real."""
    for account in demo_people():
        if account.user_id == user_id:
            return issue_ticket(user_id, account.role)
    raise NotAllowed("not of the demo school")


def demo_people() -> list[Account]:
    """One person for each role of the first school that the demo made; none where there is no such school."""
    users, schools = table_named("users"), table_named("organizations")
    with connected(writing=False) as connection:
        school = connection.execute(select(schools.c.id).where(schools.c.is_demo).order_by(schools.c.id).limit(1)).scalar()
        if school is None:
            return []
        keys = []
        for role in Role:
            first = select(users.c.id).where(users.c.organization_id == school, users.c.role == role, users.c.is_active)
            keys.append(connection.execute(first.order_by(users.c.id).limit(1)).scalar())
        found = accounts(connection, users.c.id.in_([key for key in keys if key]), schools.c.is_demo)
    order = {key: at for at, key in enumerate(keys)}
    return sorted((account for account, _hash in found), key=lambda account: order[account.user_id])


def change_password(token: str, present: str, wanted: str, *, address: str = "") -> str:
    """Give the holder of a token a new password; all their sessions end. The ticket with which this browser goes on.

    Raises InvalidInput at `present` or `password`, TooManyAttempts for whoever guesses, NotAllowed once signed out.
    """
    actor = actor_of(token)
    if actor is None or actor.role is None:
        raise NotAllowed("signed out")
    counted = f"change of {actor.user_id}"  # not the e-mail, so that guessing here keeps nobody from signing in
    attempt = attempts.begin(counted, address)
    credentials, sessions = Credential.__table__, SignIn.__table__
    with connected(writing=False) as connection:
        factor_at = connection.execute(select(sessions.c.factor_at).where(sessions.c.token_hash == digest(token))).scalar()
        kept = connection.execute(select(credentials.c.password_hash).where(credentials.c.user_id == actor.user_id)).scalar()
        personal = personal_words(connection, actor.user_id)
    if not matches(str(kept or DUMMY_HASH), present):
        security_log.record(Event.PASSWORD_REFUSED, actor, address=address)
        raise InvalidInput([Problem("present", N_("This isn't your present password."))])
    with connected(writing=True) as connection:
        attempts.succeed(connection, attempt)
    check_new_password(wanted, personal=personal)
    password_hash = hashed(wanted)
    with connected(writing=True) as connection:
        # Asked again, for the session may have been ended and another password set while these were looked at.
        stands = select(sessions.c.id).where(sessions.c.token_hash == digest(token))
        if connection.execute(stands).first() is None:
            raise NotAllowed("signed out")
        keep_hash(connection, user_id=actor.user_id, organization_id=actor.organization_id, password_hash=password_hash)
        who = (actor.user_id, actor.organization_id, actor.role)
        # However this browser came, it stands by the password from now on: `identity_id` stays empty.
        ticket = open_session(connection, *who, is_ticket=True, factor_at=factor_at)
    security_log.record(Event.PASSWORD_CHANGED, actor, address=address)
    return ticket

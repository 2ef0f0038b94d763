"""People who are known by an identity provider: whom an arrival lets in, and which identities a person is linked to.

An identity is an issuer's and a subject's, never an e-mail: an address may be given to someone else one day. An e-mail counts
once, when it was invited. Whoever isn't known is told so in the same way, whatever the reason.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_once

from domain.access import security_log
from domain.access.accounts import Account, accounts, connected, digest, table_named
from domain.access.actor import Actor
from domain.access.id_tokens import Proven
from domain.access.identity_models import Arrival, Identity, Invitation
from domain.access.invitations import email_to_invite, note, table_of, take_back
from domain.access.models import SignIn
from domain.access.passwords import sign_out_everywhere
from domain.access.security_log import Event
from domain.access.sessions import holds
from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.kit.clock import now
from domain.kit.errors import NotFound
from domain.kit.ids import new_id

ARRIVAL_LIFE = timedelta(minutes=2)  # from the provider's answer until our page asks
FLOW_LIFE = timedelta(hours=2)  # longer than a flow is kept in the browser: until then a replay is known as one
JOB = "identity provider"


@dataclass(frozen=True)
class Entering:
    """Whom an arrival opens. `vouched`: the provider says that it asked for a second factor; what that counts is the school's.

    `links`: for each person, the key of the link that they came by.
    """

    accounts: tuple[Account, ...]
    vouched: bool
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """An identity that a person is linked to, as they are told of it."""

    id: str
    issuer: str
    since: datetime
    last_used: datetime | None


def arrive(state: str, proven: Proven) -> str | None:
    """Keep whom a provider has just proven: the code with which this browser enters. None if the flow was used before."""
    table, moment, code = table_of(Arrival), now(), secrets.token_urlsafe(32)
    row = {"id": new_id(), "state_hash": digest(state), "code_hash": digest(code), "created_at": moment}
    with connected(writing=True) as connection:
        connection.execute(delete(table).where(table.c.created_at <= moment - FLOW_LIFE))
        wanted = insert_once(table).values(**row, identity=json.dumps(asdict(proven)))
        kept = connection.execute(wanted.on_conflict_do_nothing(index_elements=["state_hash"]).returning(table.c.id)).first()
    return code if kept else None


def enter(code: str) -> Entering | None:
    """Whom the arrival of this code opens: nobody, one account, or one in each of several schools. None if it holds no more.

    It counts once. An invitation that fits is used by it.
    """
    table, moment = table_of(Arrival), now()
    with connected(writing=True) as connection:
        holds = (table.c.code_hash == digest(code), table.c.created_at > moment - ARRIVAL_LIFE)
        kept = connection.execute(select(table.c.id, table.c.identity).where(*holds)).first()
        if kept is None or kept.identity is None:
            return None
        connection.execute(update(table).where(table.c.id == kept.id).values(code_hash=None, identity=None))
        proven = Proven(**json.loads(kept.identity))
        found, linked = _known(connection, proven, moment)
        links = _links_by_person(connection, proven)
    for school, user_id in linked:
        security_log.record(Event.IDENTITY_LINKED, Actor.system(school, JOB), person=user_id)
    if not found:
        security_log.record(Event.PROVIDER_REFUSED, reason="nobody here is known by it")
    return Entering(tuple(found), proven.second_factor, links)


def _links_by_person(connection: Connection, proven: Proven) -> dict[str, str]:
    identities = table_of(Identity)
    is_theirs = (identities.c.issuer == proven.issuer, identities.c.subject == proven.subject)
    found = connection.execute(select(identities.c.user_id, identities.c.id).where(*is_theirs))
    return {str(row.user_id): str(row.id) for row in found}


def _known(connection: Connection, proven: Proven, moment: datetime) -> tuple[list[Account], list[tuple[str, str]]]:
    """The accounts that this identity opens; and those that were linked to it just now, by school and person."""
    identities, users = table_of(Identity), table_named("users")
    is_theirs = (identities.c.issuer == proven.issuer, identities.c.subject == proven.subject)
    linked = {str(row.organization_id): str(row.user_id) for row in connection.execute(select(identities).where(*is_theirs))}
    new: list[tuple[str, str]] = []
    for user_id, school in [*_by_key(connection, proven), *_invited(connection, proven, moment)]:
        if school not in linked:
            linked[school] = user_id
            new.append((school, user_id))
            link(connection, user_id=user_id, organization_id=school, proven=proven)
    if not linked:
        return [], []
    connection.execute(update(identities).where(*is_theirs).values(last_used_at=moment))
    return [account for account, _hash in accounts(connection, users.c.id.in_(list(linked.values())))], new


def _by_key(connection: Connection, proven: Proven) -> list[tuple[str, str]]:
    """Whom the contract's column names, where it speaks of this provider."""
    if not proven.keyed:
        return []
    users = table_named("users")
    wanted = select(users.c.id, users.c.organization_id).where(users.c.clerk_user_id == proven.subject, users.c.is_active)
    return [(str(row.id), str(row.organization_id)) for row in connection.execute(wanted)]


def _invited(connection: Connection, proven: Proven, moment: datetime) -> list[tuple[str, str]]:
    """Who was invited by this e-mail, and still has it."""
    if not proven.email:
        return []
    table, users = table_of(Invitation), table_named("users")
    holds = (table.c.email == proven.email, users.c.email == table.c.email, table.c.expires_at > moment, users.c.is_active)
    rows = connection.execute(
        select(users.c.id, users.c.organization_id).join(users, users.c.id == table.c.user_id).where(*holds)
    )
    return [(str(row.id), str(row.organization_id)) for row in rows]


def link(connection: Connection, *, user_id: str, organization_id: str, proven: Proven) -> None:
    """Link a person, of whom the caller has made sure, to an identity; an invitation of theirs is used by it."""
    who = {"user_id": user_id, "organization_id": organization_id}
    values = {"id": new_id(), **who, "issuer": proven.issuer, "subject": proven.subject, "created_at": now()}
    connection.execute(insert(table_of(Identity)).values(**values))
    job = Actor.system(organization_id, JOB)
    note(connection, job, "C", Identity, [values])
    take_back(connection, job, user_id)
    if proven.keyed:
        _keep_key(connection, job, user_id, proven.subject)


def _keep_key(connection: Connection, job: Actor, user_id: str, subject: str | None) -> None:
    """Let the contract's column say the same. It can hold a subject once over all schools; then the link alone says it."""
    model, users = model_of("users"), table_named("users")
    if subject is not None and connection.execute(select(users.c.id).where(users.c.clerk_user_id == subject)).first():
        return
    with ScopedSession(connection, info={"actor": job}, expire_on_commit=False) as session:
        person = session.get(model, user_id)
        if subject is None or person.clerk_user_id is None:
            person.clerk_user_id = subject
        session.commit()  # into the transaction that is open, which commits with the rest


def links_of(actor: Actor, user_id: str) -> list[Link] | None:
    """The identities that a person is linked to, for themself and for who may invite them. None for anyone else."""
    table = table_of(Identity)
    with connected(writing=False) as connection:
        if not _may_see(connection, actor, user_id):
            return None
        rows = connection.execute(select(table).where(table.c.user_id == user_id).order_by(table.c.id)).all()
    return [Link(row.id, row.issuer, row.created_at, row.last_used_at) for row in rows]


def unlink(actor: Actor, key: str) -> int:
    """End a link: one's own, and the sessions that began by it; or that of a person whom the actor may invite, and all of theirs.

    How many browsers that had come in by it were signed out. Raises NotFound.
    """
    table, sessions = table_of(Identity), SignIn.__table__
    with connected(writing=True) as connection:
        school = table.c.organization_id == actor.organization_id
        row = connection.execute(select(table).where(table.c.id == key, school)).mappings().first()
        if row is None or not _may_see(connection, actor, str(row["user_id"])):
            raise NotFound
        came_by_it = select(func.count()).select_from(sessions).where(sessions.c.identity_id == key, *holds(now()))
        ended = int(connection.execute(came_by_it).scalar_one())
        connection.execute(delete(table).where(table.c.id == key))  # and with it, by the database, all that came by it
        note(connection, actor, "D", Identity, [row])
        users = table_named("users")
        held = connection.execute(select(users.c.clerk_user_id).where(users.c.id == row["user_id"])).scalar()
        if held == row["subject"]:  # else it would be linked again by itself
            _keep_key(connection, Actor.system(actor.organization_id, JOB), str(row["user_id"]), None)
        if row["user_id"] != actor.user_id:
            sign_out_everywhere(connection, str(row["user_id"]))
    security_log.record(Event.IDENTITY_UNLINKED, actor, person=str(row["user_id"]), count=ended)
    return ended


def _may_see(connection: Connection, actor: Actor, user_id: str) -> bool:
    return user_id == actor.user_id or email_to_invite(connection, actor, user_id) is not None

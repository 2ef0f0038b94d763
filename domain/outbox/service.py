"""Telling people: a notice in the inbox, and a mail where there is an e-mail and a server for it.

Both are written in the caller's transaction, so that nobody is told of what didn't happen; and below the caller's own rights,
since it is the program that tells. A mail leaves when the transaction is kept: see `sender`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import event, insert, select, update

from domain.access.accounts import table_named
from domain.access.trail.writing import Written, note_told
from domain.access.uow import ScopedSession
from domain.kit import mail
from domain.kit.clock import now
from domain.kit.errors import WrongScope
from domain.kit.ids import new_id
from domain.kit.texts import _, best_language, language, set_language
from domain.outbox import sender
from domain.outbox.enums import MailStatus
from domain.outbox.kinds import TITLES
from domain.outbox.models import Notice, OutgoingMail
from domain.outbox.people import Told, audiences
from domain.outbox.words import BACK, CHILDREN, packed, text_of, title_of

HOME_LANGUAGE = "pt_BR"  # a school that says nothing is in Brazil


@dataclass(frozen=True)
class Said:
    """What was told, for whose sake, and who of them and of their guardians was told it."""

    people: frozenset[str]
    kind: str
    source: str
    params: Mapping[str, Any]
    about: tuple[str, str] | None
    guardians: bool
    told: frozenset[str]


def tell(
    session: ScopedSession,
    people: Collection[str],
    kind: str,
    source: str,
    params: Mapping[str, Any] | None = None,
    *,
    about: tuple[str, str] | None = None,
    guardians: bool = True,
    only: Collection[str] | None = None,
) -> int:
    """Tell people something; how many there were.

    `kind`: a key of `kinds.TITLES`. `source`: a source text with `{}` places (mark it with `N_`), `params` what fills them:
    texts, numbers, days, times, and source texts as a tuple. `about`: the record that the notice leads to, as (table, key).
    `guardians`: whether those who may see a person who is told are told as well; not where the home may be concerned. People
    of other schools, and who is inactive, aren't told. `only`: of all these, who is told: what someone who looked at them ticked.
    """
    return tell_each(session, [(people, params or {}, about)], kind, source, guardians=guardians, only=only)


def tell_each(
    session: ScopedSession,
    what: Sequence[tuple[Collection[str], Mapping[str, Any], tuple[str, str] | None]],
    kind: str,
    source: str,
    *,
    guardians: bool = True,
    only: Collection[str] | None = None,
) -> int:
    """The same for many at once, such as one class after the other: (people, params, about) of each; how many notices that is."""
    if session.info.get("reading"):
        raise WrongScope
    if kind not in TITLES:
        raise ValueError(kind)
    session.flush()
    found = audiences(session, [people for people, _params, _about in what], guardians=guardians)
    told = []
    for (people, params, about), some in zip(what, found, strict=True):
        theirs = [each for each in some if only is None or each.id in only]
        said = Said(frozenset(people), kind, source, packed(params), about, guardians, frozenset(each.id for each in theirs))
        told.append((said, theirs))
        if theirs:
            note_told(session, said)
    return _deliver(session, told)


def take_back(session: ScopedSession, undone: Written) -> None:
    """Tell those who were told something in a unit of work that it is undone: who isn't at the school any more, or may not see
    the student, isn't told.
    """
    for guardians in (True, False):
        some = [each for each in undone.told if each.guardians is guardians]
        found = audiences(session, [each.people for each in some], guardians=guardians)
        back = [replace(each, kind="taken_back", params={**each.params, BACK: 1}) for each in some]
        _deliver(
            session, [(each, [one for one in people if one.id in each.told]) for each, people in zip(back, found, strict=True)]
        )


def _deliver(session: ScopedSession, told: Sequence[tuple[Said, Sequence[Told]]]) -> int:
    """Write a notice for each, and a mail; how many notices."""
    each_one = [(said, person) for said, people in told for person in people]
    if each_one:
        _write_notices(session, each_one)
        _write_mails(session, each_one)
    return len(each_one)


def _write_notices(session: ScopedSession, told: Sequence[tuple[Said, Told]]) -> None:
    moment, actor = now(), session.actor
    rows = [
        {
            "id": new_id(),
            "organization_id": actor.organization_id,
            "row_version": 1,
            "user_id": person.id,
            "kind": said.kind,
            "source": said.source,
            "params": _params_for(person, said.params),
            "table_name": said.about[0] if said.about else None,
            "record_id": said.about[1] if said.about else None,
            "sent_by": actor.user_id or None,
            "created_at": moment,
        }
        for said, person in told
    ]
    session.connection().execute(insert(table_named(Notice.__tablename__)), rows)


def _params_for(person: Told, params: Mapping[str, Any]) -> dict[str, Any]:
    return {**params, CHILDREN: ", ".join(person.of)} if person.of else dict(params)


def _write_mails(session: ScopedSession, told: Sequence[tuple[Said, Told]]) -> None:
    """A mail for each who has an e-mail, in their language. Invented people get none."""
    schools, moment = table_named("organizations"), now()
    wanted = select(schools.c.name, schools.c.settings, schools.c.is_demo).where(schools.c.id == session.actor.organization_id)
    school = session.connection().execute(wanted).one()
    if mail.server() is None or school.is_demo:
        return
    rows = []
    spoken = language()
    try:
        for said, each in ((said, person) for said, person in told if person.email):
            set_language(best_language(each.language, (school.settings or {}).get("language"), HOME_LANGUAGE))
            rows.append(
                {
                    "id": new_id(),
                    "organization_id": session.actor.organization_id,
                    "row_version": 1,
                    "user_id": each.id,
                    "address": each.email,
                    "subject": f"{title_of(said.kind)} · {school.name}"[:300],
                    "body": _body(each, school.name, text_of(said.source, _params_for(each, said.params))),
                    "status": MailStatus.QUEUED,
                    "attempts": 0,
                    "next_try_at": moment,
                    "created_at": moment,
                }
            )
    finally:
        set_language(spoken)
    if rows:
        session.connection().execute(insert(table_named(OutgoingMail.__tablename__)), rows)
        event.listen(session, "after_commit", lambda _session: sender.wake(), once=True)


def _body(person: Told, school: str, text: str) -> str:
    base = mail.app_address()
    where = _("You find this in your inbox: {address}").format(address=f"{base}/inbox") if base else ""
    parts = [_("Hello {name},").format(name=person.name), text, where, school]
    return "\n\n".join(each for each in parts if each) + "\n"


def mark_read(session: ScopedSession, keys: Collection[str] | None = None, *, read: bool = True) -> int:
    """Mark notices of the actor's own inbox as read, or as unread again; all of them without `keys`. How many changed."""
    notices = table_named(Notice.__tablename__)
    own = (notices.c.organization_id == session.actor.organization_id, notices.c.user_id == session.actor.user_id)
    changing = notices.c.read_at.is_(None) if read else notices.c.read_at.is_not(None)
    wanted = update(notices).where(*own, changing).values(read_at=now() if read else None, row_version=notices.c.row_version + 1)
    if keys is not None:
        wanted = wanted.where(notices.c.id.in_(list(keys)))
    return session.connection().execute(wanted).rowcount

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
from domain.outbox.people import Told, audience
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
    if session.info.get("reading"):
        raise WrongScope
    if kind not in TITLES:
        raise ValueError(kind)
    session.flush()
    told = [each for each in audience(session, people, guardians=guardians) if only is None or each.id in only]
    said = Said(frozenset(people), kind, source, packed(params or {}), about, guardians, frozenset(each.id for each in told))
    if told:
        _write(session, told, said)
        note_told(session, said)
    return len(told)


def take_back(session: ScopedSession, undone: Written) -> None:
    """Tell those who were told something in a unit of work that it is undone: who isn't at the school any more, or may not see
    the student, isn't told.
    """
    for said in undone.told:
        people = [each for each in audience(session, said.people, guardians=said.guardians) if each.id in said.told]
        if people:
            _write(session, people, replace(said, kind="taken_back", params={**said.params, BACK: 1}))


def _write(session: ScopedSession, people: Sequence[Told], said: Said) -> None:
    _write_notices(session, people, {"kind": said.kind, "source": said.source}, said.params, said.about or (None, None))
    _write_mails(session, people, said.kind, said.source, said.params)


def _write_notices(
    session: ScopedSession,
    told: Sequence[Told],
    said: Mapping[str, Any],
    params: Mapping[str, Any],
    about: tuple[str | None, str | None],
) -> None:
    moment, actor = now(), session.actor
    rows = [
        {
            "id": new_id(),
            "organization_id": actor.organization_id,
            "row_version": 1,
            "user_id": each.id,
            "params": _params_for(each, params),
            "table_name": about[0],
            "record_id": about[1],
            "sent_by": actor.user_id or None,
            "created_at": moment,
            **said,
        }
        for each in told
    ]
    session.connection().execute(insert(table_named(Notice.__tablename__)), rows)


def _params_for(person: Told, params: Mapping[str, Any]) -> dict[str, Any]:
    return {**params, CHILDREN: ", ".join(person.of)} if person.of else dict(params)


def _write_mails(session: ScopedSession, told: Sequence[Told], kind: str, source: str, params: Mapping[str, Any]) -> None:
    """A mail for each who has an e-mail, in their language. Invented people get none."""
    schools, moment = table_named("organizations"), now()
    wanted = select(schools.c.name, schools.c.settings, schools.c.is_demo).where(schools.c.id == session.actor.organization_id)
    school = session.connection().execute(wanted).one()
    if mail.server() is None or school.is_demo:
        return
    rows = []
    spoken = language()
    try:
        for each in (person for person in told if person.email):
            set_language(best_language(each.language, (school.settings or {}).get("language"), HOME_LANGUAGE))
            rows.append(
                {
                    "id": new_id(),
                    "organization_id": session.actor.organization_id,
                    "row_version": 1,
                    "user_id": each.id,
                    "address": each.email,
                    "subject": f"{title_of(kind)} · {school.name}"[:300],
                    "body": _body(each, school.name, text_of(source, _params_for(each, params))),
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

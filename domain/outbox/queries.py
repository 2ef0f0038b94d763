"""What an inbox asks of the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.access.uow import ScopedSession
from domain.outbox.enums import MailStatus
from domain.outbox.models import Notice, OutgoingMail
from domain.outbox.words import text_of, title_of
from domain.records.labels import label_of_key, show_label


@dataclass(frozen=True)
class Line:
    """A notice in the reader's language. `about`: the record that it leads to, as table and key."""

    id: str
    kind: str
    title: str
    text: str
    at: datetime
    is_read: bool
    about: tuple[str, str] | None


def inbox(session: ScopedSession, *, unread: bool = False, first: int = 0, most: int = 20) -> list[Line]:
    """The actor's own notices, the latest first."""
    wanted = select(Notice).order_by(Notice.created_at.desc(), Notice.id.desc()).offset(first).limit(most)
    if unread:
        wanted = wanted.where(Notice.read_at.is_(None))
    return [_line(each) for each in session.scalars(wanted)]


def _line(notice: Notice) -> Line:
    about = (notice.table_name, notice.record_id) if notice.table_name and notice.record_id else None
    text = text_of(notice.source, notice.params)
    return Line(notice.id, notice.kind, title_of(notice.kind), text, notice.created_at, notice.read_at is not None, about)


def count(session: ScopedSession, *, unread: bool = False) -> int:
    """How many notices the actor has, or hasn't read."""
    wanted = select(func.count()).select_from(Notice)
    return session.scalar(wanted.where(Notice.read_at.is_(None)) if unread else wanted) or 0


@dataclass(frozen=True)
class MailLine:
    """What coordination sees of a mail: to whom it goes and where it stands."""

    id: str
    person: str
    subject: str
    status: MailStatus
    attempts: int
    at: datetime
    sent_at: datetime | None


def mails(session: ScopedSession, *, first: int = 0, most: int = 20) -> list[MailLine]:
    """The school's mails, the latest first."""
    wanted = (
        select(
            OutgoingMail.id,
            label_of_key("users", OutgoingMail.user_id),
            OutgoingMail.subject,
            OutgoingMail.status,
            OutgoingMail.attempts,
            OutgoingMail.created_at,
            OutgoingMail.sent_at,
        )
        .order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
        .offset(first)
        .limit(most)
    )
    return [MailLine(key, show_label("users", who), *rest) for key, who, *rest in session.execute(wanted)]


def count_mails(session: ScopedSession) -> int:
    """How many mails the school has sent, or is to send."""
    return session.scalar(select(func.count()).select_from(OutgoingMail)) or 0

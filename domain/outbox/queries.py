"""What an inbox asks of the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.access.uow import ScopedSession
from domain.outbox.models import Notice
from domain.outbox.words import text_of, title_of


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

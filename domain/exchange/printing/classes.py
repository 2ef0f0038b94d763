"""Of a class: the list of its students, and a month's attendance sheet, filled in as far as it was taken."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.db.gather import gather
from domain.exchange.printing.sheet import Printed, Sheet, fitted, month_of
from domain.kit.clock import now, wall
from domain.kit.errors import NotFound
from domain.kit.formats import show_date, show_month, show_short_weekday, show_time, show_weekday
from domain.kit.texts import _, ngettext
from domain.operations.class_queries import ClassCard, WeeklyMeeting, class_card, students_of, weekly_meetings
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus
from domain.operations.models import Attendance, ClassSession, Enrollment
from domain.operations.queries import SessionLine, sees_rolls, sees_seats, session_lines
from domain.records.query import attribute

MARKS = {
    AttendanceStatus.PRESENT: "•",
    AttendanceStatus.ABSENT: "×",
    AttendanceStatus.LATE: "+",
    AttendanceStatus.EXCUSED: "–",
}
ACROSS = 269.0  # millimetres between the margins of a wide page
NAME, NARROWEST, WIDEST = 62.0, 8.5, 16.0
SIZE = 9  # points
SPARE = 3  # empty lines under the last student, for who comes new, where the page has room for them


def class_list(session: ScopedSession, class_id: str) -> Printed:
    """The students of a class, by name. NotFound for who doesn't see who is enrolled."""
    if not sees_seats(session):
        raise NotFound
    card, week, students = gather(
        session,
        lambda: class_card(session, wall(now(), session.actor.zone), class_id),
        lambda: weekly_meetings(session, class_id),
        lambda: students_of(session, class_id),
    )
    if card is None:
        raise NotFound
    sheet = _sheet(session, card, _("Class list"), week)
    rows = [[str(at), each.name, show_date(each.since), ""] for at, each in enumerate(students, 1)]
    rows += [["", "", "", ""] for _at in range(min(SPARE, sheet.lines_left(len(rows), height=8)))]
    sheet.rows(["", _("Student"), _("Since"), _("Notes")], rows, [10, 82, 26, 64], height=8)
    sheet.ln(4)
    count = ngettext("{count} student", "{count} students", len(students))
    sheet.words(_("{students}, {places} places").format(students=count, places=card.places))
    return Printed("class-list", sheet.bytes())


def attendance_sheet(session: ScopedSession, class_id: str, day: dt.date) -> Printed:
    """A class's month: a line for each student, a column for each session that meets. NotFound for who sees no rolls."""
    if not (sees_seats(session) and sees_rolls(session)):
        raise NotFound
    first, last = month_of(day)
    meets = (ClassSession.class_id == class_id, ClassSession.date.between(first, last))
    card, week, sessions, students, marks = gather(
        session,
        lambda: class_card(session, wall(now(), session.actor.zone), class_id),
        lambda: weekly_meetings(session, class_id),
        lambda: session_lines(session, *meets, ClassSession.status != SessionStatus.CANCELLED),
        lambda: _enrolled(session, class_id, first, last),
        lambda: _marks(session, class_id, first, last),
    )
    if card is None:
        raise NotFound
    legend = "     ".join(f"{sign}  {status.label}" for status, sign in MARKS.items())
    sheet = _sheet(session, card, _("Attendance, {month}").format(month=show_month(first)), week, wide=True, foot=legend)
    if not sessions:
        sheet.words(_("No session of this class meets in this month."))
    for some in _in_parts(sessions):
        _grid(sheet, some, students, marks)
    return Printed("attendance", sheet.bytes())


def _sheet(
    session: ScopedSession, card: ClassCard, title: str, week: Sequence[WeeklyMeeting], *, wide: bool = False, foot: str = ""
) -> Sheet:
    meets = ", ".join(
        f"{show_weekday(each.weekday, alone=not at)} {show_time(each.start)}–{show_time(each.end)}"
        for at, each in enumerate(week)
    )
    under = " · ".join(each for each in (title, card.term, card.level, card.teacher, card.room, meets) if each)
    actor = session.actor
    return Sheet(card.name, under, school=actor.school_name, zone=actor.zone, wide=wide, foot=foot)


def _in_parts(sessions: Sequence[SessionLine]) -> list[Sequence[SessionLine]]:
    """As many sessions as fit beside each other, then the rest below."""
    most = int((ACROSS - NAME) // NARROWEST)
    return [sessions[at : at + most] for at in range(0, len(sessions), most)]


def _grid(
    sheet: Sheet,
    sessions: Sequence[SessionLine],
    students: Sequence[tuple[str, str]],
    marks: dict[tuple[str, str], AttendanceStatus],
) -> None:
    width = min(WIDEST, (ACROSS - NAME) / len(sessions))
    heads = [_("Student"), *_days(sheet, sessions, width)]
    rows = [
        [fitted(name, 34), *(MARKS[found] if (found := marks.get((each.id, key))) else "" for each in sessions)]
        for key, name in students
    ]
    rows += [["" for _head in heads] for _at in range(min(SPARE, sheet.lines_left(len(rows))))]
    sheet.rows(heads, rows, [NAME, *(width for _each in sessions)], size=SIZE)
    sheet.ln(4)


def _days(sheet: Sheet, sessions: Sequence[SessionLine], width: float) -> list[str]:
    """What stands over each session's column: its weekday and day, or the day alone where columns are too narrow for both."""
    days = [f"{each.date.day:02d}" for each in sessions]
    whole = [f"{show_short_weekday(each.date)} {day}" for each, day in zip(sessions, days, strict=True)]
    sheet.ink(size=SIZE, bold=True)
    return whole if all(sheet.get_string_width(each) <= width - 2 for each in whole) else days


def _enrolled(session: ScopedSession, class_id: str, first: dt.date, last: dt.date) -> list[tuple[str, str]]:
    """Who was in the class on some day of a span, by name: those who left meanwhile among them."""
    zone = session.actor.zone
    begins = dt.datetime.combine(first, dt.time(), zone)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    stayed = (Enrollment.status == EnrollmentStatus.ACTIVE) | (Enrollment.dropped_at >= begins)
    wanted = (
        select(User.id, User.first_name, User.last_name)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.class_id == class_id, Enrollment.enrolled_at < ends, stayed)
        .order_by(attribute(User, "sort_text"), User.id)
    )
    return list({key: (key, f"{given} {family}") for key, given, family in session.execute(wanted)}.values())


def _marks(session: ScopedSession, class_id: str, first: dt.date, last: dt.date) -> dict[tuple[str, str], AttendanceStatus]:
    wanted = (
        select(Attendance.session_id, Attendance.user_id, Attendance.status)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(ClassSession.class_id == class_id, ClassSession.date.between(first, last))
    )
    return {(meeting, person): status for meeting, person, status in session.execute(wanted)}

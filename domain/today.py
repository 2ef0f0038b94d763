"""What needs someone today, the most urgent first: each line one thing, and the place where it is done.

A check is a function that gives tasks; it stands in the list of the roles that it is for, and knows nothing of the others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.crm.enums import TrialStatus
from domain.crm.queries import trials_ahead, trials_unanswered, words_due
from domain.db.gather import gather
from domain.kit.errors import Problem
from domain.kit.formats import show_day, show_time, show_when
from domain.kit.texts import N_
from domain.operations.absences import away_in_a_row
from domain.operations.class_queries import full_classes, seats_taken
from domain.operations.enums import AttendanceStatus, WaitingStatus
from domain.operations.models import Attendance, ClassSession, SchoolClass, Term
from domain.operations.planning_models import WaitingEntry
from domain.operations.queries import MEETS, session_lines, sessions_without_attendance
from domain.operations.timetable import standing_clashes
from domain.records.query import attribute
from domain.supervision.queries import open_alerts

SHOWN = 5  # of one kind; its figure above the list leads to the rest
LATELY = timedelta(days=14)
SOON = timedelta(days=14)  # a session that clashes later than that can wait
TRIALS = 12  # of one day; reception works along them
FEW = 2  # students, with whom a class is nearly empty
SHEET, CLASS, PERSON, ALERT, WAITING = "sheet", "class", "person", "alert", "waiting"
TRIAL, LEAD, MEETING, SESSION, RECORD = "trial", "lead", "meeting", "session", "record"


class Urgency(IntEnum):
    """How soon something wants to be done."""

    NOW = 0
    TODAY = 1
    SOON = 2


@dataclass(frozen=True)
class Task:
    """One thing to do. `place` and `key` say where, `term` in which term's timetable; `source` is its text, with places for
    `params`."""

    kind: str
    urgency: Urgency
    source: str
    params: Mapping[str, Any]
    place: str
    key: str
    term: str = ""

    @property
    def message(self) -> str:
        """The text in the language spoken now."""
        return Problem("", self.source, dict(self.params)).message


Check = Callable[[ScopedSession, datetime], Iterable[Task]]


def tasks(session: ScopedSession, wall: datetime) -> list[Task]:
    """What needs the actor at this moment of the school's wall clock, the most urgent first. Waits once."""
    checks = BY_ROLE.get(session.actor.role or Role.OWNER, ())
    found = gather(session, *(_reading(check, session, wall) for check in checks)) if checks else ()
    return sorted((task for some in found for task in some), key=lambda task: task.urgency)


def _reading(check: Check, session: ScopedSession, wall: datetime) -> Callable[[], list[Task]]:
    return lambda: list(check(session, wall))


def running(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Sessions that are on and whose roll nobody has called yet, the longest on first."""
    on = (ClassSession.date == wall.date(), ClassSession.start_time <= wall.time(), ClassSession.end_time > wall.time())
    found = session_lines(session, *on, ClassSession.status.in_(MEETS))
    for each in [one for one in found if one.roll is not None and not any(one.roll.values())][:SHOWN]:
        until = show_time(each.end)
        source = N_("{klass} is on until {until}: call the roll.")
        yield Task("running", Urgency.NOW, source, {"klass": each.class_name, "until": until}, SHEET, each.id)


def unmarked(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Sessions that are over and of which no attendance was taken, the latest first."""
    for each in sessions_without_attendance(session, wall, limit=SHOWN):
        when = f"{show_day(each.date)} {show_time(each.start)}"
        source = N_("{klass}, {when}: no attendance yet.")
        yield Task("unmarked", Urgency.TODAY, source, {"klass": each.class_name, "when": when}, SHEET, each.id)


def late_alerts(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Alerts that nobody acknowledged in their time."""
    for each in [one for one in open_alerts(session, wall) if one.late][:SHOWN]:
        source = N_("An alert about {student} waits for someone to look at it.")
        yield Task("late_alert", Urgency.NOW, source, {"student": each.student}, ALERT, each.id)


def absent_in_a_row(session: ScopedSession, _wall: datetime) -> Iterable[Task]:
    """Active students who missed their class's last sessions, one after the other; excused absences don't count."""
    for each in away_in_a_row(session, most=SHOWN):
        source = N_("{student} missed the last {count} sessions of {klass}.")
        params = {"student": each.name, "klass": each.class_name, "count": str(each.absences)}
        yield Task("absent_in_a_row", Urgency.TODAY, source, params, PERSON, each.student_id)


def offers(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Seats that are offered, and until when."""
    wanted = (
        select(User.first_name, User.last_name, SchoolClass.name, WaitingEntry.offer_ends_at, SchoolClass.id)
        .join(WaitingEntry, WaitingEntry.user_id == User.id)
        .join(SchoolClass, SchoolClass.id == WaitingEntry.class_id)
        .where(WaitingEntry.status == WaitingStatus.OFFERED)
        .order_by(WaitingEntry.offer_ends_at)
        .limit(SHOWN)
    )
    for first, last, klass, ends, key in session.execute(wanted):
        assert ends is not None  # the database keeps no offer without an end
        params = {"student": f"{first} {last}", "klass": klass, "when": show_when(ends, session.actor.zone)}
        source = N_("A seat in {klass} is offered to {student} until {when}.")
        yield Task("offer", Urgency.TODAY if ends <= wall + timedelta(days=1) else Urgency.SOON, source, params, WAITING, key)


def trials_today(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Leads who come to try a class in the rest of the day."""
    for each in trials_ahead(session, wall, limit=TRIALS):
        unsure = each.status is TrialStatus.SCHEDULED
        source = N_("{lead} tries {klass} today at {time}.")
        if unsure:
            source = N_("{lead} tries {klass} today at {time}, and hasn't confirmed yet.")
        if each.is_off:
            source = N_("{lead} was to try {klass} today at {time}, and no session is held then. Please agree on another one.")
        params = {"lead": each.lead, "klass": each.class_name, "time": show_time(each.at.astimezone(session.actor.zone).time())}
        yield Task("trial", Urgency.TODAY, source, params, TRIAL, each.id)


def trials_over(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Trial classes of which nobody has said whether the lead came."""
    for each in trials_unanswered(session, wall, limit=SHOWN):
        params = {"lead": each.lead, "klass": each.class_name, "day": each.at.astimezone(session.actor.zone).date()}
        source = N_("Did {lead} come to try {klass} on {day}?")
        if each.is_off:
            source = N_("{lead} was to try {klass} on {day}, and no session was held then. Please agree on another one.")
        yield Task("trial_over", Urgency.TODAY, source, params, TRIAL, each.id)


def follow_ups(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Leads who wait for a word: because it was planned for after their trial class, or because it is long since the last one."""
    for each in words_due(session, wall.date(), limit=SHOWN)[:SHOWN]:
        source = N_("{lead} was to hear from you on {day}.") if each.is_planned else N_("{lead} has heard nothing since {day}.")
        urgency = Urgency.TODAY if each.is_planned else Urgency.SOON
        yield Task("follow_up", urgency, source, {"lead": each.lead, "day": each.since}, LEAD, each.lead_id)


def clashes(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """What clashes in the timetable and nobody has allowed; what is about one meeting is done there, else at the class.

    Two meetings that share a teacher, a room and students are one thing to do: the first that was found of them is told.
    """
    told: dict[tuple[str, ...], Task] = {}
    for each, term in standing_clashes(session, wall.date(), SOON):
        said = each.problem
        place, key = RECORD, min(each.groups)
        if each.meetings:
            last = each.meetings[-1]
            place, key = MEETING if isinstance(last.day, int) else SESSION, last.key
        one = tuple(meeting.key for meeting in each.meetings) or (each.key,)
        told.setdefault(one, Task("clash", Urgency.TODAY, said.source, said.params, place, key, term))
    return list(told.values())[:SHOWN]


def full(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Classes without a free place, and how many wait for one."""
    for each in full_classes(session, wall.date(), limit=SHOWN):
        source = N_("{klass} is full, and waiting for a place: {count}.") if each.waiting else N_("{klass} is full.")
        params = {"klass": each.name, "count": str(each.waiting)}
        yield Task("full", Urgency.SOON, source, params, WAITING if each.waiting else CLASS, each.id)


def nearly_empty(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """Classes of a term that goes on which hardly anyone is in."""
    goes_on = (Term.start_date <= wall.date(), Term.end_date >= wall.date(), SchoolClass.is_active)
    wanted = (
        select(SchoolClass.id, SchoolClass.name, seats_taken().label("taken"))
        .join(Term, Term.id == SchoolClass.term_id)
        .where(*goes_on, seats_taken() <= FEW)
        .order_by(attribute(SchoolClass, "sort_text"))
        .limit(SHOWN)
    )
    for key, name, taken in session.execute(wanted):
        source = N_("{klass} is nearly empty: {count} enrolled.")
        yield Task("nearly_empty", Urgency.SOON, source, {"klass": name, "count": str(taken)}, CLASS, key)


def missed(session: ScopedSession, wall: datetime) -> Iterable[Task]:
    """What a student, or a guardian's child, missed in the last two weeks."""
    wanted = (
        select(User.first_name, SchoolClass.id, SchoolClass.name, ClassSession.date)
        .join(Attendance, Attendance.user_id == User.id)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .join(SchoolClass, SchoolClass.id == ClassSession.class_id)
        .where(Attendance.status == AttendanceStatus.ABSENT, ClassSession.date > (wall - LATELY).date())
        .order_by(ClassSession.date.desc(), ClassSession.start_time.desc())
        .limit(SHOWN)
    )
    own = session.actor.role is Role.STUDENT
    source = N_("You missed {klass} on {day}.") if own else N_("{student} missed {klass} on {day}.")
    for first, key, name, day in session.execute(wanted):
        yield Task("missed", Urgency.SOON, source, {"student": first, "klass": name, "day": show_day(day)}, CLASS, key)


BY_ROLE: dict[Role, tuple[Check, ...]] = {
    Role.SCHOOL: (
        *(late_alerts, running, clashes, unmarked, absent_in_a_row, offers),
        *(trials_today, trials_over, follow_ups, full, nearly_empty),
    ),
    Role.STAFF: (running, trials_today, trials_over, follow_ups, offers, full),
    Role.TEACHER: (running, unmarked, absent_in_a_row),
    Role.PARENT: (missed,),
    Role.STUDENT: (missed,),
}

"""Rooms, terms, classes and who was where when.

What has happened stays: a person, class or session with attendance or enrolments can't be deleted, nor can a room, term,
level or teacher that a class uses. What is only a plan (the weekly pattern, sessions without attendance) goes with its class.
"""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import choice, clock_time, day, flag, instant, long_text, reference, short_text, weekday, whole
from domain.kit.clock import now
from domain.kit.texts import N_
from domain.operations.enums import AttendanceStatus, EnrollmentStatus, SessionStatus

ENDS_AFTER = N_("It must end after it begins, on the same day.")


class Room(Tenant, Base):
    """A place where classes meet."""

    __tablename__ = "rooms"
    __title__, __one__ = N_("Rooms"), N_("Room")
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    name: Mapped[str] = short_text(N_("Name"), 80, note=N_("Such as Room 1 or Lab."))
    capacity: Mapped[int] = whole(N_("Seats"), low=1, high=10_000)
    is_active: Mapped[bool] = flag(N_("In use"), default=True)


class Term(Tenant, Base):
    """A span of teaching, such as a semester."""

    __tablename__ = "terms"
    __title__, __one__ = N_("Terms"), N_("Term")
    __order_by__ = ("-start_date",)
    __table_args__ = (
        UniqueConstraint("organization_id", "name"),
        CheckConstraint("start_date < end_date", name="dates", info={"message": N_("A term must end after it begins.")}),
        Index("uq_terms_current", "organization_id", unique=True, sqlite_where=text("is_current = 1")),
    )

    name: Mapped[str] = short_text(N_("Name"), 80, note=N_("Such as 2026/1."))
    start_date: Mapped[dt.date] = day(N_("First day"))
    end_date: Mapped[dt.date] = day(N_("Last day"))
    is_current: Mapped[bool] = flag(N_("Current term"), note=N_("Only one term can be the current one."))


class SchoolClass(Tenant, Base):
    """A group of students who learn together in a term. It may be planned before its teacher and room are known."""

    __tablename__ = "classes"
    __title__, __one__ = N_("Classes"), N_("Class")
    __table_args__ = (UniqueConstraint("term_id", "name"),)

    term_id: Mapped[str] = reference(N_("Term"), "terms")
    level_id: Mapped[str] = reference(N_("Level"), "levels")
    teacher_id: Mapped[str | None] = reference(N_("Teacher"), "users", roles=("teacher",), note=N_("The class's main teacher."))
    room_id: Mapped[str | None] = reference(N_("Room"), "rooms")
    name: Mapped[str] = short_text(N_("Name"), 120, note=N_("Such as English A1 – Mornings."))
    max_students: Mapped[int] = whole(N_("Places"), low=1, high=10_000, default=12, note=N_("How many may enrol."))
    is_active: Mapped[bool] = flag(N_("Active"), default=True)


class Schedule(Tenant, Base):
    """A weekly meeting of a class: the pattern that its sessions are made from."""

    __tablename__ = "schedules"
    __title__, __one__ = N_("Timetable"), N_("Weekly meeting")
    __label__ = ("class_id", "day_of_week", "start_time")
    __order_by__ = ("day_of_week", "start_time")
    __table_args__ = (
        UniqueConstraint("class_id", "day_of_week", "start_time"),
        CheckConstraint("start_time < end_time", name="times", info={"message": ENDS_AFTER}),
    )

    class_id: Mapped[str] = reference(N_("Class"), "classes", on_delete="CASCADE")
    day_of_week: Mapped[int] = weekday(N_("Weekday"))
    start_time: Mapped[dt.time] = clock_time(N_("Begins"))
    end_time: Mapped[dt.time] = clock_time(N_("Ends"))


class ClassSession(Tenant, Base):
    """One dated meeting of a class."""

    __tablename__ = "sessions"
    __title__, __one__ = N_("Sessions"), N_("Session")
    __label__ = ("class_id", "date", "start_time")
    __order_by__ = ("-date", "-start_time")
    __table_args__ = (
        UniqueConstraint("class_id", "date", "start_time"),
        CheckConstraint("start_time < end_time", name="times", info={"message": ENDS_AFTER}),
        Index("idx_sessions_teacher", "organization_id", "teacher_id", "date", "class_id"),  # whom substitutes may see
        # One session for each day of a weekly meeting, wherever it was moved to.
        Index("uq_sessions_planned", "schedule_id", "planned_for", unique=True, sqlite_where=text("planned_for IS NOT NULL")),
    )

    class_id: Mapped[str] = reference(N_("Class"), "classes", on_delete="CASCADE")
    date: Mapped[dt.date] = day(N_("Date"), weekly=True)
    start_time: Mapped[dt.time] = clock_time(N_("Begins"))
    end_time: Mapped[dt.time] = clock_time(N_("Ends"))
    status: Mapped[SessionStatus] = choice(N_("Status"), SessionStatus, default=SessionStatus.SCHEDULED)
    notes: Mapped[str | None] = long_text(N_("Notes"), note=N_("What was done, what is to be done next."))
    schedule_id: Mapped[str | None] = reference(
        N_("Weekly meeting"),
        "schedules",
        on_delete="SET NULL",
        automatic=True,
        note=N_("What it was made from; empty if by hand."),
    )
    planned_for: Mapped[dt.date | None] = day(
        N_("Planned for"), automatic=True, weekly=True, note=N_("The day it was made for, if it was moved.")
    )
    teacher_id: Mapped[str | None] = reference(
        N_("Given by"),
        "users",
        roles=("teacher",),
        note=N_("Who stands in, or taught the class when it was held; empty for the class's own teacher."),
    )
    room_id: Mapped[str | None] = reference(N_("Other room"), "rooms", note=N_("Where it meets; empty for the class's own room."))
    makes_up_id: Mapped[str | None] = reference(
        N_("Makes up for"), "sessions", on_delete="SET NULL", automatic=True, note=N_("The session that it stands for.")
    )
    reason: Mapped[str | None] = long_text(N_("Reason"), 500, note=N_("Why it was cancelled, moved, or given to a substitute."))
    without_teacher: Mapped[bool | None] = flag(
        N_("Held without a teacher"),
        default=None,
        automatic=True,
        note=N_("The class had none then, so nobody counts as having taught it unless it is said who did."),
    )


class Attendance(Tenant, Base):
    """Whether a student was at a session."""

    __tablename__ = "attendance"
    __title__, __one__ = N_("Attendance"), N_("Attendance of a student")
    __label__ = ("user_id", "session_id")
    __order_by__ = ("-session_id", "user_id")
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    session_id: Mapped[str] = reference(N_("Session"), "sessions")
    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    status: Mapped[AttendanceStatus] = choice(N_("Attendance"), AttendanceStatus)
    checked_in_at: Mapped[dt.datetime | None] = instant(N_("Checked in"))
    notes: Mapped[str | None] = long_text(N_("Notes"), 2000)


class Enrollment(Tenant, Base):
    """A student's place in a class, from the day it began to the day it ended."""

    __tablename__ = "enrollments"
    __title__, __one__ = N_("Enrolments"), N_("Enrolment")
    __label__ = ("user_id", "class_id")
    __order_by__ = ("-enrolled_at",)
    __table_args__ = (
        Index("idx_enrollments_user", "user_id"),
        Index("idx_enrollments_class", "class_id"),
        Index("idx_enrollments_seats", "organization_id", "class_id", "status"),  # how many are in each class
        Index("uq_enrollments_active", "user_id", "class_id", unique=True, sqlite_where=text("status = 'active'")),
        CheckConstraint(
            "dropped_at >= enrolled_at", name="dates", info={"message": N_("Nobody leaves before they have enrolled.")}
        ),
        CheckConstraint(
            "status <> 'active' OR dropped_at IS NULL",
            name="still_here",
            info={"message": N_("Someone active hasn't left: please empty the date, or choose another status.")},
        ),
        CheckConstraint(
            "status NOT IN ('dropped', 'transferred') OR dropped_at IS NOT NULL",
            name="left_when",
            info={"message": N_("Please say when the student left.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    class_id: Mapped[str] = reference(N_("Class"), "classes")
    enrolled_at: Mapped[dt.datetime] = instant(N_("Enrolled"), default=now)
    dropped_at: Mapped[dt.datetime | None] = instant(
        N_("Left"), note=N_("Needed for who dropped out or moved to another class; empty for active students.")
    )
    status: Mapped[EnrollmentStatus] = choice(N_("Status"), EnrollmentStatus, default=EnrollmentStatus.ACTIVE)
    follows_id: Mapped[str | None] = reference(
        N_("Continues"),
        "enrollments",
        on_delete="SET NULL",
        automatic=True,
        note=N_("The enrolment before a transfer or a new term."),
    )
    reason: Mapped[str | None] = long_text(N_("Reason"), 500, note=N_("Why the student left or changed."))


class Placement(Tenant, Base):
    """A placement test's result, and the level that it recommends."""

    __tablename__ = "placements"
    __title__, __one__ = N_("Placement tests"), N_("Placement test")
    __label__ = ("user_id", "course_type_id", "tested_at")
    __order_by__ = ("-tested_at",)
    __table_args__ = (
        CheckConstraint(
            "chosen_level_id IS NULL OR reason IS NOT NULL",
            name="chosen_why",
            info={"message": N_("Please say why another level was chosen.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Student"), "users", roles=("student",))
    course_type_id: Mapped[str] = reference(N_("Course"), "course_types")
    recommended_level_id: Mapped[str | None] = reference(
        N_("Recommended level"), "levels", note=N_("A level of the same course.")
    )
    score: Mapped[int] = whole(N_("Score"), low=0, high=100)
    tested_at: Mapped[dt.datetime] = instant(N_("Tested"), default=now)
    notes: Mapped[str | None] = long_text(N_("Notes"))
    chosen_level_id: Mapped[str | None] = reference(
        N_("Level chosen instead"), "levels", note=N_("Where someone knows better than the score; say why.")
    )
    reason: Mapped[str | None] = long_text(N_("Reason"), 500, note=N_("Why another level was chosen."))

"""Closed sets of values in the running of the school."""

from domain.db.types import Choice
from domain.kit.texts import N_


class SessionStatus(Choice):
    """Where a session stands."""

    SCHEDULED = "scheduled", N_("Scheduled")
    IN_PROGRESS = "in_progress", N_("In progress")
    COMPLETED = "completed", N_("Held")
    CANCELLED = "cancelled", N_("Cancelled")


class AttendanceStatus(Choice):
    """Whether a student was there."""

    PRESENT = "present", N_("Present")
    ABSENT = "absent", N_("Absent")
    LATE = "late", N_("Late")
    EXCUSED = "excused", N_("Excused")

    @classmethod
    def there(cls) -> "frozenset[AttendanceStatus]":
        """Those under which the student was in the room."""
        return frozenset({cls.PRESENT, cls.LATE})


class EnrollmentStatus(Choice):
    """Where an enrolment stands."""

    ACTIVE = "active", N_("Active")
    DROPPED = "dropped", N_("Dropped")
    COMPLETED = "completed", N_("Completed")
    TRANSFERRED = "transferred", N_("Transferred")

    @classmethod
    def left(cls) -> "frozenset[EnrollmentStatus]":
        """Those under which the student left the class before its end."""
        return frozenset({cls.DROPPED, cls.TRANSFERRED})


class WaitingStatus(Choice):
    """Where someone on a waiting list stands."""

    WAITING = "waiting", N_("Waiting")
    OFFERED = "offered", N_("A seat is offered")
    ENROLLED = "enrolled", N_("Enrolled")
    DECLINED = "declined", N_("Declined")
    EXPIRED = "expired", N_("Not answered in time")
    WITHDRAWN = "withdrawn", N_("Taken off the list")

    @classmethod
    def open(cls) -> "frozenset[WaitingStatus]":
        """Those under which someone may still get a seat."""
        return frozenset({cls.WAITING, cls.OFFERED})


class CalendarKind(Choice):
    """Whose sessions a calendar holds."""

    MINE = "mine", N_("My sessions")
    CLASS = "class", N_("A class")
    TEACHER = "teacher", N_("A teacher")
    ROOM = "room", N_("A room")
    STUDENT = "student", N_("A student")

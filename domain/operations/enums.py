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

"""Saving marks as they are tapped. What couldn't be saved is kept, shown, and tried again until it is.

A tap is sent again by itself only because that is safe: to mark someone as they are marked already changes nothing, and whoever
else spoke meanwhile makes it a conflict that is shown.
"""

from dataclasses import dataclass, field, replace

from domain.access.uow import unit_of_work
from domain.kit.errors import DatabaseUnavailable, DomainError, InvalidInput
from domain.operations.attendance import MarkConflict, Taken, mark, mark_all_present, take_back
from domain.operations.enums import AttendanceStatus
from domain.operations.sheets import Mark, Sheet
from pages._shell import errors, state
from pages._shell.guard import NobodyHere, current_actor

ROLLS = "constela_attendance"
ALL = ""  # in the place of a student: everyone who isn't marked yet


@dataclass(frozen=True)
class Tap:
    """What someone tapped: whom they mark (`ALL`: the rest), as what, and what the sheet showed."""

    student_id: str
    status: AttendanceStatus
    seen: AttendanceStatus | None = None


@dataclass(frozen=True)
class Other:
    """Someone else's word against a tap: about whom, what they said (None: nobody is marked any more), and what was tapped."""

    student_id: str
    name: str
    theirs: Mark | None
    mine: AttendanceStatus


@dataclass(frozen=True)
class Roll:
    """What one browser knows of the sheet that it has open, for one person: plain data.

    `shown`: the sheet as it was last read; `unsaved`: taps that wait for the database; `conflicts`: others' words against a tap,
    by student; `done`: what the last tap did, for Undo; `trouble`: what was refused last.
    """

    scope: tuple[str, str, str]
    session_id: str
    shown: Sheet | None = None
    unsaved: tuple[Tap, ...] = ()
    conflicts: dict[str, Other] = field(default_factory=dict)
    done: tuple[Taken, ...] = ()
    trouble: tuple[str, ...] = ()


def roll_of(session_id: str) -> Roll | None:
    """What is known of this sheet here; None if another's was open last."""
    found: Roll | None = state.value(ROLLS)
    return found if found and found.session_id == session_id else None


def keep(roll: Roll) -> None:
    state.put(ROLLS, roll)


def tap(session_id: str, student_id: str, status: AttendanceStatus, *, seen: AttendanceStatus | None) -> None:
    """Save one mark; to be called in a callback."""
    roll = roll_of(session_id)
    if roll is None:
        return
    conflicts = {key: each for key, each in roll.conflicts.items() if key != student_id}
    waiting = tuple(each for each in roll.unsaved if each.student_id != student_id)
    roll = replace(roll, conflicts=conflicts, unsaved=waiting, trouble=())
    keep(_tried(roll, Tap(student_id, status, seen)))


def all_present(session_id: str) -> None:
    """Mark the rest as present; to be called in a callback."""
    roll = roll_of(session_id)
    if roll is not None:
        waiting = tuple(each for each in roll.unsaved if each.student_id != ALL)
        keep(_tried(replace(roll, unsaved=waiting, trouble=()), Tap(ALL, AttendanceStatus.PRESENT)))


def try_again(session_id: str) -> None:
    """Save what waits."""
    roll = roll_of(session_id)
    if roll is None:
        return
    waiting, roll = roll.unsaved, replace(roll, unsaved=())
    for each in waiting:
        roll = _tried(roll, each)
    keep(roll)


def _tried(roll: Roll, wanted: Tap) -> Roll:
    try:
        with unit_of_work(current_actor()) as session:
            if wanted.student_id == ALL:
                done = tuple(mark_all_present(session, roll.session_id))
            else:
                done = (mark(session, roll.session_id, wanted.student_id, wanted.status, seen=wanted.seen),)
    except DatabaseUnavailable as error:
        errors.note(error)
        return replace(roll, unsaved=(*roll.unsaved, wanted), done=())
    except NobodyHere:
        return roll  # what stands in the page's place now says that it wasn't done
    except MarkConflict as error:
        other = Other(error.student.id, error.student.name, error.theirs, error.mine)
        return replace(roll, conflicts={**roll.conflicts, wanted.student_id: other}, done=())
    except InvalidInput as error:
        return replace(roll, trouble=(*roll.trouble, *(each.message for each in error.problems)), done=())
    except DomainError as error:
        return replace(roll, trouble=(*roll.trouble, error.message), done=())
    changed = tuple(each for each in done if each.former is None or each.former.status is not each.status)
    return replace(roll, done=changed or roll.done)


def keep_theirs(session_id: str, student_id: str) -> None:
    """Let the other's mark stand."""
    roll = roll_of(session_id)
    if roll is not None:
        keep(replace(roll, conflicts={key: each for key, each in roll.conflicts.items() if key != student_id}))


def undo(session_id: str) -> None:
    """Take back what the last tap did; to be called in a callback."""
    roll = roll_of(session_id)
    if roll is None or not roll.done:
        return
    try:
        with unit_of_work(current_actor()) as session:
            take_back(session, session_id, roll.done)
    except DomainError as error:
        keep(replace(roll, done=roll.done if isinstance(error, DatabaseUnavailable) else (), trouble=(error.message,)))
        return
    keep(replace(roll, done=(), trouble=()))

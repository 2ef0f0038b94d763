"""Where a student sits, and which classes meet while they do."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.operations.clashes import Board, Clash, Group, Meeting, students_twice
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import Enrollment, Schedule, SchoolClass, Term
from domain.operations.planning_models import ClashPermit
from domain.records.labels import labels


@dataclass(frozen=True)
class Week:
    """The weekly meetings of classes that one student is in or might join. `own`: those that they are in."""

    board: Board
    own: frozenset[str]
    permitted: frozenset[str] = frozenset()

    def clashes(self, class_id: str, student: str, *, leaving: Collection[str] = ()) -> list[Clash]:
        """What joining a class would clash with, save with classes that the student leaves for it, or that was allowed."""
        here = self.own - {class_id, *leaving}
        groups = {key: self.board.groups[key] for key in (*here, class_id) if key in self.board.groups}
        if class_id not in groups:
            return []
        groups = {key: replace(each, students=frozenset({student})) for key, each in groups.items()}
        meetings = [each for each in self.board.meetings if each.class_id in groups]
        found = students_twice(replace(self.board, meetings=meetings, groups=groups))
        return [each for each in found if class_id in each.groups and self.permitted.isdisjoint(each.permitted_by)]


def week_of(session: ScopedSession, student: str, candidates: Iterable[str] = ()) -> Week:
    """A student's week, and that of the classes that they might join."""
    mine = select(Enrollment.class_id).where(Enrollment.user_id == student, Enrollment.status == EnrollmentStatus.ACTIVE)
    own = frozenset(session.scalars(mine))
    wanted = or_(SchoolClass.id.in_(own), SchoolClass.id.in_(list(candidates)))
    classes = select(SchoolClass, Term).join(Term, Term.id == SchoolClass.term_id).where(SchoolClass.is_active, wanted)
    found = {each.id: (each, term) for each, term in session.execute(classes)}
    groups = {key: Group(key, each.name, each.max_students, each.room_id) for key, (each, _term) in found.items()}
    weekly = session.scalars(select(Schedule).where(Schedule.class_id.in_(list(found)))).all()
    board = Board(_meetings(weekly, found), groups, labels(session, User, [student]))
    return Week(board, own & found.keys(), frozenset(session.scalars(select(ClashPermit.finding))))


def _meetings(weekly: Sequence[Schedule], found: dict[str, tuple[SchoolClass, Term]]) -> list[Meeting]:
    return [
        Meeting(
            each.id,
            each.class_id,
            each.day_of_week,
            each.start_time,
            each.end_time,
            found[each.class_id][0].teacher_id,
            found[each.class_id][0].room_id,
            found[each.class_id][1].start_date,
            found[each.class_id][1].end_date,
        )
        for each in weekly
    ]

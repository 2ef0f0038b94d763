"""How a person came here: enrolments, waiting lists and placement tests, the latest first."""

from collections.abc import Iterator

from domain.access.actor import Actor
from domain.kit.formats import show_number
from domain.kit.texts import _
from domain.operations.enrolment_queries import Person, PlacementLine, Stay, WaitingLine
from domain.operations.enums import EnrollmentStatus, WaitingStatus
from pages._shell import parts
from pages._shell.parts import Happening

KINDS = {
    EnrollmentStatus.DROPPED: "attention",
    EnrollmentStatus.TRANSFERRED: "info",
    EnrollmentStatus.COMPLETED: "good",
}


def chronicle(actor: Actor, person: Person) -> None:
    """What happened, as far as it touches enrolments."""
    parts.section(_("Up to now"))
    told = [*_stays(person), *_waits(person), *_tests(person)]
    if not told:
        parts.empty_state("history", _("Nothing yet. What happens with their enrolments appears here."), key="no-past")
        return
    parts.chronology(sorted(told, key=lambda each: each.at, reverse=True), actor.zone)


def _stays(person: Person) -> Iterator[Happening]:
    known = {each.id: each for each in person.stays}
    for each in person.stays:
        before = known.get(each.follows or "")
        detail = _("after {klass}").format(klass=before.klass) if before else ""
        yield Happening(each.since, _("Joined {klass}").format(klass=each.klass), detail, kind="good")
        if each.until:
            yield Happening(each.until, _left(each), each.reason, kind=KINDS.get(each.status, "neutral"))


def _left(stay: Stay) -> str:
    said = {
        EnrollmentStatus.DROPPED: _("Left {klass}"),
        EnrollmentStatus.TRANSFERRED: _("Moved out of {klass}"),
        EnrollmentStatus.COMPLETED: _("Completed {klass}"),
    }
    return said.get(stay.status, _("Left {klass}")).format(klass=stay.klass)


def _waits(person: Person) -> Iterator[Happening]:
    for each in person.waits:
        yield Happening(each.since, _("Joined the waiting list of {klass}").format(klass=each.klass), each.notes)
        if each.closed:
            yield Happening(each.closed, _ended(each), kind="info" if each.status is WaitingStatus.ENROLLED else "neutral")


def _ended(line: WaitingLine) -> str:
    return _("Waiting list of {klass}: {status}").format(klass=line.klass, status=line.status.label)


def _tests(person: Person) -> Iterator[Happening]:
    for each in person.placements:
        title = _("Placement test in {course}: score {score}").format(course=each.course, score=show_number(each.score))
        yield Happening(each.tested, title, level_words(each), kind="info")


def level_words(line: PlacementLine) -> str:
    """Which level a test recommends, and which was chosen instead and why."""
    if line.chosen:
        said = _("{level} chosen instead of {recommended}: {reason}")
        return said.format(level=line.chosen, recommended=line.recommended or _("no recommendation"), reason=line.reason)
    return _("{level} recommended").format(level=line.recommended) if line.recommended else _("no level recommended")

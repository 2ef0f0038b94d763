"""The fixed list of questions, and their answers. There are no filters: whoever could choose them could ask about one person.

A month is told once it is over, and stays as it was told: a month in progress would tell of each person who is added to it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from domain.access.actor import Actor
from domain.access.decide import decide
from domain.access.figures import Person, people
from domain.access.uow import ScopedSession
from domain.curriculum.models import CourseType, Level
from domain.db.gather import gather
from domain.figures import facts
from domain.figures.rules import FEW, Figure, Releases, figure, joined
from domain.kit.clock import today
from domain.kit.errors import NotAllowed
from domain.operations.enums import EnrollmentStatus
from domain.operations.models import Term
from domain.supervision.enums import AlertLevel

ATTENDANCE, ENROLLED, LEVELS, ENDINGS, PLACEMENTS = "attendance", "enrolled", "levels", "endings", "placements"
TOOLBOX, ALERTS, WELLBEING, MOOD, STARS = "toolbox", "alerts", "wellbeing", "mood", "stars"


@dataclass(frozen=True)
class Question:
    """Something that may be asked of everyone at once, about all time: what it counts, and into which groups.

    `groups`: parts of one whole, from low to high, of which each person is in the highest; `alone`: groups that are no parts of
    anything, such as tools. Without either all are one group. `lasting`: people stay part of it until they leave.
    """

    name: str
    tables: tuple[str, ...]
    facts: Callable[[Actor], Select[Any]]
    groups: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    by_term: bool = False
    lasting: bool = False


@dataclass(frozen=True)
class Answer:
    """A question's figures: for each moment (a month, a term, a term's course), the oldest first, those of its groups."""

    name: str
    figures: tuple[Figure, ...] = ()

    @property
    def moments(self) -> list[str]:
        """The moments of which something might be told."""
        return list(dict.fromkeys(each.moment for each in self.figures))

    def at(self, moment: str) -> list[Figure]:
        """The figures of one moment."""
        return [each for each in self.figures if each.moment == moment]


@dataclass(frozen=True)
class Teaching:
    """What figures are named by, all of which their reader reads anyway: terms (oldest first), courses, and levels by course.

    `begun`, `over`: the terms of which it is told who began, and how it ended.
    """

    terms: Mapping[str, str] = field(default_factory=dict)
    begun: Sequence[str] = ()
    over: Sequence[str] = ()
    courses: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


QUESTIONS: tuple[Question, ...] = (
    Question(ATTENDANCE, ("attendance",), facts.attendance),
    Question(ENROLLED, ("enrollments",), facts.enrolled, lasting=True),
    Question(LEVELS, ("enrollments",), facts.enrolled_by_level, by_term=True),
    Question(ENDINGS, ("enrollments",), facts.endings, groups=tuple(EnrollmentStatus), by_term=True),
    Question(PLACEMENTS, ("placements",), facts.placements),
    Question(TOOLBOX, tuple(facts.TOOLS), facts.toolbox, alone=tuple(facts.TOOLS)),
    Question(ALERTS, ("safety_alerts",), facts.alerts, groups=tuple(AlertLevel)),
    Question(WELLBEING, ("wellbeing_snapshots",), facts.wellbeing),
    Question(MOOD, ("wellbeing_snapshots",), facts.mood),
)


def figures(session: ScopedSession, names: Collection[str] = ()) -> tuple[Teaching, dict[str, Answer]]:
    """The answers to these questions (or to all) that the actor may have; waited for once. NotAllowed if there is none."""
    actor = session.actor
    asked = [
        each
        for each in QUESTIONS
        if (not names or each.name in names) and all(decide(actor, "A", table) for table in each.tables)
    ]
    if not asked:
        raise NotAllowed("no figures")
    reads = [partial(people, session, each.facts(actor)) for each in asked]
    known, found = gather(session, lambda: _teaching(session), lambda: gather(session, *reads))
    last = _month_before(today(actor.zone))
    return known, {each.name: answer(each, nameless, last, known) for each, nameless in zip(asked, found, strict=True)}


def counts_stars(actor: Actor) -> bool:
    """Whether the actor sees figures of a class's constellations: who may count stars, and reads who is in the class."""
    return bool(decide(actor, "A", "knowledge_nodes") and decide(actor, "R", "enrollments"))


def stars_of_class(session: ScopedSession, class_id: str) -> Answer:
    """How many of a class have stars in their constellation, and of which kinds that at least five share. One statement.

    A kind's name is a student's own word: it leaves this place only when five students use it.
    """
    if not counts_stars(session.actor):
        raise NotAllowed("stars of a class")
    asked = partial(facts.stars_of_class, class_id=class_id)
    nameless, last = people(session, asked(session.actor)), _month_before(today(session.actor.zone))
    kinds = Counter(fact.group for each in nameless for fact in each if fact.moment <= last)
    shared = tuple(kind for kind, count in sorted(kinds.items()) if count >= FEW)
    question = Question(STARS, ("knowledge_nodes",), asked, alone=shared or (facts.EVERYTHING,), lasting=True)
    return answer(question, nameless, last)


def answer(question: Question, nameless: Sequence[Person], last: str, known: Teaching | None = None) -> Answer:
    """The figures of what is known of each person, up to the month `last`. Plain values: no database, no clock."""
    members: dict[tuple[str, str], int] = {}
    shares: dict[tuple[str, str], dict[int, float]] = {}
    moments = _terms(question, known or Teaching()) if question.by_term else _months(nameless, last)
    parts = {moment: _parts(question, moment, known or Teaching()) for moment in moments}
    for at, person in enumerate(nameless):
        for moment, group, value in _places(question, person, moments, parts):
            place = moment, group
            members[place] = members.get(place, 0) | 1 << at
            if value is not None:
                shares.setdefault(place, {})[1 << at] = value
    releases, found = Releases(), []
    for moment in moments:
        groups = [(each, members.get((moment, each), 0)) for each in parts[moment]]
        told = [((name,), group) for name, group in groups] if question.alone or len(groups) == 1 else joined(groups)
        for names, people_there in told:
            share = shares.get((moment, names[0])) if len(names) == 1 else None
            found.append(figure(releases, moment, names, people_there, share))
    return Answer(question.name, tuple(found))


def _places(
    question: Question, person: Person, moments: Sequence[str], parts: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, float | None]]:
    """When a person was in which groups. Of the parts of a whole, only in the highest at each moment."""
    if question.lasting:
        return [
            (each, fact.group, None)
            for fact in person
            for each in moments
            if fact.group in parts[each] and fact.moment <= each and (not fact.until or each < fact.until)
        ]
    found = [(fact.moment, fact.group, fact.value) for fact in person if fact.group in parts.get(fact.moment, ())]
    if question.alone:
        return found
    highest = {each[0]: each for each in sorted(found, key=lambda each: parts[each[0]].index(each[1]))}
    return list(highest.values())


def _parts(question: Question, moment: str, known: Teaching) -> Sequence[str]:
    if question.by_term and not question.groups:
        return list(known.levels.get(moment.split(".")[1], {}))
    return question.alone or question.groups or ("",)


def _terms(question: Question, known: Teaching) -> list[str]:
    if question.groups:
        return list(known.over)
    return [f"{term}.{course}" for term in known.begun for course in known.courses if known.levels.get(course)]


def _months(nameless: Sequence[Person], last: str) -> list[str]:
    """Every month from the first that anything is known of: what was told before decides on what is told next."""
    first = min((fact.moment for each in nameless for fact in each), default="")
    found, month = [], first
    while month and month <= last:
        found.append(month)
        month = _month_after(month)
    return found


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _month_before(day: date) -> str:
    return f"{day.year - (day.month == 1):04d}-{(day.month - 2) % 12 + 1:02d}"


def _teaching(session: ScopedSession) -> Teaching:
    """Terms, courses and levels; waited for once."""
    terms, levels = gather(
        session,
        lambda: session.execute(
            select(Term.id, Term.name, Term.start_date, Term.end_date).order_by(Term.start_date, Term.id)
        ).all(),
        lambda: session.execute(
            select(CourseType.id, CourseType.name, Level.id, Level.code)
            .join(Level, Level.course_type_id == CourseType.id)
            .order_by(CourseType.name, CourseType.id, Level.order, Level.id)
        ).all(),
    )
    by_course: dict[str, dict[str, str]] = {}
    for course, _name, level, code in levels:
        by_course.setdefault(course, {})[level] = code
    latest = today(session.actor.zone) - facts.SETTLING
    return Teaching(
        {term: name for term, name, _start, _end in terms},
        [term for term, _name, start, _end in terms if start <= latest],
        [term for term, _name, _start, end in terms if end <= latest],
        {course: name for course, name, _level, _code in levels},
        by_course,
    )

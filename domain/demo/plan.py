"""What the demo's parts hand to each other: people, courses, classes, enrolments, in memory and small.

A plan holds what other tables refer to; rows are written from it, table by table, and never kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.demo.calendar import Calendar, TermDates
from domain.demo.names import Names
from domain.demo.source import Source

Row = dict[str, Any]
Rows = Iterator[Row]

KIDS, TEENS, ADULTS = "kids", "teens", "adults"
ADULT_AGE = 18


@dataclass(slots=True, eq=False)
class Person:
    """Someone of the school."""

    id: str
    first: str
    last: str
    role: str
    born: date
    created: datetime
    email: str | None = None
    phone: str | None = None
    cpf: str | None = None
    active: bool = True
    roles: tuple[str, ...] = ()
    audience: str = ""
    family: int = -1
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    def is_minor(self, today: date) -> bool:
        """Whether the person is under 18."""
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day)) < ADULT_AGE


@dataclass(slots=True, eq=False)
class Link:
    """A guardian and a child."""

    parent: Person
    child: Person
    relationship: str
    primary: bool
    access: str = "all"
    together: bool = True
    agreed: bool = False


@dataclass(slots=True, eq=False)
class LessonPlan:
    """A lesson and its prompts' keys."""

    id: str
    title: str
    points: int
    tasks: int
    prompts: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ModulePlan:
    """A module, its badge and its lessons."""

    id: str
    name: str
    badge: str
    required: int
    lessons: list[LessonPlan] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class LevelPlan:
    """A level of a course."""

    id: str
    code: str
    order: int
    modules: list[ModulePlan] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CoursePlan:
    """A course with its levels."""

    id: str
    code: str
    name: str
    levels: list[LevelPlan] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Term:
    """A term's key and days."""

    id: str
    dates: TermDates


@dataclass(slots=True, frozen=True)
class Slot:
    """When a class meets each week. Two slots either are the same or never overlap."""

    weekdays: tuple[int, ...]
    start: int  # minutes after midnight
    end: int
    label: str


@dataclass(slots=True, eq=False)
class Meeting:
    """A session of a class."""

    id: str
    day: date
    status: str
    attended: bool  # whether someone called the roll
    start: int | None = None  # where it was moved to, in minutes
    substitute: Person | None = None
    reason: str | None = None


@dataclass(slots=True, eq=False)
class Group:
    """A class."""

    id: str
    name: str
    term: Term
    course: CoursePlan
    level: LevelPlan
    teacher: Person
    room: str
    slot: Slot
    seats: int
    audience: str
    created: datetime
    number: int
    members: list["Membership"] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    weekly: dict[int, str] = field(default_factory=dict)  # the keys of its weekly meetings, by weekday


@dataclass(slots=True, eq=False)
class Membership:
    """A student's enrolment in a class."""

    id: str
    student: Person
    group: Group
    since: datetime
    status: str = "active"
    until: datetime | None = None


@dataclass(slots=True, eq=False)
class Bill:
    """An invoice. `amount` is the sum of its items, before the discount."""

    id: str
    payer: Person
    student: Person
    items: list[Row]
    discount: Decimal
    amount: Decimal
    due: date
    status: str
    created: datetime
    method: str | None = None
    paid_at: datetime | None = None
    part: Decimal = Decimal(0)
    tuition: Decimal = Decimal(0)
    refunded: bool = False

    @property
    def payable(self) -> Decimal:
        """What is to be paid."""
        return self.amount - self.discount


@dataclass(slots=True, eq=False)
class School:
    """A school in the making: what has been planned so far."""

    source: Source
    calendar: Calendar
    names: Names
    slug: str
    name: str
    size: int
    id: str = ""
    founded: date = date.min
    students: list[Person] = field(default_factory=list)
    teachers: list[Person] = field(default_factory=list)
    parents: list[Person] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)
    coordinators: list[Person] = field(default_factory=list)
    owner: Person | None = None
    links: list[Link] = field(default_factory=list)
    explorers: list[Person] = field(default_factory=list)  # students with a toolbox of their own
    courses: list[CoursePlan] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    rooms: list[tuple[str, str, int]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    payouts: list[Row] = field(default_factory=list)
    payroll: list[Row] = field(default_factory=list)
    payroll_payments: list[Row] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.calendar.today

    @property
    def director(self) -> Person:
        """The owner; a school without one is not made."""
        assert self.owner is not None
        return self.owner

    @property
    def current_groups(self) -> list[Group]:
        """The classes of the current term."""
        return [group for group in self.groups if group.term.dates.is_current]

    @property
    def remembered(self) -> list[Person]:
        """Those explorers whose companion has a memory of them."""
        return self.explorers[: max(1, self.size * 12 // 160)]

    def active_memberships(self) -> dict[str, list[Membership]]:
        """The classes that each student is in now, by the student's key."""
        found: dict[str, list[Membership]] = {}
        for membership in self.memberships:
            if membership.status == "active":
                found.setdefault(membership.student.id, []).append(membership)
        return found

    def people(self) -> Iterator[Person]:
        """Everyone, once."""
        yield self.director
        for some in (self.coordinators, self.staff, self.teachers, self.parents, self.students):
            yield from some

    def founded_at(self) -> datetime:
        """The moment at which the school was made."""
        return self.calendar.at(self.founded, 9 * 60)

"""Who learns what, where, when and with whom: classes without a clash, and students without one either.

Slots are chosen so that two of them are either the same or never overlap: whoever is in one class a slot has no clash.
"""

from datetime import datetime, timedelta
from itertools import islice
from random import Random

from domain.demo.plan import ADULTS, KIDS, TEENS, Group, Membership, Person, School, Slot, Term
from domain.demo.source import Keys

CLASSES, OF_STUDENTS = 14, 160
FORMER_SHARE = 4 / 14  # of the last term's classes only some are kept
SECOND_COURSE, LEAVING = 0.2, 0.09
WEEKLY = (((1, 3), "seg./qua."), ((2, 4), "ter./qui."))


def _slots(*starts: tuple[int, str]) -> tuple[Slot, ...]:
    return tuple(Slot(days, start, start + 80, f"{word} {label}") for start, word in starts for days, label in WEEKLY)


SLOTS = {
    KIDS: _slots((8 * 60, "Manhã"), (14 * 60, "Tarde"), (15 * 60 + 40, "Tarde")),
    TEENS: _slots((9 * 60 + 40, "Manhã"), (14 * 60, "Tarde"), (17 * 60 + 20, "Fim de tarde")),
    ADULTS: (*_slots((19 * 60, "Noite"), (20 * 60 + 30, "Noite")), Slot((6,), 9 * 60, 12 * 60, "Sábado")),
}
WORDS = {KIDS: "Crianças", TEENS: "Jovens", ADULTS: "Adultos"}
AUDIENCES = (KIDS, TEENS, ADULTS, TEENS, KIDS, ADULTS, TEENS)
SEATS = {KIDS: 15, TEENS: 16, ADULTS: 18}
ROOM_NAMES = ("Sala Órion", "Sala Cruzeiro do Sul", "Sala Andrômeda", "Sala Cassiopeia", "Sala Lira", "Laboratório Cometa")


class _Board:
    """Who and what is taken in which slot."""

    def __init__(self, school: School, term: Term, count: int, keys: Keys, random: Random) -> None:
        self.school, self.term, self.keys, self.random = school, term, keys, random
        self.count = count
        self.taken: set[tuple[str, Slot]] = set()
        self.load: dict[str, int] = {}
        self.names: dict[str, int] = {}

    def fill(self) -> None:
        """Make the classes, one audience after the other."""
        for at in range(self.count):
            audience = AUDIENCES[at % len(AUDIENCES)]
            course = self.school.courses[at % 3 == 2]
            # The youngest begin; the oldest reach C1.
            level = course.levels[{KIDS: (0, 1, 1), TEENS: (1, 2, 3), ADULTS: (0, 2, 4)}[audience][at // 2 % 3]]
            slots = SLOTS[audience]
            slot, room, teacher = self._free(slots[(at // 2) % len(slots) :] + slots[: (at // 2) % len(slots)])
            self.taken |= {(room, slot), (teacher.id, slot)}
            self.load[teacher.id] = self.load.get(teacher.id, 0) + 1
            name = f"{course.name} {level.code} – {WORDS[audience]} – {slot.label}"
            self.names[name] = self.names.get(name, 0) + 1
            if self.names[name] > 1:
                name = f"{name} ({self.names[name]})"
            created = self.school.calendar.at(self.term.dates.start - timedelta(days=21), 10 * 60)
            number = len(self.school.groups)
            made = Group(
                self.keys(created),
                name,
                self.term,
                course,
                level,
                teacher,
                room,
                slot,
                SEATS[audience],
                audience,
                created,
                number,
            )
            self.school.groups.append(made)

    def _free(self, slots: tuple[Slot, ...]) -> tuple[Slot, str, Person]:
        for slot in slots:
            rooms = [key for key, _name, _seats in self.school.rooms if (key, slot) not in self.taken]
            teachers = [each for each in self._candidates() if (each.id, slot) not in self.taken]
            if rooms and teachers:
                two = self.random.sample(teachers, min(2, len(teachers)))
                return slot, self.random.choice(rooms), min(two, key=lambda each: self.load.get(each.id, 0))
        raise AssertionError("more classes than rooms and teachers")

    def _candidates(self) -> list[Person]:
        teachers = self.school.teachers
        start = self.random.randrange(len(teachers))
        return (teachers[start:] + teachers[:start])[:40]


def plan(school: School) -> None:
    """Terms, rooms, classes, and who is in them."""
    keys, random = school.source.keys("classes"), school.source.random("timetable")
    founded, term_keys, room_keys = school.founded_at(), school.source.keys("terms"), school.source.keys("rooms")
    school.terms = [Term(term_keys(founded), dates) for dates in school.calendar.terms]
    count = max(2, round(school.size * CLASSES / OF_STUDENTS))
    for at in range(max(2, -(-count // 4))):
        again, name = divmod(at, len(ROOM_NAMES))
        school.rooms.append((room_keys(founded), f"{ROOM_NAMES[name]}{f' {again + 1}' if again else ''}", 18 + 2 * (at % 3)))
    former, current, _coming = school.terms
    for term, some in ((former, max(1, round(count * FORMER_SHARE))), (current, count)):
        _Board(school, term, some, keys, random).fill()
    _enroll(school, random)


class _Register:
    """Enrolments in the making."""

    def __init__(self, school: School, random: Random) -> None:
        self.school, self.random = school, random
        self.keys = school.source.keys("enrollments")
        self.busy: dict[str, set[Slot]] = {}

    def add(self, student: Person, group: Group, since: datetime) -> Membership:
        """Write someone into a class."""
        made = Membership(self.keys(since), student, group, since)
        group.members.append(made)
        self.school.memberships.append(made)
        return made

    def place(self, student: Person, open_groups: dict[str, list[Group]], first: Group | None = None) -> Group | None:
        """A place in a class with free seats; a second one is of the other course and at another time."""
        random, calendar = self.random, self.school.calendar
        groups = open_groups[student.audience] = [
            each for each in open_groups[student.audience] if len(each.members) < each.seats
        ]
        if first:
            groups = [each for each in groups if each.course is not first.course and each.slot != first.slot]
        if not groups:
            return None
        group = groups[0] if random.random() < 0.25 else random.choice(groups)
        days = random.randrange(-18, 0) if random.random() < 0.88 else random.randrange(1, 50)
        day = calendar.last_open_day(group.term.dates.start + timedelta(days=days))
        self.add(student, group, calendar.at(day, random.randrange(8 * 60, 12 * 60)))
        self.busy.setdefault(student.id, set()).add(group.slot)
        return group

    def leave(self, membership: Membership) -> None:
        """Someone drops out or moves to another class, which closes one enrolment and opens another."""
        random, calendar, group = self.random, self.school.calendar, membership.group
        until = calendar.at(calendar.last_open_day(calendar.days_ago(random.randrange(4, 24))), random.randrange(8 * 60, 11 * 60))
        busy = self.busy[membership.student.id]
        goals = [
            goal
            for goal in self.school.current_groups[group.number % 7 :][:60]
            if goal.audience == group.audience
            and goal.course is group.course
            and goal.slot not in busy
            and len(goal.members) < goal.seats
        ]
        membership.until = until
        membership.status = "transferred" if goals and random.random() < 0.5 else "dropped"
        if membership.status == "transferred":
            self.add(membership.student, goals[0], until)
            busy.add(goals[0].slot)

    def finish(self, student: Person, group: Group) -> None:
        """A place in a class of last term, most of them completed."""
        random, calendar, dates = self.random, self.school.calendar, group.term.dates
        made = self.add(student, group, calendar.at(calendar.last_open_day(dates.start - timedelta(days=7)), 9 * 60))
        left = random.random() < 0.08
        day = dates.start + timedelta(days=random.randrange(30, 90)) if left else dates.end
        made.status, made.until = "dropped" if left else "completed", calendar.at(calendar.last_open_day(day), 18 * 60)


def _enroll(school: School, random: Random) -> None:
    register = _Register(school, random)
    open_groups = {audience: [each for each in school.current_groups if each.audience == audience] for audience in SLOTS}
    for student in school.students:
        # Some are on the waiting list, or have just arrived.
        if student.active and random.random() > 0.04:
            first = register.place(student, open_groups)
            if first and random.random() < SECOND_COURSE:
                register.place(student, open_groups, first)
    for membership in [each for each in school.memberships if random.random() < LEAVING]:
        register.leave(membership)
    known = school.calendar.at(school.terms[0].dates.start - timedelta(days=12), 0)
    waiting = {
        audience: iter([each for each in school.students if each.audience == audience and each.created < known])
        for audience in SLOTS
    }
    for group in school.groups:
        if not group.term.dates.is_current:
            for student in islice(waiting[group.audience], group.seats - random.randrange(4)):
                register.finish(student, group)

"""Which sessions a term's pattern asks for, as pure rules: what is to be added, what is skipped and why, what is there already;
and what a change of the pattern does to sessions that are still to come.

A session that is settled (held, with attendance, moved, cancelled or given away by hand, or begun) is never touched: it is there,
whatever the pattern becomes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from hashlib import sha256

from domain.core.closing import ClosedDay

WEEK = timedelta(days=7)


def week_of(day: date) -> date:
    """The Sunday with which a date's week begins. A weekly meeting is held once in a week."""
    return day - timedelta(days=day.isoweekday() % 7)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly meeting of a class. `weekday`: 0 is Sunday, 6 Saturday. `first`, `last`: the days of its term, both included."""

    key: str
    class_id: str
    weekday: int
    start: time
    end: time
    first: date
    last: date

    def on(self, since: date) -> Iterator[date]:
        """The dates of its term on which it meets, from a day on."""
        day = max(self.first, since)
        day += timedelta(days=(self.weekday - day.isoweekday()) % 7)
        while day <= self.last:
            yield day
            day += WEEK

    def in_week_of(self, day: date) -> date:
        """Its date in the week of another day."""
        return week_of(day) + timedelta(days=self.weekday)


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly meeting on a date."""

    weekly: Weekly
    day: date

    @property
    def is_in_term(self) -> bool:
        """Whether the date lies in the term."""
        return self.weekly.first <= self.day <= self.weekly.last


@dataclass(frozen=True, slots=True)
class Made:
    """A session that is there. `weekly` and `planned_for` say what it was made from, unless it was made by hand."""

    key: str
    class_id: str
    weekly: str | None
    planned_for: date | None
    day: date
    start: time
    end: time
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A date on which a weekly meeting isn't held, for the school is closed."""

    slot: Slot
    closed: ClosedDay


@dataclass(frozen=True)
class Plan:
    """What is to be done with a term's sessions. `change`: a session and where it goes; `kept`: settled, and not in the pattern
    any more."""

    add: tuple[Slot, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    there: tuple[Made, ...] = ()
    change: tuple[tuple[Made, Slot], ...] = ()
    drop: tuple[Made, ...] = ()
    kept: tuple[Made, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.add or self.change or self.drop)

    @property
    def classes(self) -> set[str]:
        """The classes whose sessions change."""
        made = {each.class_id for each in (*self.drop, *(one for one, _slot in self.change))}
        return made | {each.weekly.class_id for each in self.add}

    @property
    def fingerprint(self) -> str:
        """The same for the same doings: what was looked at is what is done."""
        said = [f"+{each.weekly.key} {each.day} {each.weekly.start} {each.weekly.end}" for each in self.add]
        said += [f"~{one.key} {to.day} {to.weekly.start} {to.weekly.end}" for one, to in self.change]
        said += [f"-{each.key}" for each in self.drop]
        return sha256("\n".join(sorted(said)).encode()).hexdigest()[:16]


Closed = Mapping[date, ClosedDay]


def generate(weeklies: Iterable[Weekly], made: Sequence[Made], closed: Closed, *, since: date = date.min) -> Plan:
    """What a pattern adds to what is there, from a day on. Done, it adds nothing more; it changes and drops nothing."""
    by_week = {(each.weekly, week_of(each.planned_for)): each for each in made if each.planned_for}
    by_time = {(each.class_id, each.day, each.start): each for each in made}
    add: dict[tuple[str, date, time], Slot] = {}
    skipped, there = [], []
    for weekly in weeklies:
        for day in weekly.on(since):
            slot, at = Slot(weekly, day), (weekly.class_id, day, weekly.start)
            found = by_week.get((weekly.key, week_of(day))) or by_time.get(at)
            if found:
                there.append(found)
            elif day in closed:
                skipped.append(Skipped(slot, closed[day]))
            elif at not in add:
                add[at] = slot
    return Plan(add=tuple(sorted(add.values(), key=_order)), skipped=tuple(skipped), there=tuple(dict.fromkeys(there)))


def adjust(
    before: Mapping[str, Weekly], after: Mapping[str, Weekly], made: Sequence[Made], closed: Closed, *, since: date
) -> Plan:
    """What a change of the pattern does to sessions from a day on: some move, some go, some come.

    `before`, `after`: the weekly meetings by their keys, of the same classes. A session whose hours aren't those of its weekly
    meeting before the change was changed by hand, and stays.
    """
    ours = {each.class_id for each in (*before.values(), *after.values())}
    mine = [each for each in made if each.class_id in ours]
    loose = [each for each in mine if is_loose(each, before, since)]
    fast = [each for each in mine if not is_loose(each, before, since)]
    places = _Places(fast)
    change: list[tuple[Made, Slot]] = []
    drop: list[Made] = []
    stay: list[Made] = []
    # Those that stay where they are take their places first, so that none that moves takes them.
    goals = sorted(((each, _goal(each, after)) for each in loose), key=lambda pair: not _is_at(*pair))
    for each, goal in goals:
        if goal is None or goal.day < since or goal.day in closed or not goal.is_in_term or not places.take(goal):
            drop.append(each)
        elif _is_at(each, goal):
            stay.append(each)
        else:
            change.append((each, goal))
    moved = [_moved(each, goal) for each, goal in change]
    rest = generate(after.values(), [*fast, *stay, *moved], closed, since=since)
    asked = {(each.key, day) for each in after.values() for day in each.on(since)}
    kept = [each for each in fast if each.weekly and each.day >= since and (each.weekly, each.planned_for) not in asked]
    there = tuple(each for each in rest.there if each not in set(moved))
    return replace(rest, there=there, change=tuple(change), drop=tuple(drop), kept=tuple(kept))


class _Places:
    """Where sessions stand: one for each weekly meeting and week, and one for each class, date and beginning."""

    def __init__(self, made: Iterable[Made]) -> None:
        some = list(made)
        self.weeks = {(each.weekly, week_of(each.planned_for)) for each in some if each.planned_for}
        self.times = {(each.class_id, each.day, each.start) for each in some}

    def take(self, goal: Slot) -> bool:
        """Whether the place was free; it isn't any more."""
        week, at = (goal.weekly.key, week_of(goal.day)), (goal.weekly.class_id, goal.day, goal.weekly.start)
        if week in self.weeks or at in self.times:
            return False
        self.weeks.add(week)
        self.times.add(at)
        return True


def is_loose(made: Made, before: Mapping[str, Weekly], since: date) -> bool:
    """Whether a session may follow its pattern: to come, made from it, not settled, and as it was made."""
    weekly = before.get(made.weekly or "")
    if made.is_settled or weekly is None or made.planned_for is None or made.day < since:
        return False
    return (made.day, made.start, made.end) == (made.planned_for, weekly.start, weekly.end)


def _goal(made: Made, after: Mapping[str, Weekly]) -> Slot | None:
    """Where a session that follows its pattern belongs."""
    weekly = after.get(made.weekly or "")
    return Slot(weekly, weekly.in_week_of(made.day)) if weekly else None


def _is_at(made: Made, goal: Slot | None) -> bool:
    return goal is not None and (made.day, made.start, made.end) == (goal.day, goal.weekly.start, goal.weekly.end)


def _moved(made: Made, goal: Slot) -> Made:
    return replace(made, planned_for=goal.day, day=goal.day, start=goal.weekly.start, end=goal.weekly.end)


def _order(slot: Slot) -> tuple[date, time, str]:
    return slot.day, slot.weekly.start, slot.weekly.class_id

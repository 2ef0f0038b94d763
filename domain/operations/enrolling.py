"""Who may enrol where, who is next on a waiting list, which level a score recommends: pure rules that return findings or keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.kit.findings import Finding, Subject
from domain.kit.texts import N_
from domain.operations.clashes import Clash

NOT_ACTIVE = N_("{klass} isn't active: nobody enrols there.")
TERM_OVER = N_("{klass} belongs to a term that ended on {last}.")
NOT_A_STUDENT = N_("{who} isn't an active student of the school.")
IN_IT_ALREADY = N_("{who} is in {klass} already.")
FULL = N_("{klass} is full: {taken} of {places} places are taken.")
ALL_PROMISED = N_("{klass} has no free place: of {places}, {taken} are taken and {held} offered to the waiting list.")
AT_ONE_TIME = N_("{day}: {one} ({hours}) and {other} ({other_hours}) meet at the same time. {who} can't be in both.")
WAITS_ALREADY = N_("{who} is on the waiting list of {klass} already.")
HAS_SEATS = N_("There is nothing to wait for: free places in {klass}: {free}.")
SAME_CLASS = N_("{who} would stay in {klass}: please choose another class.")


@dataclass(frozen=True, slots=True)
class Seats:
    """A class's places, how many students have one, and how many are offered to its waiting list."""

    places: int
    taken: int
    held: int = 0

    @property
    def free(self) -> int:
        """How many can be given to someone new."""
        return max(self.places - self.taken - self.held, 0)

    @property
    def over(self) -> int:
        """How many more were taken or offered than there are."""
        return max(self.taken + self.held - self.places, 0)


@dataclass(frozen=True)
class Wish:
    """Someone who wants into a class: what must be known of both. `last`: the last day of the class's term.

    `clashes`: what the class would clash with among the person's other classes.
    """

    who: Subject
    klass: Subject
    seats: Seats
    is_active: bool
    last: date
    is_student: bool = True
    is_in: bool = False
    waits: bool = False
    clashes: Sequence[Clash] = ()


Rule = Callable[[Wish, date], Iterable[Finding]]


def closed_class(wish: Wish, today: date) -> Iterator[Finding]:
    """A class that isn't active, or whose term is over."""
    if not wish.is_active:
        yield Finding("class_not_active", NOT_ACTIVE, {"klass": wish.klass}, at="class_id")
    elif wish.last < today:
        yield Finding("term_over", TERM_OVER, {"klass": wish.klass}, {"last": wish.last}, at="class_id")


def nobody_else(wish: Wish, _today: date) -> Iterator[Finding]:
    """Someone who isn't a student, or not any more."""
    if not wish.is_student:
        yield Finding("not_a_student", NOT_A_STUDENT, {"who": wish.who}, at="user_id")


def enrolled_already(wish: Wish, _today: date) -> Iterator[Finding]:
    """Someone who sits in the class."""
    if wish.is_in:
        yield Finding("in_it_already", IN_IT_ALREADY, {"who": wish.who, "klass": wish.klass}, at="user_id")


def no_free_seat(wish: Wish, _today: date) -> Iterator[Finding]:
    """A class that is full, or whose last seats are offered to those who waited."""
    if not wish.is_in and not wish.seats.free:
        yield full(wish.klass, wish.seats)


def two_places_at_once(wish: Wish, _today: date) -> Iterator[Finding]:
    """Classes of the person's that meet while this one does."""
    for each in wish.clashes:
        yield at_one_time(each)


RULES: tuple[Rule, ...] = (nobody_else, closed_class, enrolled_already, no_free_seat, two_places_at_once)


def against_enrolling(wish: Wish, today: date) -> list[Finding]:
    """Everything that stands against it; nothing if the person may enrol."""
    return [each for rule in RULES for each in rule(wish, today)]


def against_waiting(wish: Wish, today: date) -> list[Finding]:
    """What stands against joining the class's waiting list: that it is closed to them anyway, or that there is a seat."""
    found = [each for rule in (nobody_else, closed_class, enrolled_already) for each in rule(wish, today)]
    if wish.waits:
        found.append(Finding("waits_already", WAITS_ALREADY, {"who": wish.who, "klass": wish.klass}, at="user_id"))
    elif not found and wish.seats.free:
        found.append(Finding("has_seats", HAS_SEATS, {"klass": wish.klass}, {"free": wish.seats.free}, at="class_id"))
    return found


def full(klass: Subject, seats: Seats) -> Finding:
    """That a class has no seat left, with the numbers."""
    numbers = {"places": seats.places, "taken": seats.taken}
    if seats.held:
        return Finding("all_promised", ALL_PROMISED, {"klass": klass}, {**numbers, "held": seats.held}, at="class_id")
    return Finding("full", FULL, {"klass": klass}, numbers, at="class_id")


def at_one_time(clash: Clash) -> Clash:
    """A student's clash as it is told to who enrols them."""
    return replace(clash, source=AT_ONE_TIME, at="class_id")


# Waiting lists.


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone on a waiting list. `until`: the end of the offer that they have, if they have one."""

    key: str
    user_id: str
    since: datetime
    until: datetime | None = None


def in_order(line: Iterable[Waiting]) -> list[Waiting]:
    """A waiting list: who has an offer, then who waits, each in the order in which they came."""
    return sorted(line, key=lambda each: (each.until is None, each.since, each.key))


def lapsed(line: Iterable[Waiting], moment: datetime) -> list[Waiting]:
    """Those whose offer has ended unanswered."""
    return [each for each in line if each.until is not None and each.until <= moment]


def next_ones(line: Iterable[Waiting], seats: Seats) -> list[Waiting]:
    """Those to whom a seat is offered now: the first who wait, one for each free seat."""
    return [each for each in in_order(line) if each.until is None][: seats.free]


def offers_too_many(line: Iterable[Waiting], seats: Seats) -> list[Waiting]:
    """Offers that can't be kept since there are fewer seats now: the latest comers'."""
    offered = [each for each in in_order(line) if each.until is not None]
    return offered[-seats.over :] if seats.over else []


# Placement.


def recommended(thresholds: Mapping[str, int], score: int) -> str | None:
    """The level with the highest threshold that a score reaches, of `thresholds` by level; None below all of them."""
    reached = {level: low for level, low in thresholds.items() if score >= low}
    return max(reached, key=lambda level: reached[level], default=None)

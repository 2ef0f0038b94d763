"""Those who aren't in a class and come to one of its sessions all the same: what is done with the session concerns them.

Who they are a higher group knows; it gives them by a function that the registry binds, and by another lets them go along where
their session goes. They have no inbox: who looks after them is told, and tells them; where nobody does, coordination is.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.queries import holding
from domain.kit.findings import Finding, Subject, Weight
from domain.kit.texts import N_, _
from domain.outbox.people import Told, audience
from domain.outbox.service import tell_each

BOOKED_THEN = N_("{who} is booked to try {klass} on {day} at {time}.")
TAKEN_OFF = N_("{who} was to try {klass} on {day} at {time}, and that session isn't held. Please agree on another one.")
ELSEWHEN = N_(
    "{who} was to try {klass} on {day} at {time}, and that session moves to {new_day} at {new_time}. Please ask whether it suits."
)
ALONG = N_(
    "{who} tries {klass} on {new_day} at {new_time}, no longer on {day} at {time}: the session moves, and the trial class with "
    "it. Please tell them."
)
NOBODYS_OFF = N_(
    "Nobody looks after who was to try {klass} on {day} at {time}: {who}. That session isn't held. Please agree on another one."
)
NOBODYS_ELSEWHEN = N_(
    "Nobody looks after who was to try {klass} on {day} at {time}: {who}. That session moves to {new_day} at {new_time}. "
    "Please ask whether it suits."
)
NOBODYS_ALONG = N_(
    "Nobody looks after who was to try {klass} on {day} at {time}: {who}. The session moves to {new_day} at {new_time}, and the "
    "trial class with it. Please tell them."
)
SOMEONE = N_("Someone")
Goals = Mapping[str, tuple[dt.date, dt.time]]  # by session (of `GOING_ALONG`, by booking), where it goes
Telling = tuple[Sequence[str], dict[str, Any], tuple[str, str]]  # who is told, what stands in the text, about which record


@dataclass(frozen=True)
class Booking:
    """Someone's seat in one session. `record`: the booking itself; `who`: for whom it is; `keeper`: key of who looks after them.

    `is_told`: whether the actor may be told who it is. `may_go_along`: whether the actor may have it go where the session goes.
    """

    record: Subject
    session_id: str
    who: Subject
    klass: Subject
    day: dt.date
    time: dt.time
    keeper: str | None = None
    is_told: bool = True
    may_go_along: bool = False

    def is_touched(self, goals: Goals) -> bool:
        """Whether the session isn't held when it was: one that gets another room or end alone is."""
        return goals.get(self.session_id) != (self.day, self.time)

    @property
    def finding(self) -> Finding:
        """That it is there, as far as the actor may be told."""
        who = self.who if self.is_told else Subject(self.who.table, "", _(SOMEONE))
        return Finding(
            "booked",
            BOOKED_THEN,
            {"who": who, "klass": self.klass},
            {"day": self.day, "time": self.time},
            weight=Weight.WARNS,
            terms=self.record.key,
        )


BOOKINGS: list[Callable[[ScopedSession, Collection[str]], Iterable[Booking]]] = []
"""By keys of sessions, who is booked on them; bound in the registry."""

GOING_ALONG: list[Callable[[ScopedSession, Goals], None]] = []
"""Have bookings, by their keys, be at another time; bound in the registry."""


def booked_on(session: ScopedSession, keys: Collection[str]) -> tuple[Booking, ...]:
    """Who is booked on these sessions, the first of them first."""
    found = [each for ask in BOOKINGS for each in ask(session, keys)] if keys else []
    return tuple(sorted(found, key=lambda each: (each.day, each.time, each.who.label, each.record.key)))


def take_along(session: ScopedSession, bookings: Iterable[Booking], goals: Goals) -> frozenset[str]:
    """Have those who are booked go where their sessions go, as far as the actor may; keys of the bookings that did.

    Who may not change a booking moves its session all the same: who looks after it is asked to agree on another one, as it
    isn't theirs to say for someone whom they may not know.
    """
    moving = (each for each in bookings if each.may_go_along and each.session_id in goals and each.is_touched(goals))
    going = {each.record.key: goals[each.session_id] for each in moving}
    for go in GOING_ALONG if going else ():
        go(session, going)
    return frozenset(going)


def keepers(session: ScopedSession, bookings: Sequence[Booking]) -> tuple[Told, ...]:
    """Who looks after those who are booked, and coordination for whom nobody does; not who is at it."""
    wanted = {each.keeper for each in bookings if each.keeper}
    if any(not each.keeper for each in bookings):
        wanted.update(_coordination(session))
    wanted.discard(session.actor.user_id)
    return tuple(audience(session, sorted(wanted), guardians=False)) if wanted else ()


def tell_keepers(
    session: ScopedSession,
    bookings: Iterable[Booking],
    goals: Goals,
    telling: Collection[str] | None,
    *,
    along: Collection[str] = (),
) -> None:
    """Tell them what becomes of the sessions. `goals`: where they go; what isn't there isn't held any more. `along`: the keys of
    the bookings that go with them.
    """
    said: dict[str, list[Telling]] = {}
    nobodys: dict[tuple[str, bool], list[Booking]] = {}
    for each in (one for one in bookings if one.is_touched(goals)):
        goes = each.record.key in along
        if not each.keeper:
            nobodys.setdefault((each.session_id, goes), []).append(each)
        elif each.keeper != session.actor.user_id:
            source = ALONG if goes else ELSEWHEN if each.session_id in goals else TAKEN_OFF
            said.setdefault(source, []).append(([each.keeper], _params([each], goals), (each.record.table, each.record.key)))
    others = [each for each in _coordination(session) if each != session.actor.user_id] if nobodys else []
    for (key, goes), some in nobodys.items():
        source = NOBODYS_ALONG if goes else NOBODYS_ELSEWHEN if key in goals else NOBODYS_OFF
        said.setdefault(source, []).append((others, _params(some, goals), ("sessions", key)))
    for source, what in said.items():
        tell_each(session, what, "booking_concerned", source, guardians=False, only=telling)


def _params(some: Sequence[Booking], goals: Goals) -> dict[str, Any]:
    """What stands in the text of those who are booked on one session."""
    first, who = some[0], ", ".join(each.who.label for each in some)
    said: dict[str, Any] = {"who": who, "klass": first.klass.label, "day": first.day, "time": first.time}
    if goal := goals.get(first.session_id):
        said["new_day"], said["new_time"] = goal
    return said


def _coordination(session: ScopedSession) -> list[str]:
    """Whose it is to see to those whom nobody looks after. Asked below the actor's rows, as an audience is."""
    users = User.__table__
    here = (users.c.organization_id == session.actor.organization_id, holding([Role.SCHOOL]))
    return sorted(session.connection().execute(select(users.c.id).where(*here)).scalars())

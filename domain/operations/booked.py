"""Those who aren't in a class and come to one of its sessions all the same: what is done with the session concerns them.

Who they are a higher group knows; it gives them by a function that the registry binds. They have no inbox: who looks after them
is told, and tells them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.access.uow import ScopedSession
from domain.kit.findings import Finding, Subject, Weight
from domain.kit.texts import N_, _
from domain.outbox.people import Told, audience
from domain.outbox.service import tell_each

BOOKED_THEN = N_("{who} is booked to try {klass} on {day} at {time}.")
TAKEN_OFF = N_("{who} was to try {klass} on {day} at {time}, and that session isn't held. Please agree on another one.")
ELSEWHEN = N_(
    "{who} was to try {klass} on {day} at {time}, and that session moves to {new_day} at {new_time}. Please ask whether it suits."
)
SOMEONE = N_("Someone")
Telling = tuple[list[str], dict[str, Any], tuple[str, str]]  # who is told, what stands in the text, about which record


@dataclass(frozen=True)
class Booking:
    """Someone's seat in one session. `record`: the booking itself; `who`: for whom it is; `keeper`: key of who looks after them.

    `is_told`: whether the actor may be told who it is.
    """

    record: Subject
    session_id: str
    who: Subject
    klass: Subject
    day: dt.date
    time: dt.time
    keeper: str | None = None
    is_told: bool = True

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


def booked_on(session: ScopedSession, keys: Collection[str]) -> tuple[Booking, ...]:
    """Who is booked on these sessions, the first of them first."""
    found = [each for ask in BOOKINGS for each in ask(session, keys)] if keys else []
    return tuple(sorted(found, key=lambda each: (each.day, each.time, each.who.label, each.record.key)))


def keepers(session: ScopedSession, bookings: Iterable[Booking]) -> tuple[Told, ...]:
    """Who looks after those who are booked; not who is at it."""
    wanted = {each.keeper for each in bookings if each.keeper} - {session.actor.user_id}
    return tuple(audience(session, sorted(wanted), guardians=False)) if wanted else ()


def tell_keepers(
    session: ScopedSession,
    bookings: Iterable[Booking],
    goals: Mapping[str, tuple[dt.date, dt.time]],
    telling: Collection[str] | None,
) -> None:
    """Tell them what becomes of the sessions. `goals`: by session, where it goes; what isn't there isn't held any more."""
    ended: list[Telling] = []
    moved: list[Telling] = []
    for each in bookings:
        if not each.keeper or each.keeper == session.actor.user_id:
            continue
        said: dict[str, Any] = {"who": each.who.label, "klass": each.klass.label, "day": each.day, "time": each.time}
        about = (each.record.table, each.record.key)
        if goal := goals.get(each.session_id):
            said["new_day"], said["new_time"] = goal
            moved.append(([each.keeper], said, about))
        else:
            ended.append(([each.keeper], said, about))
    for source, what in ((TAKEN_OFF, ended), (ELSEWHEN, moved)):
        if what:
            tell_each(session, what, "booking_concerned", source, guardians=False, only=telling)

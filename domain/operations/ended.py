"""Sessions that went on and whose end has come were held: they are closed by themselves, whether or not anybody marks again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from domain.access.accounts import connected
from domain.access.actor import Actor
from domain.access.uow import reading, unit_of_work
from domain.core.models import Organization
from domain.kit import clock
from domain.kit.clock import wall, zone_of
from domain.operations.attendance_keeping import JOB
from domain.operations.enums import SessionStatus
from domain.operations.models import ClassSession
from domain.operations.queries import ahead_of

A_DAY = timedelta(days=1)  # no school's wall clock is further from UTC


def close_ended(actor: Actor) -> int:
    """Close those of the actor's school; how many. It takes the write lock only if there are any."""
    job = replace(Actor.system(actor.organization_id, JOB), time_zone=actor.time_zone)
    ended = _ended(job)
    with reading(job) as session:
        if session.scalar(select(ClassSession.id).where(ended).limit(1)) is None:
            return 0
    with unit_of_work(job) as session:
        found = session.scalars(select(ClassSession).where(ended)).all()
        for each in found:
            each.status = SessionStatus.COMPLETED
    return len(found)


def close_every_ended() -> None:
    """The same for every school: one of the rounds that the program makes by itself."""
    sessions: Any = ClassSession.__table__
    schools: Any = Organization.__table__
    going_on = (sessions.c.status == SessionStatus.IN_PROGRESS, sessions.c.date <= clock.now().date() + A_DAY)
    wanted = select(schools.c.id, schools.c.settings).where(schools.c.id.in_(select(sessions.c.organization_id).where(*going_on)))
    with connected(writing=False) as connection:
        found = connection.execute(wanted).all()
    for key, settings in found:
        close_ended(replace(Actor.system(key, JOB), time_zone=zone_of(settings).key))


def _ended(job: Actor) -> ColumnElement[bool]:
    return and_(ClassSession.status == SessionStatus.IN_PROGRESS, ~ahead_of(wall(clock.now(), job.zone)))

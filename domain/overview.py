"""What matters today, for each role: a few figures and a short list, from all groups, waited for once.

A figure says what it counts as a question (a table and filters, which a link to those records repeats), or as a place of the
app that shows the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from domain.access.roles import Role
from domain.access.uow import ScopedSession
from domain.core.queries import active_students
from domain.crm import queries as crm
from domain.db.gather import gather
from domain.financial import queries as financial
from domain.financial.enums import TransactionType
from domain.financial.queries import InvoiceLine
from domain.kit.texts import N_
from domain.operations import class_queries as classes
from domain.operations import queries as operations
from domain.operations.queries import SessionLine
from domain.records.figures import Question, answer_all
from domain.records.query import Filter
from domain.supervision.enums import AlertLevel
from domain.supervision.queries import count_open_alerts
from domain.supervision.releasing import ReleasedAlert, released_to_me
from domain.supervision.summaries import ChildsWeeks, weeks_of_children

DAYS_AHEAD = 7
UNMARKED, NEARLY_FULL, CLASSES, ALERTS, STARS = "unmarked", "nearly_full", "classes", "alerts", "stars"


@dataclass(frozen=True)
class Asked:
    """A figure that a role wants to see: its label (a source text), what is counted, and where the records are.

    `amount`: the sum of money told instead of the count. `kind`: how it is marked when it isn't nothing.
    """

    name: str
    label: str
    counts: Question | Select[int]
    place: str = ""
    amount: Select[Decimal] | None = None
    kind: str = "neutral"


@dataclass(frozen=True)
class Figure:
    """An answer to what was asked. Exactly one of `question` and `place` says where its records are."""

    name: str
    label: str
    count: int
    amount: Decimal | None
    question: Question | None
    place: str
    kind: str


@dataclass(frozen=True)
class Overview:
    """A person's day. `alerts`: open ones by level; `children`: who of theirs is in which class.

    For a guardian: `released`, what a supervisor lets them know of; `weeks`, how their children have been.
    """

    figures: tuple[Figure, ...]
    sessions: tuple[SessionLine, ...] = ()
    invoices: tuple[InvoiceLine, ...] = ()
    alerts: Mapping[AlertLevel, int] | None = None
    children: Mapping[str, list[str]] | None = None
    refunded: Decimal | None = None
    released: tuple[ReleasedAlert, ...] = ()
    weeks: tuple[ChildsWeeks, ...] = ()


def overview(session: ScopedSession, wall: datetime) -> Overview:
    """What matters to the actor at this moment of the school's wall clock."""
    role = session.actor.role
    return BY_ROLE[role](session, wall) if role else Overview(())


def _answer(
    session: ScopedSession, asked: list[Asked], more: Mapping[str, Select[Any]] | None = None
) -> tuple[tuple[Figure, ...], dict[str, Any]]:
    """All counts and amounts, and whatever else gives one value, in one statement."""
    questions: dict[str, Question | Select[Any]] = {each.name: each.counts for each in asked}
    questions |= {f"{each.name} amount": each.amount for each in asked if each.amount is not None}
    answers = answer_all(session, questions | dict(more or {}))
    return tuple(_figure(each, answers) for each in asked), answers


def _figure(asked: Asked, answers: Mapping[str, Any]) -> Figure:
    count = answers[asked.name]
    question = asked.counts if isinstance(asked.counts, Question) and not asked.place else None
    kind = asked.kind if count else "neutral"
    return Figure(asked.name, asked.label, count, answers.get(f"{asked.name} amount"), question, asked.place, kind)


def _unmarked(wall: datetime) -> Asked:
    counted = operations.count_without_attendance(wall)
    return Asked("unmarked", N_("Sessions without attendance"), counted, UNMARKED, kind="attention")


def _sessions_today(day: date) -> Asked:
    return Asked("sessions_today", N_("Sessions today"), operations.sessions_on(day, day))


def _last(day: date) -> date:
    return day + timedelta(days=DAYS_AHEAD - 1)


def _sessions_ahead(day: date) -> Asked:
    return Asked("sessions_ahead", N_("Sessions, seven days from today"), operations.sessions_on(day, _last(day)))


def _coordination(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    levels = {f"alerts {level}": count_open_alerts(level) for level in AlertLevel}
    asked = [
        _sessions_today(day),
        _unmarked(wall),
        Asked("new_leads", N_("New leads"), crm.new_leads(), kind="info"),
        Asked("overdue", N_("Overdue invoices"), financial.overdue_invoices(day), kind="attention"),
        Asked("nearly_full", N_("Full or nearly full classes"), classes.count_nearly_full(), NEARLY_FULL),
    ]
    (figures, answers), today = gather(
        session, lambda: _answer(session, asked, levels), lambda: operations.sessions_between(session, day, day)
    )
    alerts = {level: answers[f"alerts {level}"] for level in AlertLevel}
    total = Figure("alerts", N_("Open alerts"), sum(alerts.values()), None, None, ALERTS, "neutral")
    return Overview((*figures[:2], total, *figures[2:]), tuple(today), alerts=alerts)


def _owner(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    first = day.replace(day=1)
    income, refund = (
        financial.amount_received(session, first, day, kind) for kind in (TransactionType.INCOME, TransactionType.REFUND)
    )
    due, late = financial.amount_due(), financial.amount_due(financial.overdue(day))
    asked = [
        Asked("received", N_("Received this month"), financial.received_in(first, day), amount=income, kind="good"),
        Asked("outstanding", N_("Still to come in"), financial.open_invoices(), amount=due),
        Asked("overdue", N_("Overdue"), financial.overdue_invoices(day), amount=late, kind="attention"),
        Asked("students", N_("Active students"), active_students()),
        Asked("payouts", N_("Payouts to approve"), financial.pending_payouts(), kind="info"),
    ]
    (figures, answers), oldest = gather(
        session, lambda: _answer(session, asked, {"refunded": refund}), lambda: financial.oldest_overdue(session, day)
    )
    return Overview(figures, invoices=tuple(oldest), refunded=answers["refunded"])


def _reception(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    asked = [
        Asked("trials_today", N_("Trial classes today"), crm.trials_on(day), kind="info"),
        Asked("follow_up", N_("Leads to follow up"), crm.leads_to_follow_up(day), kind="attention"),
        Asked("new_leads", N_("New leads"), crm.new_leads(), kind="info"),
        _sessions_today(day),
    ]
    (figures, _answers), today = gather(
        session, lambda: _answer(session, asked), lambda: operations.sessions_between(session, day, day)
    )
    return Overview(figures, tuple(today))


def _teacher(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    monday = day - timedelta(days=day.weekday())
    asked = [
        Asked("sessions_today", N_("Your sessions today"), operations.sessions_on(day, day)),
        Asked("sessions_week", N_("Your sessions this week"), operations.sessions_on(monday, monday + timedelta(days=6))),
        _unmarked(wall),
        Asked("classes", N_("Your classes"), classes.count_active_classes(), CLASSES),
    ]
    (figures, _answers), ahead = gather(session, lambda: _answer(session, asked), lambda: _ahead(session, day))
    return Overview(figures, tuple(ahead))


def _parent(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    asked = [
        _sessions_ahead(day),
        Asked("invoices", N_("Open invoices"), financial.open_invoices(), amount=financial.amount_due(), kind="info"),
        Asked("absences", N_("Absences so far"), operations.absences()),
    ]
    (figures, _answers), ahead, invoices, children, (released, weeks) = gather(
        session,
        lambda: _answer(session, asked),
        lambda: _ahead(session, day),
        lambda: financial.next_due(session),
        lambda: operations.students_by_class(session),
        lambda: gather(session, lambda: released_to_me(session), lambda: weeks_of_children(session, day)),
    )
    return Overview(
        figures, tuple(ahead), invoices=tuple(invoices), children=children, released=tuple(released), weeks=tuple(weeks)
    )


def _student(session: ScopedSession, wall: datetime) -> Overview:
    day = wall.date()
    asked = [
        _sessions_ahead(day),
        Asked("todos", N_("To do by today"), _todos_due(day), kind="attention"),
        Asked("badges", N_("Badges earned"), Question("user_badges"), kind="star"),
        Asked("stars", N_("Stars in your constellation"), Question("knowledge_nodes"), STARS, kind="star"),
    ]
    (figures, _answers), ahead = gather(session, lambda: _answer(session, asked), lambda: _ahead(session, day))
    return Overview(figures, tuple(ahead))


def _todos_due(day: date) -> Question:
    return Question("todos", (Filter("completed", values=(False,)), Filter("due_date", high=day)))


def _ahead(session: ScopedSession, day: date) -> list[SessionLine]:
    """The sessions that `_sessions_ahead` counts."""
    return operations.sessions_between(session, day, _last(day))


BY_ROLE: dict[Role, Callable[[ScopedSession, datetime], Overview]] = {
    Role.SCHOOL: _coordination,
    Role.OWNER: _owner,
    Role.STAFF: _reception,
    Role.TEACHER: _teacher,
    Role.PARENT: _parent,
    Role.STUDENT: _student,
}

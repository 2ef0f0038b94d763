"""What finance asks of the database: what came in, what is still owed, and by whom."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, type_coerce

from domain.access.uow import ScopedSession
from domain.db.types import Money
from domain.financial.enums import InvoiceStatus, PayoutStatus, TransactionType
from domain.financial.models import Invoice, Transaction
from domain.records.figures import Question
from domain.records.labels import label_of_key, show_label
from domain.records.query import Filter

OPEN = tuple(status for status in InvoiceStatus if status in InvoiceStatus.open())


@dataclass(frozen=True)
class InvoiceLine:
    """An open invoice as people say it: who owes how much since when."""

    id: str
    payer: str
    student: str
    due: date
    rest: Decimal


def open_invoices() -> Question:
    """Invoices that still wait for money."""
    return Question("invoices", (Filter("status", values=OPEN),))


def overdue_invoices(day: date) -> Question:
    """Open invoices whose day has passed, whether or not their status has been told so."""
    return Question("invoices", (Filter("status", values=OPEN), Filter("due_date", high=day - timedelta(days=1))))


def received_in(first: date, last: date) -> Question:
    """Payments that came in from one day to another, both included."""
    income = Filter("type", values=(TransactionType.INCOME,))
    return Question("transactions", (income, Filter("processed_at", low=first, high=last)))


def pending_payouts() -> Question:
    """Payouts that someone has yet to approve."""
    return Question("payouts", (Filter("status", values=(PayoutStatus.PENDING,)),))


def rest_due() -> Any:
    """What is still to be paid of an invoice, as a column of a query on invoices: less its discount and what was paid of it."""
    moved = case(
        (Transaction.type == TransactionType.INCOME, Transaction.amount),
        (Transaction.type == TransactionType.REFUND, -Transaction.amount),
        else_=0,
    )
    own = Transaction.invoice_id == Invoice.id
    paid = select(func.coalesce(func.sum(moved), 0)).where(own).correlate(Invoice).scalar_subquery()
    return Invoice.amount - Invoice.discount_amount - paid


def amount_due(*where: ColumnElement[bool]) -> Select[Decimal]:
    """The sum of what is still to be paid of some open invoices."""
    total = type_coerce(func.coalesce(func.sum(rest_due()), 0), Money())
    return select(total).select_from(Invoice).where(Invoice.status.in_(OPEN), *where)


def overdue(day: date) -> ColumnElement[bool]:
    """Invoices whose day has passed."""
    return Invoice.due_date < day


def amount_received(session: ScopedSession, first: date, last: date, kind: TransactionType) -> Select[Decimal]:
    """The sum of what moved this way from one day to another, both included, on the school's calendar."""
    zone = session.actor.zone
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    total = type_coerce(func.coalesce(func.sum(Transaction.amount), 0), Money())
    within = (Transaction.type == kind, Transaction.processed_at >= begin, Transaction.processed_at < end)
    return select(total).select_from(Transaction).where(*within)


def oldest_overdue(session: ScopedSession, day: date, *, limit: int = 5) -> list[InvoiceLine]:
    """The invoices that have waited longest, with what is still due."""
    return _lines(session, overdue(day), limit=limit)


def next_due(session: ScopedSession, *, limit: int = 5) -> list[InvoiceLine]:
    """The open invoices in the order of their due dates."""
    return _lines(session, limit=limit)


def _lines(session: ScopedSession, *where: ColumnElement[bool], limit: int) -> list[InvoiceLine]:
    statement = (
        select(
            Invoice.id,
            label_of_key("users", Invoice.payer_id),
            label_of_key("users", Invoice.student_id),
            Invoice.due_date,
            type_coerce(rest_due(), Money()),
        )
        .where(Invoice.status.in_(OPEN), *where)
        .order_by(Invoice.due_date, Invoice.id)
        .limit(limit)
    )
    return [
        InvoiceLine(key, show_label("users", payer), show_label("users", student) if student else "", due, rest)
        for key, payer, student, due, rest in session.execute(statement)
    ]

"""What finance knows of a student who is about to leave a class: open invoices, and the teacher's pay."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from domain.access.decide import decide
from domain.access.uow import ScopedSession
from domain.financial.enums import PaymentModel
from domain.financial.models import Invoice, TeacherContract
from domain.financial.queries import OPEN, amount_due
from domain.kit.clock import now, wall
from domain.kit.findings import Finding, Subject
from domain.kit.formats import show_money
from domain.kit.texts import N_
from domain.operations.leaving import Leaving, said
from domain.operations.models import SchoolClass
from domain.records.labels import label_of_key, show_label

INVOICES_OPEN = N_(
    "Open invoices for {who}: {count}, {rest} in all. They stay as they are; cancel them by hand if they shouldn't."
)
NONE_OPEN = N_("No invoice for {who} is open.")
PAY_BY_SESSION = N_("{teacher} is paid for the sessions that are held, however many come: the pay doesn't change.")
PAY_FIXED = N_("{teacher} is paid a fixed amount: the pay doesn't change.")
PAY_UNKNOWN = N_("{teacher} has no contract that runs now: no pay is reckoned.")


def open_invoices(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """What is still to be paid for the student."""
    if not decide(session.actor, "R", Invoice):
        return
    theirs = or_(Invoice.student_id == leaving.who.key, Invoice.payer_id == leaving.who.key)
    count = session.scalar(select(func.count(Invoice.id)).where(Invoice.status.in_(OPEN), theirs))
    if count:
        rest = show_money(session.scalars(amount_due(theirs)).one())
        yield said("invoices_open", INVOICES_OPEN, {"who": leaving.who}, count=count, rest=rest)
    else:
        yield said("none_open", NONE_OPEN, {"who": leaving.who})


def teachers_pay(session: ScopedSession, leaving: Leaving) -> Iterator[Finding]:
    """How the teacher of the class is paid, and what becomes of it."""
    if not decide(session.actor, "R", TeacherContract):
        return
    rows = select(SchoolClass.teacher_id, label_of_key("users", SchoolClass.teacher_id)).where(
        SchoolClass.id == leaving.klass.key
    )
    teacher, label = session.execute(rows).one()
    if teacher is None:
        return
    today = wall(now(), session.actor.zone).date()
    runs = (TeacherContract.start_date <= today, or_(TeacherContract.end_date.is_(None), TeacherContract.end_date >= today))
    newest = select(TeacherContract.payment_model).where(TeacherContract.user_id == teacher, *runs)
    model = session.scalars(newest.order_by(TeacherContract.start_date.desc()).limit(1)).first()
    source = PAY_UNKNOWN if model is None else PAY_FIXED if model is PaymentModel.FIXED else PAY_BY_SESSION
    yield said("teachers_pay", source, {"teacher": Subject("users", teacher, show_label("users", label))})

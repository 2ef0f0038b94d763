"""What the school sells, bills and receives, and what its teachers are paid."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import choice, day, flag, instant, json_value, long_text, money, number, reference, short_text
from domain.db.types import JsonList
from domain.financial.enums import (
    DiscountType,
    InvoiceStatus,
    PaymentMeans,
    PaymentModel,
    PayoutStatus,
    ProductType,
    Recurrence,
    TransactionType,
)
from domain.kit.clock import now
from domain.kit.texts import N_

NOTHING = Decimal("0.00")
MORE_THAN_ZERO = N_("This must be more than zero.")
ENDS_BEFORE_START = N_("This ends before it starts.")
PAID_WITH_DATE = N_("What is paid has the moment of payment, and only what is paid has one.")


class Product(Tenant, Base):
    """Something that can be bought. An invoice copies what it bills, so a changed price changes no invoice."""

    __tablename__ = "products"
    __title__, __one__ = N_("Products"), N_("Product")
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    name: Mapped[str] = short_text(N_("Name"))
    description: Mapped[str | None] = long_text(N_("Description"), 2000)
    price: Mapped[Decimal] = money(N_("Price"))
    type: Mapped[ProductType] = choice(N_("Kind"), ProductType, default=ProductType.TUITION)
    recurrence: Mapped[Recurrence] = choice(N_("Billed"), Recurrence, default=Recurrence.MONTHLY)
    is_active: Mapped[bool] = flag(N_("On sale"), default=True, note=N_("What isn't on sale is billed to nobody new."))


class Discount(Tenant, Base):
    """A reduction, given where its conditions hold."""

    __tablename__ = "discounts"
    __title__, __one__ = N_("Discounts"), N_("Discount")
    __table_args__ = (
        UniqueConstraint("organization_id", "name"),
        CheckConstraint(
            "type <> 'percentage' OR value <= 100", name="percentage", info={"message": N_("A percentage is 100 at most.")}
        ),
    )

    name: Mapped[str] = short_text(N_("Name"), note=N_("Such as: siblings, early payment."))
    type: Mapped[DiscountType] = choice(N_("Kind"), DiscountType, default=DiscountType.PERCENTAGE)
    value: Mapped[float] = number(N_("Value"), low=0, note=N_("Per cent, or reais for a fixed amount."))
    conditions: Mapped[dict[str, Any]] = json_value(
        N_("Conditions"), default=dict, note=N_("When it is given, such as how many siblings or how many days early.")
    )
    is_active: Mapped[bool] = flag(N_("Active"), default=True)


class Invoice(Tenant, Base):
    """What someone is asked to pay. One with transactions can't be deleted: money has moved."""

    __tablename__ = "invoices"
    __title__, __one__ = N_("Invoices"), N_("Invoice")
    __label__ = ("payer_id", "due_date")
    __order_by__ = ("-due_date",)
    __table_args__ = (
        Index("idx_invoices_payer", "payer_id"),
        Index("idx_invoices_status", "status"),
        UniqueConstraint("organization_id", "external_id"),
        CheckConstraint(
            "discount_amount <= amount",
            name="discount_within_amount",
            info={"message": N_("The discount is more than the amount.")},
        ),
        CheckConstraint("(status = 'paid') = (paid_at IS NOT NULL)", name="paid_with_date", info={"message": PAID_WITH_DATE}),
    )

    payer_id: Mapped[str] = reference(
        N_("Payer"), "users", roles=("parent", "student"), note=N_("The person responsible for paying.")
    )
    student_id: Mapped[str | None] = reference(N_("Student"), "users", roles=("student",))
    amount: Mapped[Decimal] = money(N_("Amount"), note=N_("The sum of the items, before the discount."))
    discount_amount: Mapped[Decimal] = money(N_("Discount"), default=NOTHING)
    due_date: Mapped[date] = day(N_("Due"))
    paid_at: Mapped[datetime | None] = instant(N_("Paid at"))
    status: Mapped[InvoiceStatus] = choice(N_("Status"), InvoiceStatus, default=InvoiceStatus.PENDING)
    payment_method: Mapped[PaymentMeans | None] = choice(N_("Paid by"), PaymentMeans)
    external_id: Mapped[str | None] = short_text(N_("Gateway's number"), note=N_("The payment provider's own number."))
    items: Mapped[list[Any]] = json_value(
        N_("Items"),
        JsonList,
        default=list,
        columns=("description", "quantity", "amount"),
        note=N_("What is billed: each with description, quantity and amount."),
    )

    def delete_lock_reason(self) -> str | None:
        if self.status is InvoiceStatus.PAID:
            return N_("A paid invoice is kept: the books rest on it.")
        return super().delete_lock_reason()


class Transaction(Tenant, Base):
    """Money that moved. A refund is one of its own; a sign is never needed."""

    __tablename__ = "transactions"
    __title__, __one__ = N_("Transactions"), N_("Transaction")
    __label__ = ("type", "amount", "processed_at")
    __order_by__ = ("-processed_at",)
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        CheckConstraint("amount > 0", name="amount_above_zero", info={"message": MORE_THAN_ZERO}),
    )

    invoice_id: Mapped[str | None] = reference(N_("Invoice"), "invoices")
    amount: Mapped[Decimal] = money(N_("Amount"))
    type: Mapped[TransactionType] = choice(N_("Kind"), TransactionType, default=TransactionType.INCOME)
    method: Mapped[PaymentMeans] = choice(N_("Paid by"), PaymentMeans, default=PaymentMeans.PIX)
    external_id: Mapped[str | None] = short_text(N_("Gateway's number"), note=N_("The payment provider's own number."))
    processed_at: Mapped[datetime] = instant(N_("Moved at"), default=now)


class TeacherContract(Tenant, Base):
    """What a teacher is paid for, and how much, from one date to another."""

    __tablename__ = "teacher_contracts"
    __title__, __one__ = N_("Teacher contracts"), N_("Teacher contract")
    __label__ = ("user_id", "start_date")
    __order_by__ = ("-start_date",)
    __table_args__ = (CheckConstraint("start_date <= end_date", name="start_before_end", info={"message": ENDS_BEFORE_START}),)

    user_id: Mapped[str] = reference(N_("Teacher"), "users", roles=("teacher",))
    payment_model: Mapped[PaymentModel] = choice(N_("How pay is counted"), PaymentModel, default=PaymentModel.HOURLY)
    rate: Mapped[Decimal] = money(N_("Pay rate"), note=N_("For an hour, a class or a month."))
    start_date: Mapped[date] = day(N_("From"))
    end_date: Mapped[date | None] = day(N_("Until"), note=N_("Empty: until someone ends it."))


class Payout(Tenant, Base):
    """What a teacher or another person receives for a period. Who approves is never who receives."""

    __tablename__ = "payouts"
    __title__, __one__ = N_("Payouts"), N_("Payout")
    __label__ = ("user_id", "period_start")
    __order_by__ = ("-period_start",)
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero", info={"message": MORE_THAN_ZERO}),
        CheckConstraint("period_start <= period_end", name="start_before_end", info={"message": ENDS_BEFORE_START}),
        CheckConstraint(
            "approved_by <> user_id",
            name="approved_by_another",
            info={"message": N_("Nobody approves their own payout: please choose someone else.")},
        ),
        CheckConstraint(
            "status = 'pending' OR approved_by IS NOT NULL",
            name="approved_by_someone",
            info={"message": N_("Please say who approved it.")},
        ),
        CheckConstraint("(status = 'paid') = (paid_at IS NOT NULL)", name="paid_with_date", info={"message": PAID_WITH_DATE}),
    )

    user_id: Mapped[str] = reference(N_("Recipient"), "users", roles=("teacher", "staff", "school", "owner"))
    amount: Mapped[Decimal] = money(N_("Amount"))
    period_start: Mapped[date] = day(N_("Period from"))
    period_end: Mapped[date] = day(N_("Period to"))
    status: Mapped[PayoutStatus] = choice(N_("Status"), PayoutStatus, default=PayoutStatus.PENDING)
    approved_by: Mapped[str | None] = reference(N_("Approved by"), "users", roles=("school", "owner"))
    paid_at: Mapped[datetime | None] = instant(N_("Paid at"))

    def delete_lock_reason(self) -> str | None:
        if self.status is PayoutStatus.PAID:
            return N_("A paid payout is kept: the books rest on it.")
        return super().delete_lock_reason()

"""What employees are owed, how it is paid to them, and by which of their accounts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from domain.db.base import Base, Tenant
from domain.db.columns import (
    cents,
    choice,
    created,
    day,
    flag,
    instant,
    json_value,
    long_text,
    number,
    reference,
    shaped,
    short_text,
    updated,
)
from domain.db.types import Document, JsonList, ShortText
from domain.kit.texts import N_
from domain.payroll.enums import (
    BankAccountType,
    PaymentStatus,
    PayrollMethod,
    PayrollStatus,
    PayrollType,
    PixKeyType,
    StoredMethod,
)


class PaymentDetail(ShortText):
    """A detail that is shown masked. No search finds it: whoever sees only dots could otherwise guess it digit by digit."""

    cache_ok = True
    searchable = False


class StaffPayroll(Tenant, Base):
    """What one employee is owed for one period. Who approves is never who receives."""

    __tablename__ = "staff_payroll"
    __title__, __one__ = N_("Payroll"), N_("Payroll record")
    __label__ = ("user_id", "period_start")
    __order_by__ = ("-period_start",)
    __table_args__ = (
        CheckConstraint(
            "period_start <= period_end", name="start_before_end", info={"message": N_("This ends before it starts.")}
        ),
        CheckConstraint(
            "net_amount_cents = gross_amount_cents - total_deductions_cents + total_additions_cents",
            name="net_adds_up",
            info={"message": N_("Net is gross less deductions plus additions.")},
        ),
        CheckConstraint(
            "paid_amount_cents <= net_amount_cents",
            name="paid_within_net",
            info={"message": N_("More was paid than is owed.")},
        ),
        CheckConstraint(
            "approved_by <> user_id",
            name="approved_by_another",
            info={"message": N_("Nobody approves their own pay: please choose someone else.")},
        ),
        CheckConstraint(
            "status NOT IN ('approved', 'scheduled', 'partially_paid', 'paid') OR approved_by IS NOT NULL",
            name="approved_by_someone",
            info={"message": N_("Please say who approved it.")},
        ),
        CheckConstraint(
            "status <> 'partially_paid' OR (paid_amount_cents > 0 AND paid_amount_cents < net_amount_cents)",
            name="partly_paid",
            info={"message": N_("Partly paid means that some of the net amount was paid, and not all.")},
        ),
        CheckConstraint(
            "status <> 'paid' OR (paid_at IS NOT NULL AND paid_amount_cents = net_amount_cents)",
            name="paid_in_full",
            info={"message": N_("Paid means that the whole net amount was paid, at a moment given here.")},
        ),
        CheckConstraint(
            "status <> 'cancelled' OR paid_amount_cents = 0",
            name="cancelled_unpaid",
            info={"message": N_("Once something was paid, this can't be cancelled.")},
        ),
    )

    contract_id: Mapped[str | None] = reference(N_("Contract"), "teacher_contracts")
    user_id: Mapped[str] = reference(N_("Employee"), "users", roles=("teacher", "staff", "school", "owner"))
    period_start: Mapped[date] = day(N_("Period from"))
    period_end: Mapped[date] = day(N_("Period to"))
    payment_due_date: Mapped[date] = day(N_("Due"))
    payroll_type: Mapped[PayrollType] = choice(N_("Kind"), PayrollType, default=PayrollType.SALARY)
    hours_worked: Mapped[float | None] = number(N_("Hours worked"), low=0, unit=N_("hours"))
    hourly_rate_cents: Mapped[int | None] = cents(N_("Rate for an hour"))
    gross_amount_cents: Mapped[int] = cents(N_("Gross amount"), note=N_("Before deductions."))
    deductions: Mapped[list[Any]] = json_value(
        N_("Deductions"),
        JsonList,
        default=list,
        columns=("description", "amount_cents"),
        note=N_("Each with description and amount in cents."),
    )
    total_deductions_cents: Mapped[int] = cents(N_("Deductions in all"), default=0)
    additions: Mapped[list[Any]] = json_value(
        N_("Additions"),
        JsonList,
        default=list,
        columns=("description", "amount_cents"),
        note=N_("Each with description and amount in cents."),
    )
    total_additions_cents: Mapped[int] = cents(N_("Additions in all"), default=0)
    net_amount_cents: Mapped[int] = cents(N_("Net amount"), note=N_("Gross less deductions plus additions."))
    paid_amount_cents: Mapped[int] = cents(N_("Paid so far"), default=0)
    status: Mapped[PayrollStatus] = choice(N_("Status"), PayrollStatus, default=PayrollStatus.DRAFT)
    approved_by: Mapped[str | None] = reference(N_("Approved by"), "users", roles=("school", "owner"))
    approved_at: Mapped[datetime | None] = instant(N_("Approved at"))
    calculated_by: Mapped[str | None] = reference(N_("Calculated by"), "users", roles=("school", "owner"))
    calculated_at: Mapped[datetime | None] = instant(N_("Calculated at"))
    paid_at: Mapped[datetime | None] = instant(N_("Paid at"), note=N_("When it was paid in full."))
    notes: Mapped[str | None] = long_text(N_("Notes"))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def delete_lock_reason(self) -> str | None:
        if self.status in {PayrollStatus.PARTIALLY_PAID, PayrollStatus.PAID}:
            return N_("What was paid, in part or in full, is kept: the books rest on it.")
        return super().delete_lock_reason()


class PayrollPayment(Tenant, Base):
    """One payment of what is owed; several may share a payroll record."""

    __tablename__ = "payroll_payments"
    __title__, __one__ = N_("Payroll payments"), N_("Payroll payment")
    __label__ = ("user_id", "amount_cents")
    __order_by__ = ("-created_at",)
    __table_args__ = (
        CheckConstraint(
            "paid_by <> user_id",
            name="paid_by_another",
            info={"message": N_("Nobody pays themselves: please choose someone else.")},
        ),
        CheckConstraint(
            "status NOT IN ('completed', 'refunded') OR processed_at IS NOT NULL",
            name="completed_with_date",
            info={"message": N_("A completed payment has the moment at which it was processed.")},
        ),
        CheckConstraint(
            "status <> 'failed' OR failed_at IS NOT NULL",
            name="failed_with_date",
            info={"message": N_("A failed payment has the moment at which it failed.")},
        ),
    )

    payroll_id: Mapped[str] = reference(N_("Payroll record"), "staff_payroll")
    user_id: Mapped[str] = reference(N_("Employee"), "users", roles=("teacher", "staff", "school", "owner"))
    amount_cents: Mapped[int] = cents(N_("Amount"), low=1)
    method_type: Mapped[PayrollMethod] = choice(N_("Paid by"), PayrollMethod, default=PayrollMethod.PIX)
    payment_method_id: Mapped[str | None] = reference(N_("Stored payment method"), "payment_methods")
    reference_code: Mapped[str | None] = short_text(N_("Reference"), 100, note=N_("The bank's number of the transfer."))
    scheduled_for: Mapped[datetime | None] = instant(N_("Scheduled for"))
    processed_at: Mapped[datetime | None] = instant(N_("Processed at"))
    failed_at: Mapped[datetime | None] = instant(N_("Failed at"))
    failure_reason: Mapped[str | None] = short_text(N_("Why it failed"), 500)
    status: Mapped[PaymentStatus] = choice(N_("Status"), PaymentStatus, default=PaymentStatus.PENDING)
    notes: Mapped[str | None] = long_text(N_("Notes"))
    paid_by: Mapped[str | None] = reference(N_("Processed by"), "users", roles=("school", "owner"))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def delete_lock_reason(self) -> str | None:
        if self.status in PaymentStatus.moved():
            return N_("A completed payment is kept: the books rest on it.")
        return super().delete_lock_reason()


class PaymentMethod(Tenant, Base):
    """Where an employee wants to be paid. One that was used is switched off rather than deleted."""

    __tablename__ = "payment_methods"
    __title__, __one__ = N_("Payment methods"), N_("Payment method")
    __label__ = ("label",)
    __table_args__ = (
        # The flag stands last so that a second main method is told at that field.
        Index(
            "uq_payment_methods_main",
            "organization_id",
            "user_id",
            "is_default",
            unique=True,
            sqlite_where=text("is_default = 1"),
        ),
        CheckConstraint(
            "method_type <> 'bank_transfer' "
            "OR (bank_code IS NOT NULL AND agency_number IS NOT NULL AND account_number IS NOT NULL)",
            name="bank_complete",
            info={"message": N_("A bank transfer needs bank, branch and account number.")},
        ),
        CheckConstraint(
            "method_type <> 'pix' OR (pix_key_type IS NOT NULL AND pix_key IS NOT NULL)",
            name="pix_complete",
            info={"message": N_("Pix needs a key and its kind.")},
        ),
        CheckConstraint(
            "card_last_four GLOB '[0-9][0-9][0-9][0-9]'",
            name="card_last_four_digits",
            info={"message": N_("Please type the last four digits only.")},
        ),
    )

    user_id: Mapped[str] = reference(N_("Employee"), "users", roles=("teacher", "staff", "school", "owner"))
    method_type: Mapped[StoredMethod] = choice(N_("Kind"), StoredMethod)
    label: Mapped[str] = short_text(N_("Name"), 120, note=N_("Such as: Banco do Brasil, main account."))
    is_default: Mapped[bool] = flag(N_("Main method"), note=N_("Each employee has one at most."))
    is_active: Mapped[bool] = flag(N_("Active"), default=True)
    is_verified: Mapped[bool] = flag(N_("Verified"))
    bank_code: Mapped[str | None] = short_text(N_("Bank code"), 8, note=N_("Such as 001 or 341."))
    bank_name: Mapped[str | None] = short_text(N_("Bank"), 120)
    agency_number: Mapped[str | None] = shaped(PaymentDetail(12), N_("Bank branch"))
    account_number: Mapped[str | None] = shaped(PaymentDetail(24), N_("Account number"))
    account_type: Mapped[BankAccountType | None] = choice(N_("Kind of account"), BankAccountType)
    account_holder_name: Mapped[str | None] = short_text(N_("Account holder"))
    account_holder_document: Mapped[str | None] = shaped(Document(), N_("Account holder's CPF or CNPJ"))
    pix_key_type: Mapped[PixKeyType | None] = choice(N_("Kind of Pix key"), PixKeyType)
    pix_key: Mapped[str | None] = shaped(PaymentDetail(120), N_("Pix key"))
    card_last_four: Mapped[str | None] = short_text(N_("Card's last four digits"), 4)
    card_brand: Mapped[str | None] = short_text(N_("Card's brand"), 40, suggested=("Visa", "Mastercard", "Elo", "Amex"))
    card_expiry: Mapped[str | None] = shaped(PaymentDetail(7), N_("Card's expiry"), note=N_("Month and year, such as 08/29."))
    wallet_provider: Mapped[str | None] = short_text(N_("Wallet's provider"), 80)
    wallet_id: Mapped[str | None] = shaped(PaymentDetail(120), N_("Wallet's account"))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

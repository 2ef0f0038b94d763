"""Closed sets of values in the payroll group."""

from domain.db.types import Choice
from domain.kit.texts import N_


class PayrollType(Choice):
    """What someone is owed for."""

    SALARY = "salary", N_("Salary")
    HOURLY = "hourly", N_("By the hour")
    BONUS = "bonus", N_("Bonus")
    COMMISSION = "commission", N_("Commission")
    REIMBURSEMENT = "reimbursement", N_("Reimbursement")
    ADVANCE = "advance", N_("Advance")
    OTHER = "other", N_("Other")


class PayrollStatus(Choice):
    """Where a payroll stands."""

    DRAFT = "draft", N_("Draft")
    PENDING_APPROVAL = "pending_approval", N_("Waiting for approval")
    APPROVED = "approved", N_("Approved for payment")
    SCHEDULED = "scheduled", N_("Scheduled")
    PARTIALLY_PAID = "partially_paid", N_("Partly paid")
    PAID = "paid", N_("Paid")
    CANCELLED = "cancelled", N_("Cancelled")
    DISPUTED = "disputed", N_("Disputed")


class StoredMethod(Choice):
    """The ways of being paid that an employee can store."""

    BANK_TRANSFER = "bank_transfer", N_("Bank transfer")
    PIX = "pix", N_("Pix")
    CASH = "cash", N_("Cash")
    CREDIT_CARD = "credit_card", N_("Credit card")
    DEBIT_CARD = "debit_card", N_("Debit card")
    DIGITAL_WALLET = "digital_wallet", N_("Digital wallet")


class PayrollMethod(Choice):
    """The ways of paying an employee: those that can be stored, and a cheque."""

    BANK_TRANSFER = "bank_transfer", N_("Bank transfer")
    PIX = "pix", N_("Pix")
    CASH = "cash", N_("Cash")
    CREDIT_CARD = "credit_card", N_("Credit card")
    DEBIT_CARD = "debit_card", N_("Debit card")
    DIGITAL_WALLET = "digital_wallet", N_("Digital wallet")
    CHECK = "check", N_("Cheque")


class PaymentStatus(Choice):
    """Where one payment stands."""

    PENDING = "pending", N_("Pending")
    PROCESSING = "processing", N_("Being processed")
    COMPLETED = "completed", N_("Went through")
    FAILED = "failed", N_("Failed")
    CANCELLED = "cancelled", N_("Called off")
    REFUNDED = "refunded", N_("Refunded")

    @classmethod
    def moved(cls) -> frozenset["PaymentStatus"]:
        """Those in which money has left the school, whether or not it came back."""
        return frozenset({cls.COMPLETED, cls.REFUNDED})


class BankAccountType(Choice):
    """The kind of a bank account."""

    CHECKING = "checking", N_("Checking account")
    SAVINGS = "savings", N_("Savings account")


class PixKeyType(Choice):
    """What a Pix key is."""

    CPF = "cpf", N_("CPF")
    CNPJ = "cnpj", N_("CNPJ")
    EMAIL = "email", N_("E-mail")
    PHONE = "phone", N_("Phone")
    RANDOM = "random", N_("Random key")

"""Closed sets of values in the financial group."""

from domain.db.types import Choice
from domain.kit.texts import N_


class ProductType(Choice):
    """What is sold."""

    TUITION = "tuition", N_("Tuition")
    MATERIAL = "material", N_("Material")
    ENROLLMENT = "enrollment", N_("Enrolment")
    OTHER = "other", N_("Other")


class Recurrence(Choice):
    """How often a product is billed."""

    MONTHLY = "monthly", N_("Every month")
    ONCE = "once", N_("Once")
    YEARLY = "yearly", N_("Every year")


class DiscountType(Choice):
    """How a discount is reckoned."""

    PERCENTAGE = "percentage", N_("Percentage")
    FIXED = "fixed", N_("Fixed amount")


class InvoiceStatus(Choice):
    """Where an invoice stands."""

    PENDING = "pending", N_("Pending")
    PAID = "paid", N_("Paid")
    OVERDUE = "overdue", N_("Overdue")
    CANCELLED = "cancelled", N_("Cancelled")

    @classmethod
    def open(cls) -> frozenset["InvoiceStatus"]:
        """Those that still wait for money."""
        return frozenset({cls.PENDING, cls.OVERDUE})


class PaymentMeans(Choice):
    """What a family pays with."""

    PIX = "pix", N_("Pix")
    CARD = "card", N_("Card")
    BOLETO = "boleto", N_("Boleto")
    CASH = "cash", N_("Cash")


class TransactionType(Choice):
    """Which way money moved."""

    INCOME = "income", N_("Income")
    EXPENSE = "expense", N_("Expense")
    REFUND = "refund", N_("Refund")


class PaymentModel(Choice):
    """What a teacher's rate is paid for."""

    HOURLY = "hourly", N_("By the hour")
    PER_CLASS = "per_class", N_("By the class")
    FIXED = "fixed", N_("Fixed, every month")


class PayoutStatus(Choice):
    """Where a payout stands."""

    PENDING = "pending", N_("Pending")
    APPROVED = "approved", N_("Approved")
    PAID = "paid", N_("Paid out")

"""Closed sets of values in the accounting group (Lucro Real); Brazilian terms stand beside the English ones."""

from domain.db.types import Choice
from domain.kit.texts import N_


class AccountType(Choice):
    """What an account holds."""

    ASSET = "asset", N_("Asset")
    LIABILITY = "liability", N_("Liability")
    EQUITY = "equity", N_("Equity")
    REVENUE = "revenue", N_("Revenue")
    EXPENSE = "expense", N_("Expense")


class Side(Choice):
    """The two sides of double entry: an account's nature, and the side that a line stands on."""

    DEBIT = "debit", N_("Debit")
    CREDIT = "credit", N_("Credit")

    @property
    def other(self) -> "Side":
        """The opposite side, as a reversal wants it."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Classification(Choice):
    """Where the reports put an account."""

    CURRENT = "circulante", N_("Current")
    NON_CURRENT = "nao_circulante", N_("Non-current")
    RESULT = "resultado", N_("Result of the period")
    NET_WORTH = "patrimonio_liquido", N_("Net worth")
    COSTS = "custos", N_("Costs")
    OPERATING_EXPENSES = "despesas_operacionais", N_("Operating expenses")


class CenterType(Choice):
    """What a cost centre stands for."""

    DEPARTMENT = "department", N_("Department")
    PROJECT = "project", N_("Project")
    UNIT = "unit", N_("Unit")
    BRANCH = "branch", N_("Branch")


class SourceType(Choice):
    """What an entry comes from."""

    PAYROLL = "payroll", N_("Payroll")
    INVOICE = "invoice", N_("Invoice")
    PAYABLE = "payable", N_("Payable")
    MANUAL = "manual", N_("By hand")
    ADJUSTMENT = "adjustment", N_("Adjustment")
    CLOSING = "closing", N_("Closing")


class EntryStatus(Choice):
    """Where an entry stands. Only a draft can be changed."""

    DRAFT = "draft", N_("Draft")
    POSTED = "posted", N_("Posted")
    REVERSED = "reversed", N_("Reversed")
    CANCELLED = "cancelled", N_("Voided")

    @classmethod
    def in_the_books(cls) -> frozenset["EntryStatus"]:
        """Those that count in every report: a reversed entry too, since its reversal counts against it."""
        return frozenset({cls.POSTED, cls.REVERSED})


class DocumentType(Choice):
    """The kinds of fiscal documents."""

    NFE = "nfe", N_("NF-e (goods)")
    NFSE = "nfse", N_("NFS-e (services)")
    CTE = "cte", N_("CT-e (transport)")
    NFCE = "nfce", N_("NFC-e (consumer)")
    SPED = "sped", N_("SPED")


class DocumentStatus(Choice):
    """Where a fiscal document stands."""

    DRAFT = "draft", N_("Draft")
    PENDING = "pending", N_("Waiting for the authority")
    AUTHORIZED = "authorized", N_("Authorized")
    REJECTED = "rejected", N_("Rejected")
    CANCELLED = "cancelled", N_("Cancelled")


class TaxType(Choice):
    """Taxes that are withheld."""

    IRRF = "irrf", N_("IRRF")
    PIS = "pis", N_("PIS")
    COFINS = "cofins", N_("COFINS")
    CSLL = "csll", N_("CSLL")
    INSS = "inss", N_("INSS")
    ISS = "iss", N_("ISS")


class WithholdingStatus(Choice):
    """Where a withheld tax stands."""

    PENDING = "pending", N_("Pending")
    PAID = "paid", N_("Paid")
    CANCELLED = "cancelled", N_("Cancelled")

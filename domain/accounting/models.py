"""The books: accounts, cost centres, entries and their lines; fiscal documents, from a file of their own, stand here too."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.accounting.enums import (
    AccountType,
    CenterType,
    Classification,
    EntryStatus,
    Side,
    SourceType,
)
from domain.accounting.fiscal_models import FiscalDocument, TaxWithholding
from domain.accounting.triggers import ENTRY_TRIGGERS, LINE_TRIGGERS, tree_triggers
from domain.db.base import Base, Tenant
from domain.db.columns import (
    cents,
    choice,
    created,
    day,
    flag,
    instant,
    long_text,
    reference,
    short_text,
    updated,
    whole,
)
from domain.kit.texts import N_

__all__ = ["Account", "CostCenter", "FiscalDocument", "JournalEntry", "JournalEntryLine", "TaxWithholding"]

LEVEL_FITS = N_("At the top the level is 1; below something else it is 2 or more.")


class Account(Tenant, Base):
    """An account of the chart (plano de contas), a tree. Entries go to its leaves."""

    __tablename__ = "chart_of_accounts"
    __title__, __one__ = N_("Chart of accounts"), N_("Account")
    __label__ = ("code", "name")
    __order_by__ = ("code",)
    __triggers__ = tree_triggers("chart_of_accounts")
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("(parent_id IS NULL) = (level = 1)", name="level_fits", info={"message": LEVEL_FITS}),
    )

    code: Mapped[str] = short_text(N_("Code"), 30, note=N_("Such as 1.1.01.001."))
    name: Mapped[str] = short_text(N_("Name"))
    description: Mapped[str | None] = long_text(N_("Description"), 2000)
    account_type: Mapped[AccountType] = choice(N_("Kind"), AccountType)
    nature: Mapped[Side] = choice(N_("Nature"), Side, note=N_("The side on which it grows."))
    classification: Mapped[Classification | None] = choice(N_("Classification"), Classification)
    parent_id: Mapped[str | None] = reference(N_("Below"), "chart_of_accounts")
    level: Mapped[int] = whole(N_("Level"), low=1, high=20, default=1, note=N_("1 at the top."))
    allows_posting: Mapped[bool] = flag(N_("Takes entries"), default=True, note=N_("Only accounts with none below them do."))
    is_system: Mapped[bool] = flag(N_("System account"), automatic=True)
    is_active: Mapped[bool] = flag(N_("Active"), default=True)
    cofins_applicable: Mapped[bool] = flag(N_("Subject to COFINS"))
    pis_applicable: Mapped[bool] = flag(N_("Subject to PIS"))
    csll_applicable: Mapped[bool] = flag(N_("Subject to CSLL"))
    irpj_applicable: Mapped[bool] = flag(N_("Subject to IRPJ"))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def lock_reason(self) -> str | None:
        return N_("System accounts can't be changed.") if self.is_system else super().lock_reason()


class CostCenter(Tenant, Base):
    """A part of the school that money is spent on (centro de custo), a tree."""

    __tablename__ = "cost_centers"
    __title__, __one__ = N_("Cost centres"), N_("Cost centre")
    __label__ = ("code", "name")
    __order_by__ = ("code",)
    __triggers__ = tree_triggers("cost_centers")
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("(parent_id IS NULL) = (level = 1)", name="level_fits", info={"message": LEVEL_FITS}),
    )

    code: Mapped[str] = short_text(N_("Code"), 30)
    name: Mapped[str] = short_text(N_("Name"))
    description: Mapped[str | None] = long_text(N_("Description"), 2000)
    parent_id: Mapped[str | None] = reference(N_("Below"), "cost_centers")
    level: Mapped[int] = whole(N_("Level"), low=1, high=20, default=1, note=N_("1 at the top."))
    center_type: Mapped[CenterType] = choice(N_("Kind"), CenterType, default=CenterType.DEPARTMENT)
    manager_id: Mapped[str | None] = reference(
        N_("Responsible"), "users", roles=("staff", "school", "owner", "teacher"), on_delete="SET NULL"
    )
    annual_budget_cents: Mapped[int | None] = cents(N_("Budget for a year"))
    monthly_budget_cents: Mapped[int | None] = cents(N_("Budget for a month"))
    is_active: Mapped[bool] = flag(N_("Active"), default=True)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()


class JournalEntry(Tenant, Base):
    """An entry (lançamento). A draft is free; posting numbers and closes it, and only a reversal takes it back."""

    __tablename__ = "journal_entries"
    __title__, __one__ = N_("Journal entries"), N_("Journal entry")
    __label__ = ("reference_date", "description")
    __order_by__ = ("-reference_date",)
    __triggers__ = ENTRY_TRIGGERS
    __table_args__ = (
        UniqueConstraint("organization_id", "fiscal_year", "fiscal_month", "entry_number"),
        Index("ix_journal_entries_source", "source_type", "source_id"),
        Index(
            "uq_journal_entries_one_reversal",
            "organization_id",
            "reverses_entry_id",
            unique=True,
            sqlite_where=text("status IN ('posted', 'reversed')"),
        ),
        CheckConstraint(
            "status NOT IN ('posted', 'reversed') OR (entry_number IS NOT NULL AND posting_date IS NOT NULL "
            "AND fiscal_year IS NOT NULL AND fiscal_month IS NOT NULL AND posted_at IS NOT NULL)",
            name="posted_complete",
        ),
        CheckConstraint("(status = 'reversed') = (reversed_by_entry_id IS NOT NULL)", name="reversed_by_one"),
        CheckConstraint("is_reversal = (reverses_entry_id IS NOT NULL)", name="reversal_of_one"),
    )

    entry_number: Mapped[int | None] = whole(N_("Number"), low=1, automatic=True)
    reference_date: Mapped[date] = day(N_("Document's date"))
    posting_date: Mapped[date | None] = day(N_("Posting date"))
    fiscal_year: Mapped[int | None] = whole(N_("Fiscal year"), low=1900, high=2200)
    fiscal_month: Mapped[int | None] = whole(N_("Fiscal month"), low=1, high=12)
    description: Mapped[str] = short_text(N_("Description"), 500)
    memo: Mapped[str | None] = long_text(N_("Internal notes"), 2000)
    source_type: Mapped[SourceType] = choice(N_("Comes from"), SourceType, default=SourceType.MANUAL)
    source_id: Mapped[str | None] = short_text(N_("Source's key"), 40, automatic=True)
    status: Mapped[EntryStatus] = choice(N_("Status"), EntryStatus, default=EntryStatus.DRAFT, automatic=True)
    is_reversal: Mapped[bool] = flag(N_("Is a reversal"), automatic=True)
    reverses_entry_id: Mapped[str | None] = reference(N_("Reverses"), "journal_entries", automatic=True)
    reversed_by_entry_id: Mapped[str | None] = reference(N_("Reversed by"), "journal_entries", automatic=True)
    created_by: Mapped[str | None] = reference(N_("Created by"), "users", automatic=True)
    posted_by: Mapped[str | None] = reference(N_("Posted by"), "users", automatic=True)
    posted_at: Mapped[datetime | None] = instant(N_("Posted at"), automatic=True)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def lock_reason(self) -> str | None:
        if self.status in EntryStatus.in_the_books():
            return N_("A posted entry is never changed or deleted: a reversal takes it back.")
        if self.status is EntryStatus.CANCELLED:
            return N_("A voided entry stays as it is.")
        return super().lock_reason()


class JournalEntryLine(Tenant, Base):
    """One line (partida) of an entry. It follows its entry: once that is no draft, the database refuses any change."""

    __tablename__ = "journal_entry_lines"
    __title__, __one__ = N_("Entry lines"), N_("Entry line")
    __locked_by__ = "entry_id"
    __label__ = ("entry_id", "line_number")
    __order_by__ = ("entry_id", "line_number")
    __triggers__ = LINE_TRIGGERS
    __table_args__ = (
        UniqueConstraint("entry_id", "line_number"),
        CheckConstraint(
            "currency GLOB '[A-Z][A-Z][A-Z]'",
            name="currency_code",
            info={"message": N_("Please use three letters, such as BRL.")},
        ),
    )

    entry_id: Mapped[str] = reference(N_("Entry"), "journal_entries", on_delete="CASCADE")
    account_id: Mapped[str] = reference(N_("Account"), "chart_of_accounts")
    cost_center_id: Mapped[str | None] = reference(N_("Cost centre"), "cost_centers")
    amount_cents: Mapped[int] = cents(N_("Amount"), low=1)
    currency: Mapped[str] = short_text(N_("Currency"), 3, default="BRL")
    entry_type: Mapped[Side] = choice(N_("Side"), Side)
    description: Mapped[str | None] = short_text(N_("Description"), 500)
    tax_code: Mapped[str | None] = short_text(N_("Tax code"), 40)
    tax_amount_cents: Mapped[int | None] = cents(N_("Tax"))
    document_number: Mapped[str | None] = short_text(N_("Document's number"), 60)
    document_date: Mapped[date | None] = day(N_("Document's date"))
    line_number: Mapped[int] = whole(N_("Line"), low=1, note=N_("Its place in the entry: 1, 2, 3 …"))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

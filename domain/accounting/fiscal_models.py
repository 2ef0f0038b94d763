"""Fiscal documents, issued and received, and the taxes withheld with them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from domain.accounting.enums import DocumentStatus, DocumentType, TaxType, WithholdingStatus
from domain.accounting.triggers import DOCUMENT_TRIGGERS, WITHHOLDING_TRIGGERS
from domain.db.base import Base, Tenant
from domain.db.columns import (
    cents,
    choice,
    created,
    day,
    flag,
    instant,
    long_text,
    number,
    reference,
    shaped,
    short_text,
    updated,
)
from domain.db.types import AccessKey, Document, Url
from domain.kit.texts import N_


class FiscalDocument(Tenant, Base):
    """A fiscal document (NF-e, NFS-e, CT-e), issued or received. Only a draft is deleted; an authorized one is cancelled."""

    __tablename__ = "fiscal_documents"
    __title__, __one__ = N_("Fiscal documents"), N_("Fiscal document")
    __label__ = ("document_number", "recipient_name")
    __order_by__ = ("-issue_date",)
    __triggers__ = DOCUMENT_TRIGGERS
    __table_args__ = (
        UniqueConstraint("organization_id", "access_key"),
        UniqueConstraint("organization_id", "issuer_document", "document_type", "series", "document_number"),
        CheckConstraint(
            "net_amount_cents <= total_amount_cents",
            name="net_within_total",
            info={"message": N_("The net amount is more than the total.")},
        ),
        CheckConstraint(
            "status <> 'authorized' OR document_number IS NOT NULL",
            name="authorized_with_number",
            info={"message": N_("An authorized document has a number.")},
        ),
        CheckConstraint(
            "status <> 'authorized' OR document_type NOT IN ('nfe', 'nfce', 'cte') OR access_key IS NOT NULL",
            name="authorized_with_key",
            info={"message": N_("An authorized document of this kind has an access key.")},
        ),
        CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
            name="cancelled_with_date",
            info={"message": N_("A cancelled document has the moment of its cancelling, and only a cancelled one has it.")},
        ),
        CheckConstraint(
            "status <> 'cancelled' OR cancellation_reason IS NOT NULL",
            name="cancelled_with_reason",
            info={"message": N_("Please say why it is cancelled.")},
        ),
    )

    document_type: Mapped[DocumentType] = choice(N_("Kind"), DocumentType, default=DocumentType.NFSE)
    document_number: Mapped[str | None] = short_text(N_("Number"), 30)
    series: Mapped[str | None] = short_text(N_("Series"), 10)
    access_key: Mapped[str | None] = shaped(AccessKey(), N_("Access key"), note=N_("44 digits; spaces don't matter."))
    verification_code: Mapped[str | None] = short_text(N_("Verification code"), 60)
    issue_date: Mapped[date] = day(N_("Issued on"))
    competence_date: Mapped[date | None] = day(N_("Competence"), note=N_("The period that it belongs to."))
    issuer_id: Mapped[str | None] = short_text(N_("Issuer's key"), 40, automatic=True)
    issuer_document: Mapped[str | None] = shaped(Document(), N_("Issuer's CNPJ or CPF"))
    issuer_name: Mapped[str | None] = short_text(N_("Issuer"))
    recipient_id: Mapped[str | None] = short_text(N_("Recipient's key"), 40, automatic=True)
    recipient_document: Mapped[str | None] = shaped(Document(), N_("Recipient's CPF or CNPJ"))
    recipient_name: Mapped[str] = short_text(N_("Recipient"))
    total_amount_cents: Mapped[int] = cents(N_("Total"))
    net_amount_cents: Mapped[int | None] = cents(N_("Net amount"), note=N_("What is left after what is withheld."))
    iss_amount_cents: Mapped[int] = cents(N_("ISS"), default=0)
    iss_rate: Mapped[float | None] = number(N_("ISS rate"), low=0, high=100, unit="%")
    pis_amount_cents: Mapped[int] = cents(N_("PIS"), default=0)
    cofins_amount_cents: Mapped[int] = cents(N_("COFINS"), default=0)
    ir_amount_cents: Mapped[int] = cents(N_("Income tax (IR)"), default=0)
    csll_amount_cents: Mapped[int] = cents(N_("CSLL"), default=0)
    inss_amount_cents: Mapped[int] = cents(N_("INSS"), default=0)
    iss_withheld: Mapped[bool] = flag(N_("ISS withheld"))
    ir_withheld: Mapped[bool] = flag(N_("Income tax withheld"))
    pis_withheld: Mapped[bool] = flag(N_("PIS withheld"))
    cofins_withheld: Mapped[bool] = flag(N_("COFINS withheld"))
    csll_withheld: Mapped[bool] = flag(N_("CSLL withheld"))
    inss_withheld: Mapped[bool] = flag(N_("INSS withheld"))
    service_code: Mapped[str | None] = short_text(N_("Service code"), 20, note=N_("CNAE, or the list of LC 116."))
    service_description: Mapped[str | None] = long_text(N_("Service"), 2000)
    city_service_code: Mapped[str | None] = short_text(N_("City's service code"), 30)
    status: Mapped[DocumentStatus] = choice(N_("Status"), DocumentStatus, default=DocumentStatus.DRAFT)
    cancelled_at: Mapped[datetime | None] = instant(N_("Cancelled at"))
    cancellation_reason: Mapped[str | None] = short_text(N_("Reason for cancelling"), 500)
    external_id: Mapped[str | None] = short_text(N_("Provider's number"), 120)
    xml_url: Mapped[str | None] = shaped(Url(), N_("XML file"))
    pdf_url: Mapped[str | None] = shaped(Url(), N_("PDF file"))
    invoice_id: Mapped[str | None] = reference(N_("Invoice"), "invoices")
    # The contract names no table of payables; the column stays empty until there is one.
    payable_id: Mapped[str | None] = short_text(N_("Payable"), 40, automatic=True, note=N_("Leave empty."))
    payroll_id: Mapped[str | None] = reference(N_("Payroll record"), "staff_payroll")
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def delete_lock_reason(self) -> str | None:
        if self.status is not DocumentStatus.DRAFT:
            return N_("Only drafts are deleted. An authorized document is cancelled, with a reason.")
        return super().delete_lock_reason()


class TaxWithholding(Tenant, Base):
    """A tax withheld with a fiscal document, one of each kind; it goes with a draft that is deleted, unless it was paid."""

    __tablename__ = "tax_withholdings"
    __title__, __one__ = N_("Tax withholdings"), N_("Tax withholding")
    __label__ = ("tax_type", "fiscal_document_id")
    __order_by__ = ("-due_date",)
    __triggers__ = WITHHOLDING_TRIGGERS
    __table_args__ = (
        UniqueConstraint("fiscal_document_id", "tax_type"),
        CheckConstraint(
            "amount_cents <= base_amount_cents",
            name="amount_within_base",
            info={"message": N_("More is withheld than the base it is reckoned from.")},
        ),
        CheckConstraint(
            "period_start <= period_end", name="start_before_end", info={"message": N_("This ends before it starts.")}
        ),
        CheckConstraint(
            "(status = 'paid') = (paid_at IS NOT NULL)",
            name="paid_with_date",
            info={"message": N_("What is paid has the moment of payment, and only what is paid has one.")},
        ),
    )

    fiscal_document_id: Mapped[str] = reference(N_("Fiscal document"), "fiscal_documents", on_delete="CASCADE")
    tax_type: Mapped[TaxType] = choice(N_("Tax"), TaxType)
    base_amount_cents: Mapped[int] = cents(N_("Base"))
    rate: Mapped[float] = number(N_("Rate"), low=0, high=100, unit="%")
    amount_cents: Mapped[int] = cents(N_("Withheld"))
    due_date: Mapped[date] = day(N_("Due"))
    paid_at: Mapped[datetime | None] = instant(N_("Paid at"))
    payment_reference: Mapped[str | None] = short_text(N_("Payment's number"), 60, note=N_("Of the DARF or GPS."))
    status: Mapped[WithholdingStatus] = choice(N_("Status"), WithholdingStatus, default=WithholdingStatus.PENDING)
    period_start: Mapped[date | None] = day(N_("Period from"))
    period_end: Mapped[date | None] = day(N_("Period to"))
    beneficiary_document: Mapped[str | None] = shaped(Document(), N_("Beneficiary's CPF or CNPJ"))
    beneficiary_name: Mapped[str | None] = short_text(N_("Beneficiary"))
    notes: Mapped[str | None] = long_text(N_("Notes"), 2000)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = updated()

    def delete_lock_reason(self) -> str | None:
        if self.status is WithholdingStatus.PAID:
            return N_("A paid tax is kept: the books rest on it.")
        return super().delete_lock_reason()

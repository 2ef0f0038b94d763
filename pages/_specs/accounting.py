"""Accounting: the books, in double entry. What is posted stays."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "journal_entries",
            sentence=N_("Entries of the journal. A posted entry is never changed: it is reversed."),
            icon="menu_book",
            columns=(
                "entry_number",
                "reference_date",
                "description",
                "source_type",
                "status",
                "fiscal_month",
                "fiscal_year",
            ),
            filters=(
                "status",
                "source_type",
                "reference_date",
                "fiscal_year",
                "fiscal_month",
                "is_reversal",
            ),
            empty=N_("No entries yet."),
            related=("journal_entry_lines",),
        ),
        TableSpec(
            "journal_entry_lines",
            sentence=N_("Debits and credits of each entry."),
            icon="format_list_numbered",
            columns=(
                "entry_id",
                "line_number",
                "account_id",
                "entry_type",
                "amount_cents",
                "cost_center_id",
                "description",
            ),
            empty=N_("No lines yet."),
        ),
        TableSpec(
            "chart_of_accounts",
            sentence=N_("The chart of accounts, as a tree of codes."),
            icon="account_tree",
            columns=(
                "code",
                "name",
                "account_type",
                "nature",
                "level",
                "allows_posting",
                "is_active",
            ),
            empty=N_("No accounts yet."),
            related=(
                "journal_entry_lines",
                "chart_of_accounts",
            ),
        ),
        TableSpec(
            "cost_centers",
            sentence=N_("Cost centres and their budgets."),
            icon="donut_small",
            columns=(
                "code",
                "name",
                "center_type",
                "parent_id",
                "monthly_budget_cents",
                "manager_id",
                "is_active",
            ),
            empty=N_("No cost centres yet."),
        ),
        TableSpec(
            "fiscal_documents",
            sentence=N_("Fiscal documents: NF-e, NFS-e and their taxes."),
            icon="description",
            columns=(
                "document_type",
                "document_number",
                "issue_date",
                "recipient_name",
                "total_amount_cents",
                "status",
            ),
            empty=N_("No fiscal documents yet."),
            related=("tax_withholdings",),
        ),
        TableSpec(
            "tax_withholdings",
            sentence=N_("Taxes that were withheld, and when they are due."),
            icon="gavel",
            columns=(
                "tax_type",
                "fiscal_document_id",
                "base_amount_cents",
                "rate",
                "amount_cents",
                "due_date",
                "status",
            ),
            empty=N_("No withholdings yet."),
        ),
    )
}

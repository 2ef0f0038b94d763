"""Payroll: what staff are owed and how it is paid."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "staff_payroll",
            sentence=N_("What each employee is owed for a period."),
            icon="request_quote",
            columns=(
                "user_id",
                "payroll_type",
                "period_start",
                "period_end",
                "net_amount_cents",
                "paid_amount_cents",
                "status",
            ),
            empty=N_("No payroll yet."),
            related=("payroll_payments",),
        ),
        TableSpec(
            "payroll_payments",
            sentence=N_("Payments of payroll, each by its own method."),
            icon="price_check",
            columns=(
                "user_id",
                "amount_cents",
                "method_type",
                "status",
                "scheduled_for",
                "processed_at",
            ),
            empty=N_("No payments yet."),
        ),
        TableSpec(
            "payment_methods",
            sentence=N_("Where employees want to be paid. Account details stay masked."),
            icon="account_balance",
            columns=(
                "user_id",
                "label",
                "method_type",
                "bank_name",
                "is_default",
                "is_verified",
                "is_active",
            ),
            empty=N_("No payment methods yet."),
        ),
    )
}

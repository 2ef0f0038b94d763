"""Finance: invoices, payments, prices, teachers' pay."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "invoices",
            sentence=N_("What was billed, to whom, and whether it was paid."),
            icon="receipt_long",
            columns=(
                "payer_id",
                "student_id",
                "amount",
                "discount_amount",
                "due_date",
                "status",
                "payment_method",
            ),
            inline=(
                "due_date",
                "payment_method",
                "external_id",
            ),
            empty=N_("No invoices yet."),
            related=("transactions",),
        ),
        TableSpec(
            "transactions",
            sentence=N_("Money that came in or went out."),
            icon="payments",
            columns=(
                "processed_at",
                "type",
                "amount",
                "method",
                "invoice_id",
                "external_id",
            ),
            empty=N_("No transactions yet."),
        ),
        TableSpec(
            "products",
            sentence=N_("What your school sells, and at which price."),
            icon="sell",
            columns=(
                "name",
                "type",
                "price",
                "recurrence",
                "is_active",
            ),
            empty=N_("No products yet. Add tuition to begin with."),
        ),
        TableSpec(
            "discounts",
            sentence=N_("Discounts, and when each holds."),
            icon="percent",
            columns=(
                "name",
                "type",
                "value",
                "is_active",
            ),
            empty=N_("No discounts yet."),
        ),
        TableSpec(
            "payouts",
            sentence=N_("What teachers are paid, and who approved it."),
            icon="account_balance_wallet",
            columns=(
                "user_id",
                "period_start",
                "period_end",
                "amount",
                "status",
                "approved_by",
                "paid_at",
            ),
            empty=N_("No payouts yet."),
        ),
        TableSpec(
            "teacher_contracts",
            sentence=N_("How each teacher is paid."),
            icon="contract",
            columns=(
                "user_id",
                "payment_model",
                "rate",
                "start_date",
                "end_date",
            ),
            empty=N_("No contracts yet."),
        ),
    )
}

"""Who may do what with payroll: one's own is read, never written, whatever one's role. Stored payment details are masked."""

from domain.access.grants import Policy, every, grant, rows

DETAILS = ("account_number", "agency_number", "account_holder_document", "pix_key", "wallet_id", "card_expiry")

POLICY: Policy = {
    table: grant(
        teacher=rows("own", "user_id", "R", masked=masked),
        staff=rows("own", "user_id", "R", masked=masked),
        school=every("R", masked=masked) + rows("not_own", "user_id", "CUD"),
        owner=every("R", masked=masked) + rows("not_own", "user_id", "CUD"),
    )
    for table, masked in {"staff_payroll": (), "payroll_payments": (), "payment_methods": DETAILS}.items()
}

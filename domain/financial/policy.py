"""Who may do what with prices, invoices, payments and teachers' pay."""

from domain.access.grants import Policy, every, grant, rows

POLICY: Policy = {
    "products": grant(parent=every("R"), staff=every("R"), school=every("CRUD"), owner=every("R")),
    "discounts": grant(parent=every("R"), staff=every("R"), school=every("CRUD"), owner=every("R")),
    "invoices": grant(
        student=rows("own", "payer_id", "R"),
        parent=rows("own", "payer_id", "R"),
        staff=every("R"),
        school=every("CRUD"),
        owner=every("R"),
    ),
    "transactions": grant(
        student=rows("own_invoice", "invoice_id", "R"),
        parent=rows("own_invoice", "invoice_id", "R"),
        school=every("CRUD"),
        owner=every("R"),
    ),
    "teacher_contracts": grant(teacher=rows("own", "user_id", "R"), school=every("CRUD"), owner=every("R")),
    "payouts": grant(
        teacher=rows("own", "user_id", "R"),
        school=every("R") + rows("not_own", "user_id", "CUD"),
        owner=every("R") + rows("not_own", "user_id", "U", only=("status", "approved_by")),
    ),
}

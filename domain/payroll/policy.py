"""Who may do what with payroll: one's own is read, never written, whatever one's role. Stored payment details are masked."""

from collections.abc import Mapping

from domain.access.grants import Grant, Policy, every, grant, rows
from domain.access.roles import Role

DETAILS = ("account_number", "agency_number", "account_holder_document", "pix_key", "wallet_id", "card_expiry")


def _pay(*, others: tuple[Grant, ...], masked: tuple[str, ...] = ()) -> Mapping[Role, tuple[Grant, ...]]:
    """One's own to read for who is employed; all of it for who runs the school, to write in the rows of `others`."""
    own = rows("own", "user_id", "R", masked=masked)
    running = every("R", masked=masked) + others
    return grant(teacher=own, staff=own, school=running, owner=running)


POLICY: Policy = {
    "staff_payroll": _pay(others=rows("not_own", "user_id", "CUD")),
    "payroll_payments": _pay(others=rows("anothers_payroll", "payroll_id", "CUD")),
    "payment_methods": _pay(others=rows("not_own", "user_id", "CUD"), masked=DETAILS),
}

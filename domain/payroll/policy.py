"""Who may do what with payroll: one's own is read, never written, whatever one's role. Stored payment details show their end."""

from collections.abc import Mapping

from domain.access.grants import Grant, Policy, every, grant, rows
from domain.access.roles import Role

DETAILS = ("account_number", "agency_number", "account_holder_document", "pix_key", "wallet_id")
EXPIRY = ("card_expiry",)  # its last four characters are most of it


def _pay(
    *, others: tuple[Grant, ...], masked: tuple[str, ...] = (), last_four: tuple[str, ...] = ()
) -> Mapping[Role, tuple[Grant, ...]]:
    """One's own to read for who is employed; all of it for who runs the school, to write in the rows of `others`."""
    own = rows("own", "user_id", "R", masked=masked, last_four=last_four)
    running = every("R", masked=masked, last_four=last_four) + others
    return grant(teacher=own, staff=own, school=running, owner=running)


POLICY: Policy = {
    "staff_payroll": _pay(others=rows("not_own", "user_id", "CUD")),
    "payroll_payments": _pay(others=rows("anothers_payroll", "payroll_id", "CUD")),
    "payment_methods": _pay(others=rows("not_own", "user_id", "CUD"), masked=EXPIRY, last_four=DETAILS),
}

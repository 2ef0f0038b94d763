"""Who may do what with leads: reception and coordination."""

from domain.access.grants import Policy, every, grant

POLICY: Policy = {
    table: grant(staff=every("CRUD"), school=every("CRUD"), owner=every("R"))
    for table in ("leads", "lead_interactions", "trials", "referrals")
}

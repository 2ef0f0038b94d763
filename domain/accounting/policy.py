"""Who may do what with the books: coordination and owners. What is posted stays, by the models' and the database's word."""

from domain.access.grants import Policy, every, grant

TABLES = ("chart_of_accounts", "cost_centers", "journal_entries", "journal_entry_lines", "fiscal_documents", "tax_withholdings")

POLICY: Policy = {table: grant(school=every("CRUD"), owner=every("CRUD")) for table in TABLES}

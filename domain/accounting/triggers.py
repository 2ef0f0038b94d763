"""What the database itself refuses in the books, whoever asks: the app, an import, a hand with a SQL shell.

A cancelled entry counts as closed, like a posted one: only drafts change. The path into the books is draft, its lines, then
`UPDATE … SET status = 'posted'`, which is where the balance is asked for; the path out is a posted reversal that points back.
"""

# Every column of an entry that stays as it was once the entry is no draft. Free are the marks of a change (updated_at,
# row_version, search_text); status and reversed_by_entry_id are looked at by themselves.
KEPT = (
    "id",
    "organization_id",
    "entry_number",
    "reference_date",
    "posting_date",
    "fiscal_year",
    "fiscal_month",
    "description",
    "memo",
    "source_type",
    "source_id",
    "is_reversal",
    "reverses_entry_id",
    "created_by",
    "posted_by",
    "posted_at",
    "created_at",
)


def _refusal(name: str, moment: str, table: str, when: str, *, word: str = "locked", column: str = "") -> dict[str, str]:
    said = f"{word}: {table}.{column}" if column else f"{word}: {table}"
    return {name: f"CREATE TRIGGER {name} {moment} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"}


def tree_triggers(table: str) -> dict[str, str]:
    """A tree stays one: each record's level is a greater number than its parent's, which no circle can satisfy."""
    parents_level = f"(SELECT parent.level FROM {table} AS parent WHERE parent.id = NEW.parent_id)"  # noqa: S608
    below_its_parent = f"NEW.parent_id IS NEW.id OR NEW.level <= {parents_level}"
    above_its_children = f"EXISTS (SELECT 1 FROM {table} AS child WHERE child.parent_id = NEW.id AND child.level <= NEW.level)"  # noqa: S608
    return {
        **_refusal(f"tr_{table}_tree_insert", "BEFORE INSERT", table, below_its_parent, word="loop", column="parent_id"),
        **_refusal(
            f"tr_{table}_tree_update",
            "BEFORE UPDATE OF parent_id, level",
            table,
            f"{below_its_parent} OR {above_its_children}",
            word="loop",
            column="parent_id",
        ),
    }


_SAME = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
_UNTOUCHED = "NEW.status = OLD.status AND NEW.reversed_by_entry_id IS OLD.reversed_by_entry_id"
_REVERSED = (
    "OLD.status = 'posted' AND NEW.status = 'reversed' AND EXISTS (SELECT 1 FROM journal_entries AS reversal "
    "WHERE reversal.id = NEW.reversed_by_entry_id AND reversal.id <> OLD.id "
    "AND reversal.reverses_entry_id = OLD.id AND reversal.status = 'posted')"
)
_LINES = "FROM journal_entry_lines AS line WHERE line.entry_id = NEW.id"
_UNBALANCED = (
    f"(SELECT count(*) {_LINES}) < 2 "  # noqa: S608 -- put together from the texts above, once
    f"OR (SELECT sum(CASE line.entry_type WHEN 'debit' THEN line.amount_cents ELSE -line.amount_cents END) {_LINES}) <> 0 "
    f"OR (SELECT count(DISTINCT line.currency) {_LINES}) > 1 "
    "OR EXISTS (SELECT 1 FROM journal_entry_lines AS line JOIN chart_of_accounts AS account ON account.id = line.account_id "
    "WHERE line.entry_id = NEW.id AND (account.allows_posting = 0 "
    "OR EXISTS (SELECT 1 FROM chart_of_accounts AS child WHERE child.parent_id = account.id)))"
)

ENTRY_TRIGGERS: dict[str, str] = {
    **_refusal(
        "tr_journal_entries_begin_as_draft",
        "BEFORE INSERT",
        "journal_entries",
        "NEW.status IN ('posted', 'reversed')",
        word="unbalanced",
    ),
    **_refusal(
        "tr_journal_entries_balance",
        "BEFORE UPDATE OF status",
        "journal_entries",
        f"OLD.status = 'draft' AND NEW.status = 'posted' AND ({_UNBALANCED})",
        word="unbalanced",
    ),
    **_refusal(
        "tr_journal_entries_reversal_of_posted",
        "BEFORE UPDATE OF status",
        "journal_entries",
        "OLD.status = 'draft' AND NEW.status = 'reversed'",
    ),
    **_refusal(
        "tr_journal_entries_kept",
        "BEFORE UPDATE",
        "journal_entries",
        f"OLD.status <> 'draft' AND NOT ({_SAME} AND (({_UNTOUCHED}) OR ({_REVERSED})))",
    ),
    **_refusal("tr_journal_entries_no_delete", "BEFORE DELETE", "journal_entries", "OLD.status <> 'draft'"),
}


def _closed(entry: str) -> str:
    """Whether the entry is there and no draft (when a draft is deleted, its lines go after it and find no entry)."""
    return f"EXISTS (SELECT 1 FROM journal_entries AS entry WHERE entry.id = {entry} AND entry.status <> 'draft')"  # noqa: S608


LINE_TRIGGERS: dict[str, str] = {
    **_refusal("tr_journal_entry_lines_no_insert", "BEFORE INSERT", "journal_entry_lines", _closed("NEW.entry_id")),
    **_refusal(
        "tr_journal_entry_lines_no_update",
        "BEFORE UPDATE",
        "journal_entry_lines",
        f"{_closed('OLD.entry_id')} OR {_closed('NEW.entry_id')}",
    ),
    **_refusal("tr_journal_entry_lines_no_delete", "BEFORE DELETE", "journal_entry_lines", _closed("OLD.entry_id")),
}

DOCUMENT_TRIGGERS: dict[str, str] = _refusal(
    "tr_fiscal_documents_only_drafts_deleted", "BEFORE DELETE", "fiscal_documents", "OLD.status <> 'draft'"
)

# By itself, and so also when its document, still a draft, is deleted.
WITHHOLDING_TRIGGERS: dict[str, str] = _refusal(
    "tr_tax_withholdings_paid_kept", "BEFORE DELETE", "tax_withholdings", "OLD.status = 'paid'"
)

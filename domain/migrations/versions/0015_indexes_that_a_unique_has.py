"""Indexes of a column that a UNIQUE of its table begins with: SQLite keeps one for that, which answers the same questions."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEEDLESS = """
    ix_addresses_user_id ix_alert_raisings_alert_id ix_alert_supervisors_user_id ix_attendance_session_id ix_classes_term_id
    ix_families_parent_id ix_journal_entry_lines_entry_id ix_knowledge_edges_source_id ix_knowledge_nodes_user_id
    ix_levels_course_type_id ix_modules_level_id ix_placement_thresholds_course_type_id ix_placement_thresholds_level_id
    ix_referrals_referred_lead_id ix_saved_views_user_id ix_schedules_class_id ix_sessions_class_id
    ix_student_world_overlay_student_id ix_tax_withholdings_fiscal_document_id ix_techniques_user_id ix_trials_lead_id
    ix_user_badges_user_id ix_user_roles_user_id ix_wellbeing_snapshots_student_id
""".split()


def upgrade() -> None:
    connection = op.get_bind()
    for name in NEEDLESS:
        connection.exec_driver_sql(f"DROP INDEX {name}")

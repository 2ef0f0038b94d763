"""Supervision: alerts, wellbeing and the log, without anybody's words."""

from domain.access.roles import Role
from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "safety_alerts",
            sentence=N_("Every alert: what raised it, who looked, how it ended. Nothing here is ever deleted."),
            icon="shield",
            can_delete=False,
            creators=(Role.SCHOOL,),  # everybody else raises one where the page asks what they noticed
            columns=(
                "level",
                "student_id",
                "reason",
                "detected_by",
                "detected_at",
                "acknowledged_at",
                "resolved_at",
            ),
            form=(
                "student_id",
                "level",
                "reason",
                "detected_by",
                "detected_at",
                "notified_parents",
                "notified_authorities",
            ),
            filters=(
                "level",
                "student_id",
                "detected_by",
                "detected_at",
                "acknowledged_at",
                "resolved_at",
            ),
            inline=(
                "notified_parents",
                "notified_authorities",
            ),
            empty=N_("No alerts. All is calm."),
            related=("alert_acknowledgments", "alert_releases", "alert_contests"),
        ),
        TableSpec(
            "alert_acknowledgments",
            sentence=N_("What was done about each alert. Steps are added, never changed."),
            icon="task_alt",
            creators=(Role.SCHOOL,),
            columns=(
                "alert_id",
                "user_id",
                "action_taken",
                "timestamp",
            ),
            empty=N_("No steps yet."),
        ),
        TableSpec(
            "alert_raisings",
            sentence=N_("Who raised each alert, and whether it may have to do with the student's home."),
            icon="campaign",
            can_create=False,
            empty=N_("Nobody has raised an alert."),
        ),
        TableSpec(
            "alert_releases",
            sentence=N_("Which guardian may know of which alert: each decision, its reason, and who took it. The latest stands."),
            icon="forward_to_inbox",
            can_create=False,
            columns=("alert_id", "guardian_id", "decision", "message", "user_id", "created_at"),
            empty=N_("No alert has been released to a guardian."),
        ),
        TableSpec(
            "alert_contests",
            sentence=N_("What students say against alerts of the automatic checks."),
            icon="forum",
            can_create=False,
            columns=("alert_id", "user_id", "words", "created_at"),
            empty=N_("Nobody has said anything against an alert."),
        ),
        TableSpec(
            "alert_supervisors",
            sentence=N_("Those who release alerts to guardians and hold them back. Nobody puts themself on this list."),
            icon="shield_person",
            can_create=False,
            empty=N_("Nobody is on the list yet."),
        ),
        TableSpec(
            "wellbeing_snapshots",
            sentence=N_("Each day's figures for each student, from metadata alone."),
            icon="monitoring",
            can_create=False,
            can_edit=False,
            can_delete=False,
            columns=(
                "student_id",
                "date",
                "engagement_score",
                "session_count",
                "total_duration",
            ),
            empty=N_("No snapshots yet."),
        ),
        TableSpec(
            "chat_sessions",
            sentence=N_("Conversations with the companion: when and how long, never the words."),
            icon="schedule",
            columns=(
                "student_id",
                "started_at",
                "ended_at",
                "message_count",
            ),
            private=True,
            empty=N_("No conversations yet."),
            related=("chat_messages",),
        ),
        TableSpec(
            "chat_messages",
            sentence=N_("Sealed messages. They are written in a conversation, not here."),
            icon="lock",
            can_create=False,
            can_edit=False,
            columns=(
                "session_id",
                "role",
                "timestamp",
                "tokens_used",
            ),
            private=True,
            empty=N_("No messages yet."),
        ),
        TableSpec(
            "memory_integrity_hashes",
            sentence=N_("Fingerprints that show whether a memory was tampered with."),
            icon="fingerprint",
            columns=(
                "student_id",
                "created_at",
                "graph_hash",
                "ledger_hash",
            ),
            empty=N_("No fingerprints yet."),
        ),
        TableSpec(
            "memory_audit_log",
            sentence=N_("Every operation on a memory, without its content."),
            icon="history",
            columns=(
                "timestamp",
                "student_id",
                "operation",
                "entity_type",
                "actor",
            ),
            empty=N_("The log is empty."),
        ),
    )
}

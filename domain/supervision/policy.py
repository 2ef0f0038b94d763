"""Who may do what with conversations, alerts and wellbeing. A conversation's words are the student's alone."""

from domain.access.grants import Policy, every, grant, rows

LENGTH = ("duration_minutes",)  # of a conversation's details; the mood that a student gave isn't the school's, save by the day

POLICY: Policy = {
    "chat_sessions": grant(student=rows("own", "student_id", "CRUD"), school=every("R", parts={"metadata": LENGTH})),
    "chat_messages": grant(student=rows("own_chat", "session_id", "CRD")),
    "memory_integrity_hashes": grant(student=rows("own", "student_id", "R"), school=every("R")),
    "memory_audit_log": grant(student=rows("own", "student_id", "R"), school=every("R")),
    "safety_alerts": grant(school=every("CRU"), owner=every("A")),
    # A step bears the name of who took it, and of nobody else.
    "alert_acknowledgments": grant(school=every("R") + rows("own", "user_id", "C")),
    "wellbeing_snapshots": grant(student=rows("own", "student_id", "R"), school=every("R"), owner=every("A")),
}

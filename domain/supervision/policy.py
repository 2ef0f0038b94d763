"""Who may do what with conversations, alerts and wellbeing. A conversation's words are the student's alone."""

from domain.access.grants import Jobs, Policy, every, grant, rows

LENGTH = ("duration_minutes",)  # of a conversation's details; the mood that a student gave isn't the school's, save by the day
# What whoever raised an alert doesn't learn of it; nor a student of one about them.
FROM_STUDENTS = ("resolution_notes", "notified_authorities")
FROM_RAISERS = (*FROM_STUDENTS, "notified_parents")
FROM_GUARDIANS = ("reason", "detected_by", "acknowledged_by", "resolved_by", *FROM_RAISERS)
STEP_WORDS = ("action_taken", "notes")

POLICY: Policy = {
    "chat_sessions": grant(student=rows("own", "student_id", "CRUD"), school=every("R", parts={"metadata": LENGTH})),
    "chat_messages": grant(student=rows("own_chat", "session_id", "CRD")),
    "memory_integrity_hashes": grant(student=rows("own", "student_id", "R"), school=every("R")),
    "memory_audit_log": grant(student=rows("own", "student_id", "R"), school=every("R")),
    "safety_alerts": grant(
        student=rows("new_alert_self", "student_id", "C")
        + rows("alert_raised", "id", "R", masked=FROM_STUDENTS)
        + rows("alert_looked_at", "id", "R", masked=FROM_STUDENTS),
        teacher=rows("new_alert_class", "student_id", "C") + rows("alert_raised", "id", "R", masked=FROM_RAISERS),
        parent=rows("alert_released", "id", "R", masked=FROM_GUARDIANS),
        staff=rows("new_alert_student", "student_id", "C") + rows("alert_raised", "id", "R", masked=FROM_RAISERS),
        school=rows("alert_handled", "id", "RU") + every("C"),
        owner=every("A") + rows("alert_listed", "id", "CRU"),
    ),
    # A step bears the name of who took it, and of nobody else.
    "alert_acknowledgments": grant(
        student=rows("alert_raised", "alert_id", "R", masked=STEP_WORDS)
        + rows("alert_looked_at", "alert_id", "R", masked=STEP_WORDS),
        teacher=rows("alert_raised", "alert_id", "R", masked=STEP_WORDS),
        parent=rows("alert_released", "alert_id", "R", masked=("user_id", *STEP_WORDS)),
        staff=rows("alert_raised", "alert_id", "R", masked=STEP_WORDS),
        school=rows("alert_handled", "alert_id", "R") + rows("step_handled", "alert_id", "C", author="user_id"),
        owner=rows("alert_listed", "alert_id", "R") + rows("step_listed", "alert_id", "C", author="user_id"),
    ),
    "alert_raisings": grant(
        student=rows("own", "user_id", "R") + rows("raising_self", "alert_id", "C"),
        teacher=rows("own", "user_id", "R") + rows("raising_class", "alert_id", "C"),
        staff=rows("own", "user_id", "R") + rows("raising_student", "alert_id", "C"),
        school=rows("alert_handled", "alert_id", "R") + rows("raising", "alert_id", "C"),
        owner=rows("alert_listed", "alert_id", "R") + rows("raising_listed", "alert_id", "C"),
    ),
    "alert_releases": grant(
        parent=rows("release_to_me", "guardian_id", "R", masked=("reason", "user_id")),
        school=rows("alert_handled", "alert_id", "R") + rows("release_word", "alert_id", "C"),
        owner=rows("alert_listed", "alert_id", "R") + rows("release_word", "alert_id", "C"),
    ),
    "alert_contests": grant(
        student=rows("own", "user_id", "R") + rows("contest_word", "alert_id", "C"),
        school=rows("alert_handled", "alert_id", "R"),
        owner=rows("alert_listed", "alert_id", "R"),
    ),
    # Nobody puts themself on the list, and no owner puts an owner there.
    "alert_supervisors": grant(
        school=every("R") + rows("another_supervisor", "user_id", "C") + rows("not_own", "user_id", "D"),
        owner=every("R") + rows("coordinator_supervisor", "user_id", "C"),
    ),
    "wellbeing_snapshots": grant(
        student=rows("own", "student_id", "R"), parent=rows("child", "student_id", "S"), school=every("R"), owner=every("A")
    ),
}

# Who founds a school is the first on its list: there is nobody else to put them there.
JOBS: Jobs = {"founding": {"alert_supervisors": every("C")}}

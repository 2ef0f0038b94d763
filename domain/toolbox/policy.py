"""Who may do what with the student's toolbox: the student's own texts open for their student alone, and count in figures."""

from domain.access.grants import Policy, every, grant, rows

OWN_TEXTS = ("student_prompts", "prompt_runs", "annotations", "graveyard_ideas", "todos", "knowledge_edges")
TRACKED = ("techniques", "user_progress")

POLICY: Policy = {
    **{table: grant(student=rows("own", "user_id", "CRUD"), owner=every("A")) for table in OWN_TEXTS},
    "knowledge_nodes": grant(
        student=rows("own", "user_id", "CRUD"), teacher=rows("class_student", "user_id", "A"), owner=every("A")
    ),
    **{
        table: grant(
            student=rows("own", "user_id", "R"),
            teacher=rows("class_student", "user_id", "R"),
            parent=rows("child", "user_id", "R"),
            school=every("R"),
            owner=every("A"),
        )
        for table in TRACKED
    },
    "user_badges": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("class_student", "user_id", "R"),
        parent=rows("child", "user_id", "R"),
        school=every("CRUD"),
        owner=every("A"),
    ),
}

"""Who may do what with the student's toolbox: the student's own texts open for their student alone."""

from domain.access.grants import Policy, every, grant, rows

OWN_TEXTS = ("student_prompts", "prompt_runs", "annotations", "graveyard_ideas", "todos", "knowledge_nodes", "knowledge_edges")
TRACKED = ("techniques", "user_progress")

POLICY: Policy = {
    **{table: grant(student=rows("own", "user_id", "CRUD")) for table in OWN_TEXTS},
    **{
        table: grant(
            student=rows("own", "user_id", "R"),
            teacher=rows("class_student", "user_id", "R"),
            parent=rows("child", "user_id", "R"),
            school=every("R"),
        )
        for table in TRACKED
    },
    "user_badges": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("class_student", "user_id", "R"),
        parent=rows("child", "user_id", "R"),
        school=every("CRUD"),
    ),
}

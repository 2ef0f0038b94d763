"""Who may do what with the curriculum: all read it, coordination writes it."""

from domain.access.grants import Policy, every, grant

TABLES = ("course_types", "levels", "modules", "lessons", "prompts", "badges")

POLICY: Policy = {
    table: grant(
        student=every("R"), teacher=every("R"), parent=every("R"), staff=every("R"), school=every("CRUD"), owner=every("R")
    )
    for table in TABLES
}

"""Toolbox: what belongs to the student. Searches in a student's own texts never stand in the URL."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "student_prompts",
            sentence=N_("Your own prompts, kept to be used again."),
            icon="bookmark",
            columns=(
                "title",
                "technique",
                "character",
                "tags",
                "is_favorite",
                "created_at",
            ),
            private=True,
            empty=N_("No prompts of your own yet. Save the first one that worked."),
        ),
        TableSpec(
            "prompt_runs",
            sentence=N_("What you tried, and what came back."),
            icon="play_circle",
            columns=(
                "created_at",
                "prompt_id",
                "student_prompt_id",
                "input",
                "character_held",
                "tokens_used",
            ),
            private=True,
            empty=N_("No tries yet."),
        ),
        TableSpec(
            "annotations",
            sentence=N_("Your journal. Only you can read it."),
            icon="edit_note",
            columns=(
                "created_at",
                "content",
                "tags",
            ),
            private=True,
            empty=N_("Your journal is empty. Write down the first thought."),
        ),
        TableSpec(
            "graveyard_ideas",
            sentence=N_("Ideas that did not work, and what they taught you."),
            icon="deceased",
            columns=(
                "idea",
                "why_failed",
                "learned",
                "autopsy_complete",
                "created_at",
            ),
            private=True,
            empty=N_("No buried ideas yet. Every one of them will teach you something."),
        ),
        TableSpec(
            "todos",
            sentence=N_("What you want to do, by urgency, importance and effort."),
            icon="checklist",
            columns=(
                "title",
                "urgency",
                "importance",
                "effort",
                "due_date",
                "completed",
            ),
            private=True,
            empty=N_("Nothing to do. Add a task when one comes up."),
        ),
        TableSpec(
            "knowledge_nodes",
            sentence=N_("The stars of your constellation: what you know."),
            icon="star",
            columns=(
                "label",
                "category",
                "size",
                "color",
                "created_at",
            ),
            form=(
                "label",
                "category",
                "size",
                "color",
                "x",
                "y",
                "z",
            ),
            private=True,
            empty=N_("No stars yet. Add the first thing that you know."),
            related=("knowledge_edges",),
        ),
        TableSpec(
            "knowledge_edges",
            sentence=N_("How the things that you know belong together."),
            icon="conversion_path",
            columns=(
                "source_id",
                "label",
                "target_id",
                "strength",
            ),
            private=True,
            empty=N_("No connections yet."),
        ),
        TableSpec(
            "techniques",
            sentence=N_("How far each technique has come."),
            icon="auto_awesome",
            columns=(
                "user_id",
                "technique",
                "usage_count",
                "mastery_level",
                "last_used",
            ),
            empty=N_("No technique has been used yet."),
        ),
        TableSpec(
            "user_progress",
            sentence=N_("Lessons and modules, and how far each is done."),
            icon="trending_up",
            columns=(
                "user_id",
                "module_id",
                "lesson_id",
                "points_earned",
                "completed_at",
            ),
            empty=N_("No progress yet."),
        ),
        TableSpec(
            "user_badges",
            sentence=N_("Badges that were earned."),
            icon="military_tech",
            columns=(
                "user_id",
                "badge_id",
                "earned_at",
                "lesson_id",
            ),
            empty=N_("No badges earned yet."),
        ),
    )
}

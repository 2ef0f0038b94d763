"""Curriculum: courses, levels, modules, lessons, prompts, badges."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "course_types",
            sentence=N_("The courses that your school teaches."),
            icon="school",
            columns=(
                "name",
                "code",
                "color",
                "is_active",
                "description",
            ),
            empty=N_("No courses yet. Add the first one, such as English."),
            related=(
                "levels",
                "placements",
            ),
        ),
        TableSpec(
            "levels",
            sentence=N_("The steps of each course, in order."),
            icon="stairs",
            columns=(
                "course_type_id",
                "code",
                "name",
                "order",
            ),
            empty=N_("No levels yet. Add A1 to begin with."),
            related=(
                "modules",
                "classes",
            ),
        ),
        TableSpec(
            "modules",
            sentence=N_("What a level is made of; completing one earns its badge."),
            icon="view_module",
            columns=(
                "code",
                "name",
                "level_id",
                "order",
                "points_required",
                "badge_id",
            ),
            empty=N_("No modules yet."),
            related=(
                "lessons",
                "user_progress",
            ),
        ),
        TableSpec(
            "lessons",
            sentence=N_("Lessons, their tasks and their points."),
            icon="menu_book",
            columns=(
                "title",
                "module_id",
                "order",
                "points",
                "estimated_minutes",
            ),
            empty=N_("No lessons yet. Add the first lesson of a module."),
            related=(
                "prompts",
                "user_progress",
            ),
        ),
        TableSpec(
            "prompts",
            sentence=N_("Prompts that students try in a lesson."),
            icon="chat",
            columns=(
                "title",
                "lesson_id",
                "technique",
                "character",
                "order",
            ),
            empty=N_("No prompts yet."),
            related=("prompt_runs",),
        ),
        TableSpec(
            "badges",
            sentence=N_("What students can earn."),
            icon="military_tech",
            columns=(
                "name",
                "category",
                "icon",
                "color",
                "description",
            ),
            empty=N_("No badges yet."),
            related=("user_badges",),
        ),
    )
}

"""Operations: classes, enrolments, sessions, attendance and where and when they are."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "classes",
            sentence=N_("Classes of each term: who teaches, where, and how many seats there are."),
            icon="school",
            columns=(
                "name",
                "level_id",
                "teacher_id",
                "room_id",
                "term_id",
                "max_students",
                "is_active",
            ),
            empty=N_("No classes yet. Create the first class of the term."),
            related=(
                "enrollments",
                "sessions",
                "schedules",
                "trials",
            ),
        ),
        TableSpec(
            "enrollments",
            sentence=N_("Who is in which class, and since when."),
            icon="how_to_reg",
            columns=(
                "user_id",
                "class_id",
                "status",
                "enrolled_at",
                "dropped_at",
            ),
            empty=N_("Nobody is enrolled yet."),
        ),
        TableSpec(
            "sessions",
            sentence=N_("The dated meetings of each class."),
            icon="event",
            columns=(
                "class_id",
                "date",
                "start_time",
                "end_time",
                "status",
                "notes",
            ),
            empty=N_("No sessions yet."),
            related=("attendance",),
        ),
        TableSpec(
            "attendance",
            sentence=N_("Who was there, late, excused or absent."),
            icon="fact_check",
            columns=(
                "user_id",
                "session_id",
                "status",
                "checked_in_at",
                "notes",
            ),
            empty=N_("No attendance has been taken yet."),
        ),
        TableSpec(
            "schedules",
            sentence=N_("The weekly pattern of each class."),
            icon="calendar_view_week",
            columns=(
                "class_id",
                "day_of_week",
                "start_time",
                "end_time",
            ),
            empty=N_("No times yet. Add when a class meets."),
        ),
        TableSpec(
            "placements",
            sentence=N_("Placement tests, and the level that each recommends."),
            icon="quiz",
            columns=(
                "user_id",
                "course_type_id",
                "score",
                "recommended_level_id",
                "tested_at",
            ),
            empty=N_("No placement tests yet."),
        ),
        TableSpec(
            "rooms",
            sentence=N_("Rooms and how many people fit in."),
            icon="meeting_room",
            columns=(
                "name",
                "capacity",
                "is_active",
            ),
            empty=N_("No rooms yet. Add the first room."),
            related=("classes",),
        ),
        TableSpec(
            "terms",
            sentence=N_("Terms, with their first and last day."),
            icon="date_range",
            columns=(
                "name",
                "start_date",
                "end_date",
                "is_current",
            ),
            empty=N_("No terms yet. Add the current one."),
            related=("classes",),
        ),
    )
}

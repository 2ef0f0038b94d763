"""Who may do what with rooms, terms, classes, sessions, attendance and enrolments."""

from domain.access.grants import Jobs, Policy, every, grant, rows

EVERYONE_READS = grant(
    student=every("R"), teacher=every("R"), parent=every("R"), staff=every("R"), school=every("CRUD"), owner=every("R")
)
OWN_LINKS = rows("own", "user_id", "CRD")
# Not its class, day or teacher: by these a substitute would give themself other classes, or more time.
SUBSTITUTES_SESSION = rows("substituted_session", "id", "R") + rows("substituted_session", "id", "U", only=("status", "notes"))

POLICY: Policy = {
    "rooms": EVERYONE_READS,
    "terms": EVERYONE_READS,
    "classes": grant(
        student=rows("enrolled_class", "id", "R"),
        teacher=rows("led_class", "id", "R"),
        parent=rows("child_class", "id", "R"),
        staff=every("R"),
        school=every("CRUD"),
        owner=every("R"),
    ),
    "schedules": grant(
        student=rows("enrolled_class", "class_id", "R"),
        teacher=rows("led_class", "class_id", "R"),
        parent=rows("child_class", "class_id", "R"),
        staff=every("R"),
        school=every("CRUD"),
        owner=every("R"),
    ),
    "sessions": grant(
        student=rows("enrolled_class", "class_id", "R"),
        teacher=rows("own_class", "class_id", "RU") + SUBSTITUTES_SESSION,
        parent=rows("child_class", "class_id", "R"),
        staff=every("R"),
        school=every("CRUD"),
        owner=every("R"),
    ),
    "attendance": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("own_class_session", "session_id", "CRU") + rows("substituted_session", "session_id", "CRU"),
        parent=rows("child", "user_id", "R"),
        staff=every("CRU"),
        school=every("CRUD"),
        owner=every("A"),
    ),
    "enrollments": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("led_class", "class_id", "R"),
        parent=rows("child", "user_id", "R"),
        staff=every("CR"),
        school=every("CRUD"),
        owner=every("A"),
    ),
    "placements": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("class_student", "user_id", "R"),
        parent=rows("child", "user_id", "R"),
        staff=every("CR"),
        school=every("CRUD"),
        owner=every("A"),
    ),
    "waiting_entries": grant(
        student=rows("own", "user_id", "R"),
        teacher=rows("own_class", "class_id", "R"),
        parent=rows("child", "user_id", "R"),
        staff=every("CRU"),
        school=every("CRUD"),
    ),
    "clash_permits": grant(staff=every("R"), school=every("CRD"), owner=every("R")),
    "placement_thresholds": grant(teacher=every("R"), staff=every("R"), school=every("CRUD"), owner=every("R")),
    "calendar_links": grant(
        student=OWN_LINKS, teacher=OWN_LINKS, parent=OWN_LINKS, staff=OWN_LINKS, school=OWN_LINKS, owner=OWN_LINKS
    ),
}

LOOKED_AT = ("classes", "schedules", "sessions", "enrollments", "rooms", "terms", "clash_permits", "organizations")

JOBS: Jobs = {
    "founding": {"terms": every("C")},
    "waiting lists": {"waiting_entries": every("RU")},
    "attendance": {"sessions": every("RU"), "attendance": every("D")},
    "enrolment": {"enrollments": every("RD"), "waiting_entries": every("RU")},
    "timetable": dict.fromkeys(LOOKED_AT, every("R")),
}

"""Who may do what with schools and people (DOMAIN, "Who may do what")."""

from domain.access.grants import Jobs, Policy, every, grant, rows

OWN_FIELDS = ("phone", "whatsapp", "avatar_url", "language")
# All that a school says of itself. The mark of an invented school is the demo's to set, and nobody's to take away.
SCHOOL_FIELDS = ("name", "slug", "clerk_org_id", "settings")
OWN_SCHOOL = every("RU", only=SCHOOL_FIELDS)
# What everyone knows of their school: what it is called, and when it is open.
SCHOOL_DOOR = every("R", shown=("name", "slug"), parts={"settings": ("holidays", "closed_days", "opening_hours")})
# What everyone knows of those who work at the school. Cards are of active people alone; pickers ask for the mark.
CARD_PICTURES = rows("adult_of_school", "user_id", "R")
CARDS = rows("adult_of_school", "id", "R", shown=("first_name", "last_name", "role", "avatar_url", "is_active"))

POLICY: Policy = {
    "organizations": grant(
        student=SCHOOL_DOOR, teacher=SCHOOL_DOOR, parent=SCHOOL_DOOR, staff=SCHOOL_DOOR, school=OWN_SCHOOL, owner=OWN_SCHOOL
    ),
    "users": grant(
        student=rows("own", "id", "RU", only=OWN_FIELDS) + CARDS,
        teacher=rows("own", "id", "RU", only=OWN_FIELDS)
        + rows("class_student", "id", "R", masked=("cpf", "phone", "whatsapp"))
        + CARDS,
        parent=rows("own", "id", "RU", only=OWN_FIELDS) + rows("child", "id", "R") + CARDS,
        staff=every("R", masked=("cpf",)) + rows("own", "id", "U", only=OWN_FIELDS) + rows("role_student", "role", "C"),
        school=every("R") + rows("no_owner", "id", "CUDE"),
        owner=every("R") + rows("role_business", "role", "CUD"),
    ),
    "user_roles": grant(
        school=every("R") + rows("no_owner", "user_id", "CUD"), owner=every("R") + rows("role_business", "role", "CUD")
    ),
    "addresses": grant(
        student=rows("own", "user_id", "CRUD"),
        teacher=rows("own", "user_id", "CRUD"),
        parent=rows("own", "user_id", "CRUD") + rows("child_at_home", "user_id", "R"),
        staff=every("R"),
        school=every("CRUD"),
    ),
    "families": grant(
        student=rows("own", "child_id", "R") + rows("own_as_adult", "child_id", "U", only=("adult_agreed",)),
        teacher=rows("own", "parent_id", "R"),
        parent=rows("own", "parent_id", "R"),
        staff=every("R"),
        # Whose guardian somebody is decides what is withheld from them, so nobody writes their own links.
        school=every("R") + rows("joins_others", "parent_id", "CUD"),
    ),
    "pictures": grant(
        student=rows("own", "user_id", "CRUD") + CARD_PICTURES,
        teacher=rows("own", "user_id", "CRUD") + rows("class_student", "user_id", "R") + CARD_PICTURES,
        parent=rows("own", "user_id", "CRUD") + rows("child", "user_id", "R") + CARD_PICTURES,
        staff=every("R") + rows("own", "user_id", "CUD"),
        school=every("RD") + rows("own", "user_id", "CU"),
        owner=every("R") + rows("own", "user_id", "CUD"),
    ),
    "saved_views": grant(
        **{role: rows("own", "user_id", "CRUD") for role in ("student", "teacher", "parent", "staff", "school", "owner")}
    ),
}

# The first school is founded before there is anybody; whoever keeps the server adds people and bars them. A person who is linked
# to an identity provider's account has its key in their record.
JOBS: Jobs = {
    "founding": {"organizations": every("C"), "users": every("C"), "user_roles": every("C")},
    "command line": {"users": every("CRU"), "user_roles": every("C")},
    "identity provider": {"users": every("RU", only=("clerk_user_id",))},
}

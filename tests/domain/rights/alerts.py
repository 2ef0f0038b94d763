"""Alerts of every kind at the school: about whom, raised by whom, and which guardian may know."""

import datetime as dt
from typing import Any

# The list for alerts: those whom the tables below speak of as supervisors.
LISTED = ("school", "owner", "founder")
# Alerts: name -> the student, who detected it, and what more it says.
SEEN = {"acknowledged_at": dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)}
RESOLVED = {**SEEN, "resolved_at": dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)}
ALERTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "checks student": ("student", "auditor", {}),
    "checks student, seen": ("student", "auditor", SEEN),
    "app about student, seen": ("student", "system", SEEN),
    "checks outsider, seen": ("outsider", "auditor", SEEN),
    "checks away": ("away", "auditor", {}),
    "teacher about student": ("student", "teacher", {}),
    "teacher about student, seen": ("student", "teacher", SEEN),
    "teacher about classmate, home": ("classmate", "teacher", {}),
    "teacher about former": ("former", "teacher", {}),
    "colleague about student": ("student", "teacher", {}),
    "colleague about outsider, unsure": ("outsider", "teacher", {}),
    "colleague about outsider, no home": ("outsider", "teacher", {}),
    "colleague about outsider, held": ("outsider", "teacher", {}),
    "colleague about outsider, unsure, released": ("outsider", "teacher", {}),
    "colleague about away, home": ("away", "teacher", {}),
    "staff about student": ("student", "staff", {}),
    "reception about away": ("away", "staff", {}),
    "student about self": ("student", "student", {}),
    "classmate about self": ("classmate", "student", {}),
    "school about outsider, unsure": ("outsider", "school", {}),
    "green of student": ("student", "auditor", {"level": "green"}),
    "held again of student": ("student", "auditor", {}),
    "released again of student": ("student", "auditor", {"level": "red"}),
    "at once both of student": ("student", "auditor", {}),
    "another's of student": ("student", "auditor", {}),
    "of agreed": ("agreed", "auditor", {"level": "orange"}),
    "of silent": ("silent", "auditor", {}),
    "of barred": ("barred", "auditor", {}),
    # Raised by somebody of whom nothing is written yet.
    **{
        f"{by} about {who}, nobody's": (who, by, {})
        for by, who in (
            *(("teacher", "student"), ("teacher", "outsider"), ("staff", "outsider")),
            *(("student", "student"), ("student", "classmate"), ("school", "outsider")),
        )
    },
    "teacher about student, nobody's, seen": ("student", "teacher", SEEN),
    "resolved of student": ("student", "auditor", RESOLVED),
}
# Alert -> who raised it, and whether it may concern the home.
RAISINGS: dict[str, tuple[str, str]] = {
    "teacher about student": ("teacher", "no"),
    "teacher about student, seen": ("teacher", "unsure"),
    "teacher about classmate, home": ("teacher", "maybe"),
    "teacher about former": ("teacher", "no"),
    "colleague about student": ("colleague", "no"),
    "colleague about outsider, unsure": ("colleague", "unsure"),
    "colleague about outsider, no home": ("colleague", "no"),
    "colleague about outsider, held": ("colleague", "no"),
    "colleague about outsider, unsure, released": ("colleague", "unsure"),
    "colleague about away, home": ("colleague", "maybe"),
    "staff about student": ("staff", "maybe"),
    "reception about away": ("reception", "no"),
    "student about self": ("student", "unsure"),
    "classmate about self": ("classmate", "no"),
    "school about outsider, unsure": ("school", "unsure"),
}
# Of these, those about which further rows are planned.
TELLING = (
    "checks student",
    "checks student, seen",
    "teacher about student",
    "colleague about outsider, unsure",
    "colleague about outsider, no home",
    "colleague about outsider, held",
    "school about outsider, unsure",
    "checks outsider, seen",
    "of barred",
)
# Those that others than teachers raised, or were told of.
OWN_WORRIES = ("student about self", "staff about student", "teacher about student, seen")
# Alert, guardian, decision, and the hour of the third of March at which it was taken.
RELEASES: tuple[tuple[str, str, str, int], ...] = (
    ("teacher about student, seen", "parent", "released", 9),
    ("staff about student", "parent", "held", 9),
    ("green of student", "parent", "released", 9),
    ("held again of student", "parent", "released", 9),
    ("held again of student", "parent", "held", 10),
    ("released again of student", "parent", "held", 9),
    ("released again of student", "parent", "released", 10),
    ("at once both of student", "parent", "released", 9),
    ("at once both of student", "parent", "held", 9),
    ("another's of student", "guardian", "released", 9),
    ("checks away", "parent", "released", 9),
    ("of agreed", "parent", "released", 9),
    ("resolved of student", "parent", "released", 9),
    ("colleague about away, home", "parent", "held", 9),
    ("of silent", "parent", "released", 9),
    ("of barred", "parent", "released", 9),
    ("colleague about outsider, held", "school", "held", 9),
    ("colleague about outsider, unsure, released", "school", "released", 9),
    ("checks outsider, seen", "guardian", "held", 9),
)

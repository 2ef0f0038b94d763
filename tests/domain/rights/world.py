"""Two schools with rows of every kind in every table, and what is known of them: who teaches, guards and pays whom.

What a kind of row means is said here a second time, in plain Python over plain rows, so that the scopes' SQL isn't its own judge.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.access.actor import Actor
from domain.access.roles import Role
from domain.db.base import Base, model_of
from tests.domain.rights.alerts import LISTED
from tests.domain.rights.expected import expected

MINOR, ADULT = dt.date(2014, 5, 1), dt.date(2001, 5, 1)

# Who is at the school: first name -> the role that they start in, and the day of birth of the students.
PEOPLE: dict[str, tuple[Role, dt.date | None]] = {
    "student": (Role.STUDENT, MINOR),
    "classmate": (Role.STUDENT, MINOR),
    "outsider": (Role.STUDENT, MINOR),
    "former": (Role.STUDENT, MINOR),
    "away": (Role.STUDENT, MINOR),
    "agreed": (Role.STUDENT, ADULT),
    "silent": (Role.STUDENT, ADULT),
    "barred": (Role.STUDENT, MINOR),
    "teacher": (Role.TEACHER, None),
    "colleague": (Role.TEACHER, None),
    "parent": (Role.PARENT, None),
    "guardian": (Role.PARENT, None),
    "staff": (Role.STAFF, None),
    "reception": (Role.STAFF, None),
    "school": (Role.SCHOOL, None),
    "coordinator": (Role.SCHOOL, None),
    "founder": (Role.SCHOOL, None),  # starts as coordination, holds the role owner as well
    "helper": (Role.PARENT, None),  # starts as a parent, and teaches
    "retired": (Role.TEACHER, None),  # no longer active
    "owner": (Role.OWNER, None),
    "partner": (Role.OWNER, None),
}
# Class -> its teacher, its active students, those who left it. The person of each role is the one named like the role.
CLASSES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "taught": ("teacher", ("student", "classmate"), ("former",)),
    "second": ("colleague", ("away", "agreed"), ()),
    "third": ("colleague", ("outsider", "barred", "silent", "former"), ("student",)),
}
# Guardian, child, and what the link says beside its usual values.
FAMILIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("parent", "student", {}),
    ("parent", "away", {"lives_together": False}),
    ("parent", "agreed", {"adult_agreed": True}),
    ("parent", "silent", {}),
    ("parent", "barred", {"access": "none"}),
    ("guardian", "student", {}),
    ("guardian", "outsider", {}),
    ("school", "outsider", {}),
    ("owner", "away", {"access": "none"}),
    ("teacher", "outsider", {}),
)
CHILDREN, AT_HOME = {"student", "away", "agreed"}, {"student", "agreed"}
CHILD_CLASSES, TAUGHT, ENROLLED = {"taught", "second"}, {"taught"}, {"taught"}
# The teacher stands in: in the second class lately and soon, in the third too long ago. Class, and days from today.
STOOD_IN = (("second", -5), ("second", 3), ("third", -9), ("third", -12))
LED, STUDENTS = {"taught", "second"}, {"student", "classmate", "away", "agreed"}
ALSO: dict[str, Role] = {"founder": Role.OWNER, "helper": Role.TEACHER}  # the role that someone holds beside their first
BELONGING = {"alert_acknowledgments", "alert_raisings", "alert_releases", "alert_contests"}  # what belongs to an alert
INACTIVE = {"retired"}
ADULTS = {"teacher", "colleague", "helper", "staff", "reception", "school", "coordinator", "founder", "owner", "partner"}
OWNERS = {"founder", "owner", "partner"}
HOLD_SCHOOL = {"school", "coordinator", "founder"}

# The column that says whose a row is, where that is not `user_id` or `student_id`.
PERSON = {"users": "id", "invoices": "payer_id"}
# Through which other row a row is someone's.
THROUGH = {
    **dict.fromkeys(("memory_nodes", "memory_edges", "memory_ledger", "memory_contradictions"), ("graph_id", "memory_graphs")),
    "chat_messages": ("session_id", "chat_sessions"),
    "transactions": ("invoice_id", "invoices"),
}
OF_A_CLASS = {"schedules", "sessions", "enrollments", "waiting_entries"}
NO_OWNER_COLUMN = {
    "leads",
    "lead_interactions",
    "referrals",
    "clash_permits",
    "cost_centers",
    "journal_entries",
}  # `user_id` there is who works on it


@dataclass(frozen=True)
class Row:
    """A row: its key, its values by column, whether it stands in the database yet."""

    table: str
    key: str
    values: dict[str, Any]

    @property
    def model(self) -> type[Base]:
        return model_of(self.table)


@dataclass
class World:
    """The school, its neighbour, and all their rows. Keys by name where a test speaks of them."""

    id: str
    neighbour: str
    people: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)  # those that stand in the database, by table and key
    planned: dict[str, list[Row]] = field(default_factory=dict)  # those that someone might create

    def actor(self, role: Role) -> Actor:
        """The school's person of a role."""
        return Actor(organization_id=self.id, user_id=self.people[role.value], role=role, roles=(role,))

    def subjects(self, row: Row) -> set[str]:
        """The names of those whose row this is."""
        table, values = row.table, row.values
        if table in THROUGH:
            column, above = THROUGH[table]
            return self.subjects(self.rows[above][values[column]]) if values.get(column) else set()
        if table == "families":
            return self._names(values["parent_id"], values["child_id"])
        if table in NO_OWNER_COLUMN:
            return set()
        column = PERSON.get(table) or next((name for name in ("user_id", "student_id") if name in values), "")
        return self._names(values.get(column))

    def klass(self, row: Row) -> str:
        """The name of the class that a row is part of."""
        if row.table == "classes":
            return self._class(row.key)
        if row.table in OF_A_CLASS:
            return self._class(row.values["class_id"])
        if row.table == "attendance":
            return self.klass(self.rows["sessions"][row.values["session_id"]])
        return ""

    def is_ours(self, row: Row) -> bool:
        """Whether a row is the school's."""
        return row.values.get("organization_id", row.key) == self.id

    def is_of_kind(self, kind: str, role: Role, row: Row) -> bool:
        """Whether a row is of a kind that docs/security.md names, for the school's person of a role."""
        return self.is_ours(row) and KINDS[kind](self, role.value, row)

    def told(self, row: Row) -> str:
        """A row in words, for a failed test."""
        where = "" if self.is_ours(row) else "the other school's "
        return f"{where}row of {'+'.join(sorted(self.subjects(row))) or self.klass(row) or 'nobody'} ({row.key[-5:]})"

    def _names(self, *keys: str | None) -> set[str]:
        return {name for name, key in self.people.items() if key in keys}

    def _class(self, key: str) -> str:
        return next((name for name, each in self.classes.items() if each == key), "")


def _others(world: World, me: str, row: Row) -> bool:
    payroll = row.values.get("payroll_id")
    above = world.subjects(world.rows["staff_payroll"][payroll]) if row.table == "payroll_payments" and payroll else set()
    return me not in world.subjects(row) | above


def _readable(world: World, me: str, row: Row) -> bool:
    """An entry of the trail about a record that the person may read; about one that is gone, where they read the whole table."""
    table, role = row.values["table_name"], Role(me)
    record = world.rows.get(table, {}).get(row.values["record_id"])
    reads = [each.rows for each in expected().get(table, {}).get(role, ()) if "R" in each.actions]
    return "every" in reads or any(record is not None and world.is_of_kind(kind, role, record) for kind in reads)


def _told(world: World, me: str, row: Row) -> bool:
    """An entry of the trail about anything but an alert that is withheld from the person, or what belongs to such a one."""
    table, key = row.values["table_name"], row.values["record_id"]
    if table != "safety_alerts" and table not in BELONGING:
        return True
    record = world.rows[table].get(key)
    return record is not None and _handled(world, me, record)


def _alert(world: World, row: Row) -> Row:
    """The alert that a row is or belongs to."""
    return row if row.table == "safety_alerts" else world.rows["safety_alerts"][row.values["alert_id"]]


def _raised(world: World, me: str, row: Row) -> bool:
    alert = _alert(world, row)
    return any(
        each.values["alert_id"] == alert.key and each.values["user_id"] == world.people[me]
        for each in world.rows["alert_raisings"].values()
    )


def _looked_at(world: World, me: str, row: Row) -> bool:
    alert = _alert(world, row)
    return (
        me in world.subjects(alert)
        and alert.values["detected_by"] in {"auditor", "system"}
        and bool(alert.values.get("acknowledged_at"))
    )


def _last_words(world: World, me: str, alert: Row) -> list[Row]:
    """The latest decisions about an alert and a guardian: those of one moment."""
    said = [
        each
        for each in world.rows["alert_releases"].values()
        if (each.values["alert_id"], each.values["guardian_id"]) == (alert.key, world.people[me])
    ]
    return [each for each in said if each.values["created_at"] == max(other.values["created_at"] for other in said)]


def _may_know(world: World, me: str, alert: Row) -> bool:
    last = _last_words(world, me, alert)
    return bool(last) and all(each.values["decision"] == "released" for each in last)


def _released(world: World, me: str, row: Row) -> bool:
    alert = _alert(world, row)
    if row.table == "alert_releases" and row not in _last_words(world, me, alert):
        return False
    return alert.values["level"] != "green" and bool(world.subjects(alert) & CHILDREN) and _may_know(world, me, alert)


def _is_guardian(me: str, alert_of: set[str]) -> bool:
    return any(parent == me and child in alert_of for parent, child, _more in FAMILIES)


def _handled(world: World, me: str, row: Row) -> bool:
    alert = _alert(world, row)
    if _raised(world, me, alert) or _may_know(world, me, alert):
        return True
    marked = _is_guardian(me, world.subjects(alert)) and any(
        each.values["alert_id"] == alert.key and each.values["home"] != "no" for each in world.rows["alert_raisings"].values()
    )
    return not marked and not _last_words(world, me, alert)


def _listed(world: World, me: str, row: Row) -> bool:
    return me in LISTED and _handled(world, me, row)


def _new(students: set[str]) -> "Kind":
    def kind(world: World, me: str, row: Row) -> bool:
        alert = _alert(world, row).values
        touched = any(
            alert.get(name)
            for name in ("acknowledged_at", "resolved_at", "resolution_notes", "notified_parents", "notified_authorities")
        )
        about = world.subjects(_alert(world, row))
        return bool(about & students) and alert["detected_by"] == me and not touched

    return kind


def _raising(which: "Kind") -> "Kind":
    return lambda world, me, row: row.values["user_id"] == world.people[me] and row.values["role"] == me and which(world, me, row)


def _in_own_name(which: "Kind") -> "Kind":
    return lambda world, me, row: row.values["user_id"] == world.people[me] and which(world, me, row)


def _word(world: World, me: str, row: Row) -> bool:
    about = world.subjects(_alert(world, row))
    guardian = next((name for name, key in world.people.items() if key == row.values["guardian_id"]), "")
    return _listed(world, me, row) and _is_guardian(guardian, about) and not _is_guardian(me, about)


def _another(world: World, me: str, row: Row) -> bool:
    mine = row.values["added_by"] == world.people[me]
    return mine and me not in world.subjects(row) and bool(world.subjects(row) & (HOLD_SCHOOL | OWNERS))


def _stood_in(world: World, me: str, row: Row) -> bool:
    meeting = row if row.table == "sessions" else world.rows["sessions"][row.values["session_id"]]
    age = dt.datetime.now(dt.UTC).date() - meeting.values["date"]
    return meeting.values["teacher_id"] == world.people[me] and age <= dt.timedelta(days=7)


def _holds_no_owner(world: World, _me: str, row: Row) -> bool:
    return row.values["role"] != "owner" and not world.subjects(row) & OWNERS


Kind = Callable[[World, str, Row], bool]
ALL_STUDENTS = {name for name, (role, _born) in PEOPLE.items() if role is Role.STUDENT}
KINDS: dict[str, Kind] = {
    "every": lambda world, me, row: True,
    "own": lambda world, me, row: me in world.subjects(row) or row.table == "organizations",
    "payer": lambda world, me, row: me in world.subjects(row),
    "others": _others,
    "class": lambda world, me, row: bool(world.subjects(row) & STUDENTS),
    "child": lambda world, me, row: bool(world.subjects(row) & CHILDREN),
    "child at home": lambda world, me, row: bool(world.subjects(row) & AT_HOME),
    "taught": lambda world, me, row: world.klass(row) in TAUGHT,
    "led": lambda world, me, row: world.klass(row) in LED,
    "stood in": _stood_in,
    "enrolled": lambda world, me, row: world.klass(row) in ENROLLED,
    "child classes": lambda world, me, row: world.klass(row) in CHILD_CLASSES,
    "students": lambda world, me, row: row.values["role"] == "student",
    "business": lambda world, me, row: row.values["role"] in {"staff", "school", "owner"},
    "no owners": _holds_no_owner,
    "readable": _readable,
    "told": _told,
    "adults": lambda world, me, row: bool(world.subjects(row) & ADULTS),
    "own as an adult": lambda world, me, row: row.values["child_id"] == world.people[me] and PEOPLE[me][1] == ADULT,
    "raised": _raised,
    "looked at": _looked_at,
    "released": _released,
    "handled": _handled,
    "listed": _listed,
    "new self": _new({"student"}),
    "new class": _new(STUDENTS),
    "new students": _new(ALL_STUDENTS),
    "raising self": _raising(_new({"student"})),
    "raising class": _raising(_new(STUDENTS)),
    "raising students": _raising(_new(ALL_STUDENTS)),
    "raising": _raising(_handled),
    "raising listed": _raising(_listed),
    "step": _in_own_name(_handled),
    "step listed": _in_own_name(_listed),
    "word": _in_own_name(_word),
    "contest": _in_own_name(_looked_at),
    "another": _another,
    "coordinator": lambda world, me, row: _another(world, me, row) and bool(world.subjects(row) & (HOLD_SCHOOL - OWNERS)),
}

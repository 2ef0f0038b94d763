"""Makes the two schools: people, classes and families, then rows for each of them in every table, and rows only planned."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, update

from domain.access.roles import Role
from domain.db import types
from domain.db.base import model_of
from tests.domain.rights.alerts import ALERTS, LISTED, OWN_WORRIES, RAISINGS, RELEASES, TELLING
from tests.domain.rights.world import (
    ALSO,
    BELONGING,
    CLASSES,
    FAMILIES,
    INACTIVE,
    NO_OWNER_COLUMN,
    OF_A_CLASS,
    PEOPLE,
    PERSON,
    STOOD_IN,
    THROUGH,
    Row,
    World,
)
from tests.factories.rows import Rows, all_tables, value_of

SETTINGS = {
    "time_zone": "America/Manaus",
    "holidays": [{"date": "2026-11-20", "name": "Consciência Negra"}],
    "closed_days": [0],
    "opening_hours": {"1": ["08:00", "20:00"]},
    "alerts": {"list": ["someone"]},
    "second_factor_required": False,
}
# What must not be empty where some of it is masked.
FILLED: dict[str, Callable[[], dict[str, Any]]] = {
    "users": lambda: {
        "email": value_of(types.Email()),
        "phone": value_of(types.Phone()),
        "whatsapp": value_of(types.Phone()),
        "cpf": value_of(types.Cpf()),
        "avatar_url": value_of(types.Url()),
        "language": "en",
    },
    "payment_methods": lambda: {
        "agency_number": "4321-0",
        "account_number": "987654-3",
        "account_holder_document": value_of(types.Cpf()),
        "pix_key": "segredo@pix.example",
        "wallet_id": "W-77881",
        "card_expiry": "08/2029",
    },
    "chat_sessions": lambda: {"metadata": {"duration_minutes": 12, "mood": "calm"}},
}
LEFT = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
# What must differ between a row that is there and one that is yet to be written for the same person.
SECOND: dict[str, dict[str, Any]] = {
    "addresses": {"type": "billing"},
    "techniques": {"technique": "slingshot"},
    "wellbeing_snapshots": {"date": dt.date(2026, 3, 9)},
    "schedules": {"day_of_week": 5},
    "sessions": {"start_time": dt.time(6), "end_time": dt.time(7)},
}


def make_world(connection: Connection) -> World:
    """Make both schools in an empty, migrated database."""
    ours, theirs = Rows(connection), Rows(connection)
    world = World(ours.organization_id, theirs.organization_id)
    schools = model_of("organizations").__table__
    connection.execute(update(schools).where(schools.c.id == world.id).values(settings=SETTINGS))
    _skeleton(world, ours)
    for table in all_tables():
        world.planned[table] = []
        for given in _variants(world, table):
            if table not in {"users", "classes", "families", "enrollments", "organizations", "user_roles", *THROUGH_ROWS}:
                ours.add(table, **{**FILLED.get(table, dict)(), **given})
        if table != "organizations":
            theirs.add(table)
            theirs.add(table)
        read_rows(world, connection, table)
    _locked(world, ours)
    for given in _about_alerts(world):
        ours.add("trail_entries", **given)
    read_rows(world, connection, *all_tables())
    for table in all_tables():
        for given in _variants(world, table):
            values = ours.values(table, **{**given, **SECOND.get(table, {})})
            world.planned[table].append(Row(table, values["id"], values))
        foreign = theirs.values(table)
        world.planned[table].append(Row(table, foreign["id"], foreign))
    read_rows(world, connection, *all_tables())
    return world


THROUGH_ROWS = ("memory_graphs", "chat_sessions", "invoices", "staff_payroll")  # made first: other rows lead to them


def _skeleton(world: World, rows: Rows) -> None:
    """People with their roles, classes with their students, families; and for each person what other rows hang on."""
    for name, (role, born) in PEOPLE.items():
        given = {**FILLED["users"](), "is_active": name not in INACTIVE}
        world.people[name] = rows.add("users", first_name=name, role=role, birth_date=born, **given)
        for held in {role, ALSO.get(name, role)}:
            rows.add("user_roles", user_id=world.people[name], role=held)
    for name, (teacher, active, gone) in CLASSES.items():
        key = world.classes[name] = rows.add("classes", teacher_id=world.people[teacher], name=name)
        for student in active:
            rows.add("enrollments", class_id=key, user_id=world.people[student])
        for student in gone:
            rows.add("enrollments", class_id=key, user_id=world.people[student], status="dropped", dropped_at=LEFT)
    for parent, child, more in FAMILIES:
        rows.add("families", parent_id=world.people[parent], child_id=world.people[child], **more)
    for key in world.people.values():
        rows.add("memory_graphs", student_id=key)
        rows.add("chat_sessions", student_id=key, **FILLED["chat_sessions"]())
        rows.add("invoices", payer_id=key)
        rows.add("staff_payroll", user_id=key)
    read_rows(world, rows.connection, *all_tables())


def _locked(world: World, rows: Rows) -> None:
    """Rows that refuse to be changed, whoever asks."""
    graph = next(key for key, row in world.rows["memory_graphs"].items() if world.subjects(row) == {"student"})
    rows.add("memory_ledger", graph_id=graph, category="threat")
    rows.add("invoices", payer_id=world.people["student"], status="paid", paid_at=LEFT)
    rows.add("chart_of_accounts", is_system=True)
    entry = rows.add("journal_entries")
    for number, kind in enumerate(("debit", "credit"), 1):
        account = rows.add("chart_of_accounts", allows_posting=True)
        rows.add("journal_entry_lines", entry_id=entry, account_id=account, entry_type=kind, line_number=number)
    entries = model_of("journal_entries").__table__
    posted = {"status": "posted", "entry_number": 1, "fiscal_year": 2026, "fiscal_month": 3, "posting_date": LEFT.date()}
    rows.connection.execute(update(entries).where(entries.c.id == entry).values(**posted, posted_at=LEFT))


def _variants(world: World, table: str) -> list[dict[str, Any]]:
    """The rows to make in the school: one for each person, class, or both, as the table has it."""
    people, columns = list(world.people.values()), model_of(table).__table__.columns
    made = SPECIAL.get(table)
    if made:
        return made(world)
    if table in THROUGH:
        column, above = THROUGH[table]
        return [{column: key} for key, row in world.rows[above].items() if world.subjects(row)]
    if table in OF_A_CLASS:
        return [{"class_id": key} for key in world.classes.values()]
    column = PERSON.get(table) or next((name for name in ("user_id", "student_id") if name in columns), "")
    if column and table not in NO_OWNER_COLUMN:
        return [{column: key} for key in people]
    return [{}, {}]


def _attendance(world: World) -> list[dict[str, Any]]:
    marked = {row.values["session_id"] for row in world.rows["attendance"].values()}
    free = [row for row in world.rows["sessions"].values() if world.klass(row) and row.key not in marked]
    sessions = {(world.klass(row), row.values["teacher_id"]): row.key for row in free}
    return [
        {"session_id": key, "user_id": world.people[student]}
        for (name, _substitute), key in sessions.items()
        for student in (*CLASSES[name][1], *CLASSES[name][2])
    ]


def _sessions(world: World) -> list[dict[str, Any]]:
    days = (dt.date(2026, 3, 2), dt.date(2026, 3, 9))
    today, teacher = dt.datetime.now(dt.UTC).date(), world.people["teacher"]
    stood_in = [
        {"class_id": world.classes[name], "date": today + dt.timedelta(days=away), "teacher_id": teacher}
        for name, away in STOOD_IN
    ]
    return [{"class_id": key, "date": day} for key in world.classes.values() for day in days] + stood_in


def _payments(world: World) -> list[dict[str, Any]]:
    payrolls = {name: key for key, row in world.rows["staff_payroll"].items() for name in world.subjects(row)}
    own = [{"payroll_id": key, "user_id": world.people[name]} for name, key in payrolls.items()]
    mixed = [(mine, other) for mine in ("school", "owner", "staff") for other in ("teacher",)]
    crossed = [{"payroll_id": payrolls[a], "user_id": world.people[b]} for pair in mixed for a, b in (pair, pair[::-1])]
    return own + crossed


def _roles(world: World) -> list[dict[str, Any]]:
    """Roles that could be given: to each person one more, and the owner's to some."""
    more = [
        {"user_id": key, "role": "parent" if name in {"teacher", "retired"} else "teacher"}
        for name, key in world.people.items()
        if name not in {"colleague", "helper"}
    ]
    owners = [{"user_id": world.people[name], "role": "owner"} for name in ("student", "staff", "school", "coordinator")]
    return more + owners + [{"user_id": world.people["staff"], "role": "school"}]


def _families(world: World) -> list[dict[str, Any]]:
    pairs = (("parent", "outsider"), ("guardian", "classmate"), ("teacher", "student"), ("parent", "classmate"))
    pairs += (("school", "classmate"), ("owner", "student"), ("guardian", "school"))
    return [{"parent_id": world.people[parent], "child_id": world.people[child]} for parent, child in pairs]


def _enrollments(world: World) -> list[dict[str, Any]]:
    pairs = (("student", "second"), ("classmate", "third"), ("outsider", "taught"), ("away", "taught"))
    return [{"user_id": world.people[person], "class_id": world.classes[name]} for person, name in pairs]


def _waiting(world: World) -> list[dict[str, Any]]:
    """Each who waits for a class, the teacher's or another's; once they stand, others, since nobody waits twice."""
    waiting = any(world.is_ours(row) for row in world.rows["waiting_entries"].values())
    first = (("student", "third"), ("outsider", "taught"), ("away", "taught"), ("silent", "second"))
    pairs = (("student", "second"), ("barred", "taught"), ("away", "third")) if waiting else first
    return [{"user_id": world.people[person], "class_id": world.classes[name]} for person, name in pairs]


def _alerts(world: World) -> list[dict[str, Any]]:
    """The alerts that the world names, told apart by their reasons; then plain ones, as anybody might write them.

    All that may be hidden of them is said in each, or nobody would notice that it is shown.
    """
    found = []
    for name, (student, by, more) in ALERTS.items():
        took = {step: world.people["coordinator"] for step in ("acknowledged", "resolved") if f"{step}_at" in more}
        row = {"student_id": world.people[student], "detected_by": by, "level": "yellow", "reason": name, **more}
        found.append({**row, "resolution_notes": "Spoke with home.", **{f"{step}_by": who for step, who in took.items()}})
    plain = {"student_id": world.people["student"], "detected_by": "teacher"}
    touched = [{**plain, "notified_parents": True}, {**plain, "notified_authorities": True}, {**plain, "resolution_notes": "No."}]
    others = [{"student_id": key, "detected_by": "staff"} for key in world.people.values()]
    return found + touched + others


def _of_alerts(table: str) -> Callable[[World], list[dict[str, Any]]]:
    """One row for each alert, in the name of a coordinator; once they stand, rows about telling alerts in each person's name."""

    def make(world: World) -> list[dict[str, Any]]:
        keys, people = _named_alerts(world), world.people
        if not any(world.is_ours(row) for row in world.rows[table].values()):
            told = {"notes": "They were quiet."} if table == "alert_acknowledgments" else {}
            return [{"alert_id": key, "user_id": people["coordinator"], **told} for key in keys.values()]
        persons = ("student", "teacher", "parent", "staff", "school", "owner")
        return [{"alert_id": keys[name], "user_id": people[person]} for name in (*TELLING, *OWN_WORRIES) for person in persons]

    return make


def _named_alerts(world: World) -> dict[str, str]:
    rows = world.rows["safety_alerts"].values()
    by_reason = {row.values["reason"]: row.key for row in rows if world.is_ours(row)}
    return {name: by_reason[name] for name in ALERTS}


def _raisings(world: World) -> list[dict[str, Any]]:
    """Those that the world names; once they stand, those that someone might write of an alert that has none."""
    keys, people = _named_alerts(world), world.people
    if not any(world.is_ours(row) for row in world.rows["alert_raisings"].values()):
        return [
            {"alert_id": keys[name], "user_id": people[who], "role": PEOPLE[who][0], "home": home}
            for name, (who, home) in RAISINGS.items()
        ]
    free = [key for name, key in keys.items() if name not in RAISINGS and ("nobody" in name or name in TELLING[-3:])]
    persons = [("student", "student"), ("teacher", "teacher"), ("staff", "staff"), ("school", "school"), ("owner", "owner")]
    named = [*persons, ("colleague", "teacher"), ("teacher", "school")]
    return [{"alert_id": key, "user_id": people[who], "role": role, "home": "no"} for key in free for who, role in named]


def _releases(world: World) -> list[dict[str, Any]]:
    """Those that the world names; once they stand, further ones by different people about different guardians."""
    keys, people = _named_alerts(world), world.people
    if not any(world.is_ours(row) for row in world.rows["alert_releases"].values()):
        return [
            {
                "alert_id": keys[name],
                "guardian_id": people[guardian],
                "decision": decision,
                "message": "Please call us.",
                "user_id": people["founder"],
                "created_at": dt.datetime(2026, 3, 3, hour, tzinfo=dt.UTC),
            }
            for name, guardian, decision, hour in RELEASES
        ]
    deciders = ("school", "owner", "coordinator", "parent")
    return [
        {"alert_id": key, "guardian_id": people[guardian], "user_id": people[decider], "message": "Please call us."}
        for key in (keys[name] for name in TELLING)
        for guardian in ("parent", "guardian", "school")
        for decider in deciders
    ]


def _about_alerts(world: World) -> list[dict[str, Any]]:
    """Entries of the trail about alerts of a child of coordination's, and what belongs to them."""
    found = []
    for table in ("safety_alerts", *sorted(BELONGING)):
        for key, row in world.rows[table].items():
            alert = world.rows["safety_alerts"].get(row.values.get("alert_id") or key)
            if alert and alert.values["student_id"] == world.people["outsider"]:
                found.append({"table_name": table, "record_id": key})
    return found


def _supervisors(world: World) -> list[dict[str, Any]]:
    people = world.people
    if not any(world.is_ours(row) for row in world.rows["alert_supervisors"].values()):
        return [{"user_id": people[name]} for name in LISTED]
    others = ("student", "teacher", "staff", "coordinator", "partner")
    return [{"user_id": people[name], "added_by": people[by]} for name in others for by in ("school", "owner", "founder")]


SPECIAL: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "organizations": lambda world: [{}],
    "users": lambda world: [{"role": role} for role in Role],
    "user_roles": _roles,
    "families": _families,
    "enrollments": _enrollments,
    "waiting_entries": _waiting,
    "classes": lambda world: [{"teacher_id": world.people[name]} for name in ("teacher", "colleague")],
    "attendance": _attendance,
    "sessions": _sessions,
    "payroll_payments": _payments,
    "pictures": lambda world: [{"user_id": key} for name, key in world.people.items() if name != "partner"],
    "trail_entries": lambda world: [
        {"table_name": table, "record_id": next(iter(world.rows[table]), None)}
        for table in ("rooms", "enrollments", "users", "saved_views", "memory_graphs", "organizations")
    ],
    "safety_alerts": _alerts,
    "alert_acknowledgments": _of_alerts("alert_acknowledgments"),
    "alert_contests": _of_alerts("alert_contests"),
    "alert_raisings": _raisings,
    "alert_releases": _releases,
    "alert_supervisors": _supervisors,
    "saved_views": lambda world: [{"user_id": key, "table_name": "rooms"} for key in world.people.values()],
}


def read_rows(world: World, connection: Connection, *tables: str) -> None:
    """Take the rows of these tables into the world as the database holds them."""
    for table in tables:
        found = connection.execute(select(model_of(table).__table__)).mappings()
        world.rows[table] = {row["id"]: Row(table, row["id"], dict(row)) for row in found}

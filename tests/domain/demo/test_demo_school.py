"""The demo school holds together: sums, seats, timetables, roll calls, and two schools that never meet."""

import datetime as dt
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain import demo
from domain.access.sign_in import demo_people
from domain.access.trail.integrity import verify
from domain.core.rules import closed_days, stated_hours
from domain.db.base import Base, Tenant, folded, model_of
from domain.db.engine import engine
from domain.demo.calendar import Calendar, easter
from domain.demo.people import organizations
from domain.demo.plan import School
from domain.demo.school import DRAWN, plan
from domain.demo.source import Source
from domain.kit.documents import is_cpf
from domain.kit.findings import Weight
from domain.kit.ids import is_id
from domain.operations.clashes import Board, Group, Meeting
from domain.operations.fitting import clashes
from domain.registry import GROUPS

TODAY = dt.date(2026, 9, 16)
ADDED = {"search_text", "sort_text", "organization_id", "row_version"}
LAST = "'9999-12-31'"  # a whole date: SQLite would take '9999' beside a DATE for a number
# What is said is sealed with a key that the demo hasn't; and nothing clashes in its timetable that would have to be allowed.
EMPTY = {"chat_messages", "clash_permits"}


def _load(folder: Path, template: Path, **options: Any) -> tuple[Path, demo.Loaded]:
    path = folder / "demo.db"
    shutil.copy(template, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TURSO_DATABASE_URL", f"file:{path}")
        loaded = demo.load(**options)
        engine().dispose()
    return path, loaded


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> tuple[Path, demo.Loaded]:
    return _load(tmp_path_factory.mktemp("demo"), empty_file, today=TODAY)


def _board(school: School) -> Board:
    """The weekly meetings of a planned school, as the rules of clashes read them."""
    meetings, groups = [], {}
    for each in school.groups:
        here = frozenset(member.student.id for member in each.members if member.status == "active")
        groups[each.id] = Group(each.id, each.name, each.seats, each.room, len(here), here)
        hours = [dt.time(*divmod(minute, 60)) for minute in (each.slot.start, each.slot.end)]
        who = each.teacher.id, each.room, each.term.dates.start, each.term.dates.end
        meetings += [Meeting(f"{each.id} {day}", each.id, day, *hours, *who) for day in each.slot.weekdays]
    [row] = organizations(school)
    seats = {key: seats for key, _name, seats in school.rooms}
    hours, closed = stated_hours(row["settings"]), closed_days(row["settings"])
    return Board(meetings, groups, {}, seats, hours, closed)


@pytest.fixture
def rows(loaded: tuple[Path, demo.Loaded]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{loaded[0]}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.mark.parametrize(("size", "classes"), [(160, 14), (1600, 140)])
def test_nothing_in_its_week_clashes_however_large_it_is(size: int, classes: int) -> None:
    board = _board(plan(name="Escola", slug="escola", box="escola", size=size, today=TODAY))
    assert len(board.groups) > classes
    assert [each.message for each in clashes(board) if each.weight is Weight.REFUSES] == []


def _none(rows: sqlite3.Connection, query: str) -> None:
    assert [tuple(each) for each in rows.execute(query).fetchmany(5)] == []


def _digests(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: hashlib.sha256(repr(connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()).encode()).hexdigest()
            for name in tables
        }


def test_the_database_is_whole(rows: sqlite3.Connection) -> None:
    assert rows.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    _none(rows, "PRAGMA foreign_key_check")


def test_every_table_of_every_group_has_rows_in_both_schools(rows: sqlite3.Connection, loaded: tuple[Path, demo.Loaded]) -> None:
    schools = loaded[1].organization_ids
    for group in GROUPS.values():
        for table in set(group.tables) - EMPTY - {"organizations"}:
            for school in schools:
                query = f"SELECT count(*) FROM {table} WHERE organization_id = ?"
                assert rows.execute(query, (school,)).fetchone()[0] > 0, (table, school)


def test_the_trail_says_who_made_it_and_how_many_rows_of_each_table(
    rows: sqlite3.Connection, loaded: tuple[Path, demo.Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = dict(rows.execute("SELECT table_name, sum(records) FROM trail_entries WHERE action = 'C' AND job = 'demo' GROUP BY 1"))
    assert said == loaded[1].counts
    assert rows.execute("SELECT count(*) FROM trail_values").fetchone()[0] == 0
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{loaded[0]}")
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        assert [chain.faults for chain in verify(connection)] == [[], []]
    engine().dispose()


def test_the_same_day_gives_the_same_bytes(tmp_path: Path, empty_file: Path, loaded: tuple[Path, demo.Loaded]) -> None:
    again, _ = _load(tmp_path, empty_file, today=TODAY)
    first, second = _digests(loaded[0]), _digests(again)
    assert {name for name, digest in first.items() if second[name] != digest} == {"trail_entries"}, "its own keys and moment"


def test_the_school_is_as_large_as_it_was_asked_to_be(rows: sqlite3.Connection, loaded: tuple[Path, demo.Loaded]) -> None:
    school = loaded[1].organization_ids[0]

    def count(query: str) -> int:
        return int(rows.execute(query, {"school": school}).fetchone()[0])

    assert count("SELECT count(*) FROM users WHERE organization_id = :school AND role = 'student'") == 160
    assert count("SELECT count(*) FROM users WHERE organization_id = :school AND role = 'teacher'") == 14
    assert count("SELECT count(*) FROM classes WHERE organization_id = :school AND is_active") == 14
    assert count("SELECT count(*) FROM course_types WHERE organization_id = :school") == 2
    assert count("SELECT count(DISTINCT user_id) FROM knowledge_nodes WHERE organization_id = :school") == 20
    per_student = [
        n for (n,) in rows.execute("SELECT count(*) FROM knowledge_nodes WHERE organization_id = ? GROUP BY user_id", (school,))
    ]
    assert min(per_student) >= 40
    assert max(per_student) <= 200
    assert rows.execute("SELECT count(DISTINCT date) FROM wellbeing_snapshots").fetchone()[0] == 90


def test_nothing_of_one_school_refers_to_the_other(rows: sqlite3.Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if not issubclass(table.info["model"], Tenant):
            continue
        for column in table.columns:
            target = column.info.get("refers")
            if target and target != "organizations":
                _none(
                    rows,
                    f"SELECT one.id FROM {table.name} AS one JOIN {target} AS other ON other.id = one.{column.name} "
                    "WHERE other.organization_id <> one.organization_id",
                )


def test_invoices_add_up(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        "SELECT id FROM invoices WHERE discount_amount > amount OR abs(amount - (SELECT sum(json_extract(value, '$.amount') "
        "* json_extract(value, '$.quantity')) FROM json_each(items))) > 0.001",
    )
    received = "(SELECT coalesce(sum(amount), 0) FROM transactions t WHERE t.invoice_id = invoices.id AND t.type = 'income')"
    returned = "(SELECT coalesce(sum(amount), 0) FROM transactions t WHERE t.invoice_id = invoices.id AND t.type = 'refund')"
    _none(rows, f"SELECT id FROM invoices WHERE status = 'paid' AND abs({received} - amount + discount_amount) > 0.001")
    _none(rows, f"SELECT id FROM invoices WHERE status = 'cancelled' AND abs({received} - {returned}) > 0.001")
    _none(
        rows, f"SELECT id FROM invoices WHERE status IN ('pending', 'overdue') AND {received} > amount - discount_amount - 0.01"
    )
    _none(rows, f"SELECT id FROM invoices WHERE status = 'overdue' AND due_date >= '{TODAY}'")
    _none(rows, f"SELECT id FROM invoices WHERE status = 'pending' AND due_date < '{TODAY}'")
    states = {status for (status,) in rows.execute("SELECT DISTINCT status FROM invoices")}
    assert states == {"pending", "paid", "overdue", "cancelled"}


def test_entries_balance_and_are_numbered_without_a_gap(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        "SELECT entry_id FROM journal_entry_lines GROUP BY entry_id "
        "HAVING sum(CASE entry_type WHEN 'debit' THEN amount_cents ELSE -amount_cents END) <> 0 OR count(*) < 2",
    )
    _none(
        rows,
        "SELECT fiscal_year, fiscal_month FROM journal_entries WHERE status IN ('posted', 'reversed') "
        "GROUP BY organization_id, fiscal_year, fiscal_month HAVING count(*) <> max(entry_number) OR min(entry_number) <> 1",
    )
    states = {status for (status,) in rows.execute("SELECT DISTINCT status FROM journal_entries")}
    assert states == {"draft", "posted", "reversed", "cancelled"}
    paid = "SELECT id FROM invoices WHERE status = 'paid'"
    _none(
        rows, f"{paid} AND id NOT IN (SELECT source_id FROM journal_entries WHERE status = 'posted' AND source_type = 'invoice')"
    )


def test_payroll_is_in_every_state_and_adds_up(rows: sqlite3.Connection) -> None:
    assert rows.execute("SELECT count(DISTINCT status) FROM staff_payroll").fetchone()[0] == 8
    assert rows.execute("SELECT count(DISTINCT status) FROM payroll_payments").fetchone()[0] == 6
    assert rows.execute("SELECT count(DISTINCT status) FROM payouts").fetchone()[0] == 3
    _none(
        rows,
        "SELECT id FROM staff_payroll WHERE paid_amount_cents <> (SELECT coalesce(sum(amount_cents), 0) FROM payroll_payments p "
        "WHERE p.payroll_id = staff_payroll.id AND p.status = 'completed')",
    )


def _clash(one: str, other: str, query: str) -> str:
    return (
        f"SELECT {one}.id, {other}.id {query} AND {one}.id < {other}.id AND {one}.date = {other}.date "
        f"AND {one}.start_time < {other}.end_time AND {other}.start_time < {one}.end_time"
    )


def test_no_teacher_and_no_room_is_in_two_places(rows: sqlite3.Connection) -> None:
    tables = (
        "FROM sessions a JOIN classes ca ON ca.id = a.class_id JOIN classes cb ON cb.{0} = ca.{0} "
        "JOIN sessions b ON b.class_id = cb.id"
    )
    for column in ("teacher_id", "room_id"):
        _none(rows, _clash("a", "b", f"{tables.format(column)} WHERE 1"))


def test_no_student_is_in_two_classes_at_once(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        _clash(
            "a",
            "b",
            "FROM enrollments ea JOIN enrollments eb ON eb.user_id = ea.user_id AND eb.id <> ea.id "
            "JOIN sessions a ON a.class_id = ea.class_id AND a.date > date(ea.enrolled_at) "
            f"AND a.date < coalesce(date(ea.dropped_at), {LAST}) "
            "JOIN sessions b ON b.class_id = eb.class_id AND b.date > date(eb.enrolled_at) "
            f"AND b.date < coalesce(date(eb.dropped_at), {LAST}) "
            "WHERE 1",
        ),
    )


def test_classes_have_seats_for_all_and_rooms_for_the_classes(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        "SELECT c.id FROM classes c JOIN enrollments e ON e.class_id = c.id AND e.status = 'active' "
        "GROUP BY c.id HAVING count(*) > max_students",
    )
    _none(rows, "SELECT c.id FROM classes c JOIN rooms r ON r.id = c.room_id WHERE r.capacity < c.max_students")
    states = {status for (status,) in rows.execute("SELECT DISTINCT status FROM enrollments")}
    assert states == {"active", "dropped", "completed", "transferred"}


def test_the_roll_is_called_for_the_enrolled_in_sessions_held(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        "SELECT a.id FROM attendance a JOIN sessions s ON s.id = a.session_id WHERE NOT EXISTS (SELECT 1 FROM enrollments e "
        "WHERE e.user_id = a.user_id AND e.class_id = s.class_id AND date(e.enrolled_at) <= s.date "
        f"AND coalesce(date(e.dropped_at), {LAST}) >= s.date)",
    )
    _none(
        rows,
        "SELECT a.id FROM attendance a JOIN sessions s ON s.id = a.session_id "
        f"WHERE s.status <> 'completed' OR s.date >= '{TODAY}'",
    )
    missing = (
        "SELECT count(*) FROM sessions s WHERE date < ? AND status <> 'cancelled' "
        "AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = s.id)"
    )
    assert 0 < rows.execute(missing, (str(TODAY),)).fetchone()[0] < 40


def test_some_students_were_absent_three_times_in_a_row(rows: sqlite3.Connection) -> None:
    query = (
        "SELECT a.user_id, s.class_id, a.status FROM attendance a JOIN sessions s ON s.id = a.session_id "
        "ORDER BY a.user_id, s.class_id, s.date"
    )
    runs: dict[tuple[str, str], list[str]] = {}
    for user, klass, status in rows.execute(query):
        runs.setdefault((user, klass), []).append(status)
    assert any(each[-3:] == ["absent"] * 3 for each in runs.values())


def test_no_session_falls_on_a_holiday(rows: sqlite3.Connection) -> None:
    _none(
        rows,
        "SELECT s.id FROM sessions s JOIN organizations o ON o.id = s.organization_id, json_each(o.settings, '$.holidays') h "
        "WHERE json_extract(h.value, '$.date') = s.date",
    )


def test_alerts_stand_at_each_level_in_each_state_with_their_steps(
    rows: sqlite3.Connection, loaded: tuple[Path, demo.Loaded]
) -> None:
    query = (
        "SELECT level, CASE WHEN resolved_at IS NOT NULL THEN 'resolved' WHEN (SELECT count(*) FROM alert_acknowledgments k "
        "WHERE k.alert_id = a.id) > 1 THEN 'acted' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged' ELSE 'detected' END "
        "FROM safety_alerts a WHERE organization_id = ?"
    )
    found = {tuple(each) for each in rows.execute(query, loaded[1].organization_ids[:1])}
    assert len(found) == 4 * 4
    _none(rows, "SELECT id FROM safety_alerts WHERE level = 'red' AND detected_by = 'auditor'")


def test_wellbeing_is_what_the_conversations_add_up_to(rows: sqlite3.Connection) -> None:
    rows.create_function("local_day", 1, lambda text: str((dt.datetime.fromisoformat(text) - dt.timedelta(hours=3)).date()))
    _none(
        rows,
        "SELECT w.id FROM wellbeing_snapshots w LEFT JOIN (SELECT student_id, local_day(started_at) AS day, count(*) AS n FROM "
        "chat_sessions GROUP BY 1, 2) c ON c.student_id = w.student_id AND c.day = w.date "
        "WHERE w.session_count <> coalesce(c.n, 0)",
    )


def test_nobody_is_real_and_nobody_has_a_password(rows: sqlite3.Connection) -> None:
    _none(rows, "SELECT email FROM users WHERE email NOT LIKE '%@%.example.com'")
    _none(rows, "SELECT phone FROM users WHERE phone NOT LIKE '+5520%'")
    assert all(is_cpf(cpf) for (cpf,) in rows.execute("SELECT cpf FROM users WHERE cpf IS NOT NULL"))
    _none(rows, "SELECT * FROM credentials")
    _none(rows, "SELECT id FROM organizations WHERE NOT is_demo")


def test_every_minor_has_a_guardian_and_every_person_their_first_role(rows: sqlite3.Connection) -> None:
    minor = TODAY.replace(year=TODAY.year - 18)
    _none(rows, f"SELECT id FROM users WHERE birth_date > '{minor}' AND id NOT IN (SELECT child_id FROM families)")
    _none(rows, "SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND r.role = u.role)")
    twice = rows.execute("SELECT count(*) FROM (SELECT user_id FROM user_roles GROUP BY user_id HAVING count(*) > 1)").fetchone()[
        0
    ]
    assert twice >= 3


def test_what_the_loader_binds_reads_back_as_the_models_say(
    loaded: tuple[Path, demo.Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{loaded[0]}")
    with engine().connect().execution_options(libsql_readonly=True) as connection:
        for table in DRAWN:
            model = model_of(table)
            for row in connection.execute(select(model.__table__).limit(25)).mappings():
                assert is_id(row["id"])
                for name, text in folded(model, row).items():
                    assert row[name] == text
                for column in model.__table__.columns:
                    value, kind = row[column.key], column.type
                    if value is not None and column.key not in ADDED:
                        assert kind.problem(kind.tidy(value)) is None, (table, column.key, value)
    engine().dispose()


def test_the_people_offered_have_something_to_see(
    loaded: tuple[Path, demo.Loaded], monkeypatch: pytest.MonkeyPatch, rows: sqlite3.Connection
) -> None:
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{loaded[0]}")
    faces = {account.role: account.user_id for account in demo_people()}
    engine().dispose()
    assert len(faces) == 6
    student, teacher, parent = faces["student"], faces["teacher"], faces["parent"]
    assert rows.execute("SELECT count(*) FROM knowledge_nodes WHERE user_id = ?", (student,)).fetchone()[0] >= 40
    assert rows.execute("SELECT count(*) FROM memory_graphs WHERE student_id = ?", (student,)).fetchone()[0] == 1
    assert rows.execute("SELECT 1 FROM families WHERE parent_id = ? AND child_id = ?", (parent, student)).fetchone()
    taught = (
        "SELECT 1 FROM enrollments e JOIN classes c ON c.id = e.class_id "
        "WHERE e.user_id = ? AND e.status = 'active' AND c.teacher_id = ?"
    )
    assert rows.execute(taught, (student, teacher)).fetchone()


def test_nothing_lies_in_the_future_but_plans(rows: sqlite3.Connection) -> None:
    plans = {"offer_ends_at", "scheduled_at", "scheduled_for", "follow_up_at", "expires_at"}
    midnight = Calendar(TODAY).at(TODAY, 0).replace(tzinfo=None).isoformat(" ")
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table.name != "trail_entries" else ():  # it says when the demo was loaded
            if type(column.type).__name__ == "Instant" and column.name not in plans:
                _none(
                    rows,
                    f"SELECT '{table.name}.{column.name}', {column.name} FROM {table.name} WHERE {column.name} >= '{midnight}'",
                )


def test_a_second_load_is_refused_and_writes_nothing(
    tmp_path: Path, loaded: tuple[Path, demo.Loaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "again.db"
    shutil.copy(loaded[0], path)
    before = _digests(path)
    monkeypatch.setenv("TURSO_DATABASE_URL", f"file:{path}")
    with pytest.raises(demo.AlreadyLoaded):
        demo.load(today=TODAY)
    with pytest.raises(demo.WrongSize):
        demo.load(students=3)
    engine().dispose()
    assert _digests(path) == before


@pytest.mark.parametrize("day", ["2024-02-29", "2026-01-01", "2026-02-17", "2026-07-19", "2027-12-31"])
def test_any_day_and_size_makes_a_school(tmp_path: Path, empty_file: Path, day: str) -> None:
    heard: list[float] = []
    path, made = _load(
        tmp_path,
        empty_file,
        students=40,
        today=dt.date.fromisoformat(day),
        progress=lambda fraction, _text: heard.append(fraction),
    )
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert made.rows == sum(made.counts.values())
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM sessions WHERE date >= ?", (day,)).fetchone()[0] > 0
        assert connection.execute("SELECT count(*) FROM sessions WHERE date < ?", (day,)).fetchone()[0] > 0


def test_a_large_school_leaves_the_indexes_as_they_were(
    tmp_path: Path, empty_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shape(path: Path) -> list[tuple[str, str, str]]:
        with sqlite3.connect(path) as connection:
            return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()

    monkeypatch.setattr(demo, "MANY", 40)
    path, _loaded = _load(tmp_path, empty_file, students=40, today=TODAY)
    assert shape(path) == shape(empty_file)


def test_keys_are_ulids_that_sort_by_time() -> None:
    keys, calendar = Source("seed").keys("table"), Calendar(TODAY)
    made = [keys(calendar.at(TODAY, minute)) for minute in range(100)]
    assert made == sorted(made)
    assert len(set(made)) == 100
    assert all(is_id(each) for each in made)


def test_easter_falls_where_it_fell() -> None:
    assert [easter(year) for year in (2024, 2025, 2026)] == [dt.date(2024, 3, 31), dt.date(2025, 4, 20), dt.date(2026, 4, 5)]

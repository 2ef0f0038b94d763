"""Whether the trail was changed behind the app's back: every such change is found."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event

from domain.access import bulk
from domain.access.actor import Actor
from domain.access.roles import Role
from domain.access.trail import integrity as trail_integrity
from domain.access.trail import writing as trail_writing
from domain.access.trail.chain import packed
from domain.access.trail.integrity import Fault, Head, heads
from domain.access.trail.kinds import EMPTIED
from domain.access.trail.writing import Change, append
from domain.access.uow import unit_of_work
from domain.cli.main import main
from domain.db.engine import engine
from domain.kit.ids import new_id
from domain.operations.models import Room, SchoolClass
from domain.records import write
from domain.supervision.models import AlertAcknowledgment
from domain.toolbox.models import Todo
from tests.conftest import School
from tests.domain.trailing import another_school, asked, chains, difference, entries, faults, last_number, told
from tests.factories.rows import MOMENT, Rows

# Whether it was changed.


def test_the_triggers_refuse_every_change_but_an_emptying(school: School) -> None:
    refused = [
        "UPDATE trail_entries SET at = at",
        "UPDATE trail_entries SET hash = 'x'",
        "DELETE FROM trail_entries",
        "DELETE FROM trail_values",
        "INSERT OR REPLACE INTO trail_entries SELECT * FROM trail_entries",
        "INSERT OR REPLACE INTO trail_values SELECT * FROM trail_values",
        "UPDATE trail_values SET after = 'x'",
        "UPDATE trail_values SET after = NULL",
        "UPDATE trail_values SET salt = NULL",
        "UPDATE trail_values SET before = NULL, after = NULL, salt = NULL, after_digest = 'x'",
        "UPDATE trail_values SET before = NULL, after = NULL, salt = NULL, record_id = 'x'",
    ]
    for statement in refused:
        with pytest.raises(Exception, match="append only"), engine().begin() as connection:
            connection.exec_driver_sql(statement)
    with engine().begin() as connection:
        count = connection.exec_driver_sql("UPDATE trail_values SET before = NULL, after = NULL, salt = NULL").rowcount
    assert faults() == [Fault(trail_integrity.EMPTIED_UNSAID, count)], "it is possible, and found"


def test_one_of_many_records_is_emptied_and_the_others_still_verify(school: School) -> None:
    with unit_of_work(school.job) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(1001)])
    with engine().begin() as connection:
        connection.exec_driver_sql(
            "UPDATE trail_values SET before = NULL, after = NULL, salt = NULL WHERE record_id = ?", (keys[5],)
        )
    assert faults() == [Fault(trail_integrity.EMPTIED_UNSAID, 1)], "the others still verify"
    assert told(school.job, Room, keys[5])[0].emptied
    assert difference(told(school.job, Room, keys[6])[0])["name"] == (None, "Sala B6")


@pytest.fixture
def tampering(school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A hand with a SQL shell, who has thrown the triggers away; undone at the end. The trail holds all actions, and batches."""
    monkeypatch.setattr(trail_writing, "BATCH", 20)
    other = another_school()
    with unit_of_work(school.job) as session:
        keys = bulk.insert_rows(session, Room, [{"name": f"Sala B{at}", "capacity": 5} for at in range(45)])
        write.create(session, Todo, {"user_id": school.people[Role.STUDENT], "title": "Ler"})
    with unit_of_work(school.job) as session:
        session.get(Room, keys[0]).capacity = 9
        bulk.delete_rows(session, Room, [keys[1]])
    with unit_of_work(other) as session:
        write.create(session, Room, {"name": "Deles", "capacity": 3})
    engine().dispose()
    shutil.copy(tmp_path / "constela.db", tmp_path / "hand.db")
    hand = create_engine(f"sqlite:///{tmp_path / 'hand.db'}")
    _as_a_shell(hand)
    with hand.connect() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'trail%'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.commit()
        assert faults(connection) == []
        yield connection
    hand.dispose()


def _as_a_shell(hand: Engine) -> None:
    @event.listens_for(hand, "connect")
    def _loose(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.isolation_level = None

    @event.listens_for(hand, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


def other_values(column: str, value: Any, strangers: list[Any]) -> list[Any]:
    """What a hand might put into a column instead."""
    if isinstance(value, int):
        return [value + 1000, -value, None, "x"]
    if column == "at":
        return ["2026-01-01 00:00:00.000000", value[:19], f"{value}0"]
    if value is None:
        return ["x", new_id()]
    changed = value[:-1] + ("0" if value[-1] != "0" else "1")
    return [changed, value.lower() if value != value.lower() else value.upper(), "", *strangers]


@pytest.mark.parametrize("table", ["trail_entries", "trail_values"])
def test_every_altered_column_is_found(table: str, tampering: Connection) -> None:
    tried = 0
    keys = [row[0] for row in tampering.exec_driver_sql(f"SELECT id FROM {table} ORDER BY rowid")]
    schools = [row[0] for row in tampering.exec_driver_sql("SELECT id FROM organizations")]
    others = [row[0] for row in tampering.exec_driver_sql("SELECT id FROM trail_entries ORDER BY rowid")][:2]
    tampering.rollback()
    chosen = dict.fromkeys([*keys[:2], keys[len(keys) // 2], *keys[-6:]])
    for key in chosen:
        row = dict(tampering.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (key,)).mappings().one())
        tampering.rollback()
        for column, value in row.items():
            strangers = schools if column == "organization_id" else others if column == "entry_id" else []
            for changed in other_values(column, value, strangers):
                if changed == value:
                    continue
                try:
                    tampering.exec_driver_sql(f'UPDATE {table} SET "{column}" = ? WHERE id = ?', (changed, key))
                except Exception as error:
                    assert "constraint failed" in str(error), error  # noqa: PT017 -- the table itself refuses it
                else:
                    tried += 1
                    assert faults(tampering), (column, value, changed)
                tampering.rollback()
    assert tried > 150


def test_every_entry_that_is_taken_out_is_found_by_its_number(tampering: Connection, school: School) -> None:
    numbers = [
        row[0] for row in tampering.exec_driver_sql("SELECT number FROM trail_entries WHERE organization_id = ?", (school.id,))
    ]
    tampering.rollback()
    for number in numbers[:-1]:
        tampering.exec_driver_sql(
            "DELETE FROM trail_values WHERE entry_id = (SELECT id FROM trail_entries WHERE organization_id = ? AND number = ?)",
            (school.id, number),
        )
        tampering.exec_driver_sql("DELETE FROM trail_entries WHERE organization_id = ? AND number = ?", (school.id, number))
        assert faults(tampering) == [Fault(trail_integrity.MISSING, number + 1)]
        tampering.rollback()


def test_an_entry_taken_out_with_the_later_ones_renumbered_is_found(tampering: Connection, school: School) -> None:
    tampering.exec_driver_sql("DELETE FROM trail_entries WHERE organization_id = ? AND number = 4", (school.id,))
    for number in range(5, 9):
        tampering.exec_driver_sql(
            "UPDATE trail_entries SET number = ? WHERE organization_id = ? AND number = ?", (number - 1, school.id, number)
        )
    assert Fault(trail_integrity.ALTERED, 4) in faults(tampering)


def test_two_entries_that_change_places_are_found(tampering: Connection, school: School) -> None:
    for first, second in ((3, 4), (2, 9)):
        for here, there in ((first, 10_000), (second, first), (10_000, second)):
            tampering.exec_driver_sql(
                "UPDATE trail_entries SET number = ? WHERE organization_id = ? AND number = ?", (there, school.id, here)
            )
        found = faults(tampering)
        assert Fault(trail_integrity.ALTERED, first) in found
        assert Fault(trail_integrity.ALTERED, second) in found
        tampering.rollback()


def test_an_entry_put_in_is_found_wherever_it_is(tampering: Connection, school: School) -> None:
    names = [row[1] for row in tampering.exec_driver_sql("PRAGMA table_info(trail_entries)")]
    listed = ", ".join(names)
    tampering.rollback()
    for at in (3, 5):
        last = last_number(school)
        tampering.exec_driver_sql(
            "UPDATE trail_entries SET number = -number WHERE organization_id = ? AND number >= ?", (school.id, at)
        )
        tampering.exec_driver_sql(
            "UPDATE trail_entries SET number = 1 - number WHERE organization_id = ? AND number < 0", (school.id,)
        )
        copied = ", ".join({"id": f"'{new_id()}'", "number": str(at)}.get(name, name) for name in names)
        tampering.exec_driver_sql(
            f"INSERT INTO trail_entries ({listed}) SELECT {copied} FROM trail_entries WHERE organization_id = ? AND number = 1",
            (school.id,),
        )
        assert Fault(trail_integrity.ALTERED, at) in faults(tampering)
        tampering.rollback()
        copied = ", ".join({"id": f"'{new_id()}'", "number": str(last + 1)}.get(name, name) for name in names)
        tampering.exec_driver_sql(
            f"INSERT INTO trail_entries ({listed}) SELECT {copied} FROM trail_entries WHERE organization_id = ? AND number = 1",
            (school.id,),
        )
        assert Fault(trail_integrity.ALTERED, last + 1) in faults(tampering)
        tampering.rollback()


def test_an_entry_rewritten_with_its_own_hash_is_found_by_the_next(tampering: Connection, school: School) -> None:
    where = (school.id, 3)
    row = dict(
        tampering.exec_driver_sql("SELECT * FROM trail_entries WHERE organization_id = ? AND number = ?", where).mappings().one()
    )
    row["job"] = "someone else"
    tampering.exec_driver_sql(
        "UPDATE trail_entries SET job = ?, hash = ? WHERE id = ?", (row["job"], trail_integrity.hash_of(row), row["id"])
    )
    assert faults(tampering) == [Fault(trail_integrity.UNCHAINED, 4)]


def test_numbers_that_nothing_keeps_apart_any_more_are_found(tampering: Connection, school: School) -> None:
    tampering.exec_driver_sql("CREATE TABLE copied AS SELECT * FROM trail_entries")
    tampering.exec_driver_sql("DROP TABLE trail_entries")
    tampering.exec_driver_sql("ALTER TABLE copied RENAME TO trail_entries")
    assert faults(tampering) == []
    tampering.exec_driver_sql("INSERT INTO trail_entries SELECT * FROM trail_entries WHERE number = 3")
    assert Fault(trail_integrity.REPEATED, 3) in faults(tampering)


def test_values_taken_out_put_in_or_left_behind_are_found(tampering: Connection, school: School) -> None:
    statements = [
        "DELETE FROM trail_values WHERE rowid = 3",
        "DELETE FROM trail_values WHERE rowid = 40",
        "INSERT INTO trail_values (id, organization_id, entry_id, record_id) SELECT 'x', organization_id, entry_id, record_id "
        "FROM trail_values WHERE rowid = 3",
        "INSERT INTO trail_values (id, organization_id, entry_id, record_id) SELECT 'x', organization_id, 'nowhere', record_id "
        "FROM trail_values WHERE rowid = 3",
        "INSERT INTO trail_values (id, organization_id, entry_id, record_id, after) SELECT 'x', organization_id, id, record_id, "
        "'words' FROM trail_entries WHERE table_name = 'todos'",
        "UPDATE trail_values SET after = (SELECT after FROM trail_values WHERE rowid = 40) WHERE rowid = 41",
    ]
    for statement in statements:
        assert tampering.exec_driver_sql(statement).rowcount == 1
        found = {each.source for each in faults(tampering)}
        assert found, statement
        assert trail_integrity.VALUES_MISSING in found or not statement.startswith("DELETE"), "and told for what they are"
        tampering.rollback()


@pytest.fixture
def emptied(tampering: Connection, school: School) -> str:
    """The key of values that were emptied, and said to be."""
    emptying = "UPDATE trail_values SET before = NULL, after = NULL, salt = NULL WHERE id = ?"
    [key] = tampering.exec_driver_sql("SELECT id FROM trail_values WHERE organization_id = ? LIMIT 1", (school.id,)).scalars()
    tampering.exec_driver_sql(emptying, (key,))
    append(tampering, Actor.system(school.id, "retention"), [Change("D", EMPTIED, (), 1)])
    assert faults(tampering) == []
    return str(key)


@pytest.mark.parametrize("column", ["before", "after", "salt"])
def test_words_put_into_what_was_emptied_are_found(column: str, emptied: str, tampering: Connection) -> None:
    tampering.exec_driver_sql(f"UPDATE trail_values SET {column} = 'x' WHERE id = ?", (emptied,))
    assert faults(tampering)


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("changed", ["x", 7])
def test_another_number_of_what_was_emptied_is_found(changed: object, tampering: Connection, school: School) -> None:
    where = "WHERE organization_id = ? AND table_name = ?"
    tampering.exec_driver_sql(f"UPDATE trail_entries SET records = ? {where}", (changed, school.id, EMPTIED))
    assert trail_integrity.ALTERED in {each.source for each in faults(tampering)}


def test_a_shorter_chain_is_found_against_an_exported_head(tampering: Connection, school: School) -> None:
    exported = heads(tampering)
    last = exported[school.id].number
    for statement in (
        "DELETE FROM trail_values WHERE entry_id IN (SELECT id FROM trail_entries WHERE organization_id = ? AND number > ?)",
        "DELETE FROM trail_entries WHERE organization_id = ? AND number > ?",
    ):
        tampering.exec_driver_sql(statement, (school.id, last - 2))
    assert faults(tampering) == [], "by itself a shorter chain is whole"
    assert faults(tampering, exported) == [Fault(trail_integrity.CUT, last)]


def test_a_chain_rewritten_from_its_middle_is_found_against_an_exported_head(tampering: Connection, school: School) -> None:
    exported = heads(tampering)
    rows = [
        dict(row)
        for row in tampering.exec_driver_sql(
            "SELECT * FROM trail_entries WHERE organization_id = ? ORDER BY number", (school.id,)
        ).mappings()
    ]
    rows[2]["job"] = "someone else"
    for row, before in zip(rows[2:], rows[1:], strict=False):
        row["previous_hash"] = before["hash"]
        row["hash"] = trail_integrity.hash_of(row)
        tampering.exec_driver_sql(
            "UPDATE trail_entries SET job = ?, previous_hash = ?, hash = ? WHERE id = ?",
            (row["job"], row["previous_hash"], row["hash"], row["id"]),
        )
    assert faults(tampering) == [], "whoever can write everything can write a whole chain"
    assert faults(tampering, exported) == [Fault(trail_integrity.OTHER, exported[school.id].number)]


def test_a_school_that_is_gone_is_found_against_an_exported_head(tampering: Connection) -> None:
    gone = Head(7, "a" * 64)
    assert faults(tampering, {"01ARZ3NDEKTSV4RRFFQ69G5FAV": gone}) == [Fault(trail_integrity.CUT, 7)]


def test_the_walk_reads_page_by_page(tampering: Connection, monkeypatch: pytest.MonkeyPatch, school: School) -> None:
    monkeypatch.setattr(trail_integrity, "PAGE", 3)
    monkeypatch.setattr(trail_integrity, "ROWS", 2)
    assert faults(tampering) == []
    tampering.exec_driver_sql(
        "UPDATE trail_entries SET job = 'x' WHERE organization_id = ? AND number IN (3, 4, 7)", (school.id,)
    )
    assert [fault.number for fault in faults(tampering)] == [3, 4, 7]


def test_many_faults_are_counted_and_the_first_are_told(tampering: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_integrity, "TOLD", 2)
    tampering.exec_driver_sql("UPDATE trail_entries SET job = 'x'")
    chain = max(chains(tampering), key=lambda each: each.entries)
    assert (chain.fault_count, len(chain.faults)) == (chain.entries, 2)


def test_fields_never_run_into_one_another() -> None:
    lists = [["ab", "c"], ["a", "bc"], ["abc"], ["ab", "c", None], ["ab", "c", ""], [1, "c"], ["1", "c"], [b"1", "c"], [1.0, "c"]]
    assert len({packed(each) for each in lists}) == len(lists)


# The command.


def test_the_command_verifies_exports_and_compares(school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = last_number(school)
    exported = tmp_path / "heads.json"
    assert main(["integrity", "verify"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"escola-aurora: number {number}, {entries(school.id)[-1]['hash']}",
        "The trail is as it was written.",
    ]
    assert main(["integrity", "export", str(exported)]) == 0
    assert json.loads(exported.read_text())["heads"][0]["number"] == number
    with unit_of_work(school.job) as session:
        session.get(SchoolClass, school.klass).name = "English A1+"
    capsys.readouterr()
    assert main(["integrity", "verify", "--json", "--expect", str(exported)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["whole"], said["chains"][0]["head"]["number"]) == (True, number + 1)


def test_the_command_says_which_number_was_altered(school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A trigger that is gone is found before the trail is looked at: the hand puts it back.
    [trigger] = asked("SELECT sql FROM sqlite_master WHERE name = 'tr_trail_entries_no_update'")
    with engine().begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tr_trail_entries_no_update")
        connection.exec_driver_sql("UPDATE trail_entries SET job = 'nobody' WHERE number = 7")
        connection.exec_driver_sql(trigger["sql"])
    assert main(["integrity", "verify"]) == 1
    assert "! Entry 7 was altered or put in." in capsys.readouterr().out
    assert main(["integrity", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["chains"][0]["faults"] == [{"number": 7, "what": "Entry 7 was altered or put in."}]


def test_a_file_that_holds_no_heads_is_told(school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "heads.json").write_text("[]")
    assert main(["integrity", "verify", "--expect", str(tmp_path / "heads.json")]) == 2
    assert "holds no heads of a trail" in capsys.readouterr().err
    assert main(["integrity", "verify", "--expect", str(tmp_path / "none.json")]) == 1


def test_a_step_that_is_only_ever_added_is_told(school: School) -> None:
    with unit_of_work(school.job) as session:
        step = Rows(session.connection(), school.id).values("alert_acknowledgments", timestamp=MOMENT)
        [key] = bulk.insert_rows(session, AlertAcknowledgment, [step])
    assert difference(told(school.job, AlertAcknowledgment, key)[0])["timestamp"] == (None, MOMENT)

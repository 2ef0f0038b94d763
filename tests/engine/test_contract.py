"""What the app asks of its engine holds on a file, on a server over HTTP, and on a server over WebSocket."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from domain.db.base import Base
from domain.db.engine import make_engine
from domain.db.errors import GONE, OUTSIDE, REQUIRED, TAKEN, Unbalanced, translate
from domain.db.meter import metered
from domain.kit.errors import DomainError, InvalidInput, StillNeeded, Unchangeable
from domain.migrations import state
from tests.engine.servers import Sqld
from tests.factories.rows import MOMENT, Rows

KINDS = ["file", "http", "websocket"]
NOTES = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", String, nullable=False, unique=True),
    Column("sealed", LargeBinary),
    Column("said", JSON),
)


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine of each kind on a migrated database, with a table for notes beside the app's."""
    if request.param == "file":
        made = make_engine(f"file:{tmp_path_factory.mktemp('contract') / 'school.db'}")
    else:
        server: Sqld = request.getfixturevalue("namespace_server")
        name = f"contract-{secrets.token_hex(4)}"
        server.create_namespace(name)
        made = make_engine(f"{'ws' if request.param == 'websocket' else 'http'}://127.0.0.1:{server.port}/?namespace={name}")
    assert state.upgrade(made) == (None, state.head())
    NOTES.create(made)
    yield made
    made.dispose()
    if request.param != "file":
        server.drop_namespace(name)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is undone."""
    with engine.connect() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def notes(engine: Engine) -> Iterator[Engine]:
    """The engine, whose notes are thrown away afterwards."""
    yield engine
    with engine.begin() as opened:
        opened.execute(delete(NOTES))


def words(engine: Engine) -> list[str]:
    with engine.connect().execution_options(libsql_readonly=True) as reader:
        return list(reader.scalars(select(NOTES.c.word).order_by(NOTES.c.id)))


def note(connection: Connection, word: str) -> None:
    connection.execute(insert(NOTES).values(word=word))


def note_and_fail(connection: Connection, word: str) -> None:
    note(connection, word)
    raise DomainError


# The schema


def as_text(found: Any) -> Any:
    """What was reflected, its types and conditions as texts, which are equal where they say the same."""
    if isinstance(found, dict):
        return {key: as_text(each) for key, each in found.items()}
    if isinstance(found, list):  # a table made anew lists its constraints in another order
        return sorted((as_text(each) for each in found), key=str)
    return str(found)


def test_a_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    assert state.current(engine) == state.head()
    assert state.upgrade(engine) == (state.head(), state.head())
    with engine.begin() as opened:
        NOTES.drop(opened)
    try:
        assert state.drift(engine) == []
    finally:
        NOTES.create(engine)


def test_the_schema_looks_the_same_from_every_engine(engine: Engine, empty_file: Any) -> None:
    file = make_engine(f"file:{empty_file}")
    seen = []
    for each in (engine, file):
        told = inspect(each)
        names = [name for name in told.get_table_names() if name != "notes"]
        assert set(names) >= set(Base.metadata.tables)
        kinds = [told.get_multi_columns, told.get_multi_pk_constraint, told.get_multi_foreign_keys, told.get_multi_indexes]
        kinds += [told.get_multi_unique_constraints, told.get_multi_check_constraints]
        seen.append([{key: as_text(found) for key, found in kind().items() if key[1] in names} for kind in kinds])
    file.dispose()
    assert seen[0] == seen[1]


# Transactions


def test_a_transaction_is_saved_as_a_whole_or_not_at_all(notes: Engine) -> None:
    with notes.begin() as opened:
        note(opened, "sol")
        assert words(notes) == []
    with pytest.raises(DomainError), notes.begin() as opened:
        note_and_fail(opened, "mar")
    with notes.connect() as opened:
        note(opened, "lua")
    assert words(notes) == ["sol"]


def test_a_savepoint_is_undone_alone(notes: Engine) -> None:
    with notes.begin() as opened:
        note(opened, "sol")
        with pytest.raises(DomainError), opened.begin_nested():
            note_and_fail(opened, "mar")
        with opened.begin_nested():
            note(opened, "lua")
        inner = opened.begin_nested()
        note(opened, "rio")
        inner.rollback()
    assert words(notes) == ["sol", "lua"]


def test_a_snapshot_stays_while_others_write(notes: Engine) -> None:
    with notes.begin() as opened:
        note(opened, "sol")
    with notes.connect().execution_options(libsql_readonly="snapshot") as reader:
        before = reader.scalar(select(func.count()).select_from(NOTES))
        with notes.begin() as opened:
            note(opened, "mar")
        assert reader.scalar(select(func.count()).select_from(NOTES)) == before == 1
    assert words(notes) == ["sol", "mar"]


def test_a_reader_waits_for_no_writer(notes: Engine) -> None:
    with notes.begin() as writer:
        note(writer, "sol")
        with notes.connect().execution_options(libsql_readonly=True) as reader:
            assert reader.scalar(select(func.count()).select_from(NOTES)) == 0
    assert words(notes) == ["sol"]


def test_the_readonly_option_ends_with_its_connection(notes: Engine) -> None:
    for _again in range(3):
        with notes.connect().execution_options(libsql_readonly=True) as reader:
            assert reader.scalar(text("SELECT 1")) == 1
        with notes.begin() as opened:
            note(opened, f"sol {_again}")
    assert len(words(notes)) == 3


# Statements


def test_returning_gives_what_was_written(notes: Engine) -> None:
    with notes.begin() as opened:
        made = opened.execute(insert(NOTES).values(word="sol").returning(NOTES.c.id, NOTES.c.word)).one()
        assert made.word == "sol"
        assert opened.execute(insert(NOTES).values(word="mar")).inserted_primary_key == (made.id + 1,)
        changed = opened.execute(update(NOTES).values(word=NOTES.c.word + "!").returning(NOTES.c.word)).scalars()
        assert sorted(changed) == ["mar!", "sol!"]
        assert opened.execute(delete(NOTES).where(NOTES.c.id == made.id)).rowcount == 1
    assert words(notes) == ["mar!"]


def test_five_thousand_rows_are_few_requests(notes: Engine) -> None:
    rows = [{"word": f"word {at}"} for at in range(5_000)]
    with metered() as meter, notes.begin() as opened:
        opened.execute(insert(NOTES), rows)
    assert meter.round_trips <= 10
    assert words(notes) == [row["word"] for row in rows]
    with notes.begin() as opened:
        opened.execute(delete(NOTES))
        with metered() as meter:
            made = opened.execute(insert(NOTES).returning(NOTES.c.id, NOTES.c.word), rows).all()
        assert meter.statements <= 10
        assert made == opened.execute(select(NOTES.c.id, NOTES.c.word).order_by(NOTES.c.id)).all()


def test_blobs_and_json_come_back(notes: Engine) -> None:
    sealed = bytes(range(256)) * 2_000
    said = {"name": "Conceição", "marks": [1, 2.5, None, True], "more": {"𝄞": "\u0000"}}
    with notes.begin() as opened:
        opened.execute(insert(NOTES), [{"word": "a", "sealed": sealed, "said": said}, {"word": "b", "sealed": b"", "said": []}])
        rows = opened.execute(select(NOTES.c.sealed, NOTES.c.said).order_by(NOTES.c.word)).all()
        assert rows == [(sealed, said), (b"", [])]
        assert opened.scalars(select(NOTES.c.word).where(NOTES.c.said["name"].as_string() == "Conceição")).all() == ["a"]
        assert opened.scalar(select(func.json_group_array(NOTES.c.word))) == '["a","b"]'
        assert opened.scalar(select(func.json_array("a", 1, None))) == '["a",1,null]'
        assert opened.scalar(select(func.length(NOTES.c.sealed)).where(NOTES.c.word == "a")) == len(sealed)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("'Ana' LIKE 'ana'", 1),
        ("'Árvore' LIKE 'árvore'", 0),
        (r"'50%' LIKE '50\%' ESCAPE '\'", 1),
        (r"'50 x' LIKE '50\%' ESCAPE '\'", 0),
        ("'Árvore' GLOB '[AÁaá]rvore'", 1),
        ("'ana' GLOB 'Ana*'", 0),
        ("'5B' GLOB '[0-9][A-Z]'", 1),
        ("'b' > 'A'", 1),
        ("'a' = 'A' COLLATE NOCASE", 1),
        ("'é' = 'É' COLLATE NOCASE", 0),
        ("upper('é') = 'é'", 1),
        ("length('𝄞é')", 2),
        ("1 = '1'", 0),
        ("7 / 2", 3),
    ],
)
def test_texts_are_compared_alike(connection: Connection, condition: str, holds: int) -> None:
    assert connection.exec_driver_sql(f"SELECT {condition}").scalar_one() == holds


def test_texts_are_ordered_alike(notes: Engine) -> None:
    given = ["b", "a", "B", "Á", "á", "z", "Z", "", "10", "9", "𝄞", "\uffff"]
    with notes.begin() as opened:
        opened.execute(insert(NOTES), [{"word": each} for each in given])
        assert opened.scalars(select(NOTES.c.word).order_by(NOTES.c.word)).all() == sorted(given, key=lambda each: each.encode())


# What the database refuses


def refused(connection: Connection, action: Any) -> DomainError:
    with pytest.raises(DBAPIError) as raised:
        action()
    assert isinstance(raised.value, IntegrityError)
    assert isinstance(raised.value.orig, connection.dialect.dbapi.IntegrityError)  # type: ignore[union-attr]
    return translate(raised.value)


def problems(error: DomainError) -> list[tuple[str, str]]:
    assert isinstance(error, InvalidInput), error
    return [(each.field, each.source) for each in error.problems]


def test_a_broken_constraint_is_told_at_its_field(connection: Connection) -> None:
    rows = Rows(connection)
    room = rows.add("rooms", name="Sala 1")
    rooms = Base.metadata.tables["rooms"]
    here = rooms.c.id == room

    again = refused(connection, lambda: rows.add("rooms", name="Sala 1"))
    assert problems(again) == [("name", TAKEN)]
    emptied = refused(connection, lambda: connection.execute(text("UPDATE rooms SET name = NULL WHERE id = :id"), {"id": room}))
    assert problems(emptied) == [("name", REQUIRED)]
    seats = refused(connection, lambda: connection.execute(text("UPDATE rooms SET capacity = 0 WHERE id = :id"), {"id": room}))
    assert problems(seats) == [("capacity", OUTSIDE)]
    rows.add("classes", room_id=room)
    assert isinstance(refused(connection, lambda: connection.execute(delete(rooms).where(here))), StillNeeded)


def test_a_trigger_is_told_for_what_it_guards(connection: Connection) -> None:
    rows = Rows(connection)
    stranger = Rows(connection).add("users")
    wall = refused(connection, lambda: rows.add("cost_centers", manager_id=stranger))
    assert problems(wall) == [("manager_id", GONE)]
    log = rows.add("memory_audit_log")
    table = Base.metadata.tables["memory_audit_log"]
    assert isinstance(refused(connection, lambda: connection.execute(delete(table).where(table.c.id == log))), Unchangeable)
    entry = rows.add("journal_entries")
    post = text("UPDATE journal_entries SET status = 'posted', posted_at = :at WHERE id = :id")
    assert isinstance(refused(connection, lambda: connection.execute(post, {"at": MOMENT.isoformat(), "id": entry})), Unbalanced)
    assert connection.scalar(select(func.count()).select_from(table)) == 1, "the transaction stands"


def test_a_wrong_statement_is_no_one_elses_fault(connection: Connection) -> None:
    with pytest.raises(OperationalError, match="no such table: nowhere"):
        connection.execute(text("SELECT * FROM nowhere"))
    assert connection.scalar(select(literal(1))) == 1


# What only libSQL can


def test_the_dialect_says_what_the_database_can(engine: Engine, connection: Connection) -> None:
    supports = getattr(engine.dialect, "supports", lambda _ability: False)
    try:
        connection.exec_driver_sql("CREATE TABLE points (id INTEGER PRIMARY KEY, at F32_BLOB(2))")
        connection.exec_driver_sql("CREATE INDEX points_at ON points (libsql_vector_idx(at))")
        connection.exec_driver_sql("INSERT INTO points VALUES (1, vector32('[0, 1]')), (2, vector32('[1, 0]'))")
        near = connection.exec_driver_sql("SELECT id FROM vector_top_k('points_at', vector32('[1, 0.1]'), 1)").scalar_one()
        can = near == 2
    except OperationalError:
        can = False
    assert [supports(each) for each in ("vector_top_k", "vector32", "vector_distance_cos", "libsql_vector_idx")] == [can] * 4
    assert can == (engine.dialect.driver == "libsql")
    assert not supports("time_travel")

"""Values go to the server and come back as they were, to the last bit; what can't is refused before anything is sent."""

import datetime as dt
import json
import math
import random
import sqlite3
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.db.libsql import dbapi, errors
from domain.db.libsql.trips import counted
from domain.db.libsql.values import LARGEST, SMALLEST, decode, encode
from tests.engine.servers import Sqld

SMALLEST_SUBNORMAL, LARGEST_FLOAT = 5e-324, sys.float_info.max
INTEGERS = st.integers(SMALLEST, LARGEST)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(st.none(), INTEGERS, FLOATS, TEXTS, st.binary())

INTEGER_ENDS = [0, 1, -1, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, LARGEST, SMALLEST]
FLOAT_ENDS = [0.0, -0.0, 0.1, 1 / 3, 1e15, 1e16, 2.0**53, 2.0**63, -1e300, SMALLEST_SUBNORMAL, sys.float_info.min]
FLOAT_ENDS += [-SMALLEST_SUBNORMAL, LARGEST_FLOAT, -LARGEST_FLOAT, math.nextafter(1.0, 2.0), 123456789012345680.0]
REFUSED = [
    pytest.param(math.nan, errors.DataError, id="no number"),
    pytest.param(math.inf, errors.DataError, id="infinity"),
    pytest.param(-math.inf, errors.DataError, id="minus infinity"),
    pytest.param(2**63, errors.DataError, id="one above 64 bits"),
    pytest.param(-(2**63) - 1, errors.DataError, id="one below 64 bits"),
    pytest.param("a\ud800b", errors.DataError, id="the first half of a surrogate pair"),
    pytest.param("\udfff", errors.DataError, id="the second half of a surrogate pair"),
    pytest.param(Decimal("1.5"), errors.ProgrammingError, id="a Decimal"),
    pytest.param(object(), errors.ProgrammingError, id="an object"),
    pytest.param([1], errors.ProgrammingError, id="a list"),
    pytest.param(1j, errors.ProgrammingError, id="a complex number"),
]
GARBLED = [
    None, 7, "text", [], {}, {"type": "date", "value": "x"}, {"type": []}, {"type": "integer"}, {"type": "integer", "value": "x"},
    {"type": "integer", "value": None}, {"type": "float", "value": "1.5"}, {"type": "float", "value": True}, {"type": "float"},
    {"type": "text", "value": 7}, {"type": "text"}, {"type": "blob", "base64": "###"}, {"type": "blob", "base64": "é"},
    {"type": "blob", "base64": 7}, {"type": "blob", "base64": "A"}, {"type": "blob"},
]  # fmt: skip


def bits(value: object) -> object:
    """A value so that only the same one, of the same type, is equal: 1, 1.0 and True differ, as do 0.0 and -0.0."""
    return (type(value), struct.pack("<d", value) if isinstance(value, float) else value)


def over_the_wire(value: object) -> object:
    return decode(json.loads(json.dumps(encode(value), ensure_ascii=False).encode()))


# The codec


@given(VALUES)
@example(-0.0)
@example(SMALLEST_SUBNORMAL)
@example("\0")
@example("")
@example(b"")
def test_a_value_is_read_as_it_was_written(value: object) -> None:
    assert bits(over_the_wire(value)) == bits(value)


@given(INTEGERS)
def test_an_integer_travels_as_text(value: int) -> None:
    assert encode(value) == {"type": "integer", "value": str(value)}


@pytest.mark.parametrize(("value", "read"), [(True, 1), (False, 0), (bytearray(b"ab"), b"ab"), (memoryview(b"ab"), b"ab")])
def test_a_likeness_of_a_value_becomes_the_value(value: object, read: object) -> None:
    assert bits(over_the_wire(value)) == bits(read)


@given(st.datetimes() | st.dates() | st.times())
def test_dates_and_times_are_written_as_sqlite3_writes_them(value: dt.datetime | dt.date | dt.time) -> None:
    expected = value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    assert encode(value) == {"type": "text", "value": expected}


@given(st.binary())
def test_a_blob_is_read_without_its_padding(value: bytes) -> None:
    wire = encode(value)
    assert decode({**wire, "base64": wire["base64"].rstrip("=")}) == value


@given(INTEGERS)
def test_an_integral_float_that_lost_its_point_is_still_a_float(value: int) -> None:
    assert bits(decode({"type": "float", "value": value})) == bits(float(value))


@pytest.mark.parametrize(("value", "error"), REFUSED)
def test_what_no_column_holds_is_refused(value: object, error: type[errors.Error]) -> None:
    with pytest.raises(error) as raised:
        encode(value)
    assert len(str(raised.value)) > 10


@pytest.mark.parametrize("said", GARBLED, ids=repr)
def test_a_garbled_value_is_no_answer(said: Any) -> None:
    with pytest.raises(errors.NoAnswer):
        decode(said)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | FLOATS | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "value", "base64"]), inner),
    )
)
def test_nothing_that_a_server_says_breaks_the_reader_otherwise(said: Any) -> None:
    try:
        found = decode(said)
    except (errors.NoAnswer, errors.DataError):
        return
    assert found is None or type(found) in {int, float, str, bytes}


def test_an_infinite_result_is_told_as_such() -> None:
    with pytest.raises(errors.DataError, match="infinite"):
        decode({"type": "float", "value": None})


# Through the server

Ask = Callable[[list[Any]], list[Any]]


@pytest.fixture(params=["url", "ws_url"], ids=["http", "websocket"])
def connection(request: pytest.FixtureRequest, sqld: Sqld) -> Iterator[dbapi.Connection]:
    with dbapi.connect(getattr(sqld, request.param)) as made:
        made.readonly = True
        yield made


@pytest.fixture
def ask(connection: dbapi.Connection) -> Ask:
    """Values through the server and back, all in one round trip."""

    def asked(values: list[Any]) -> list[Any]:
        found: list[Any] = []
        recorded = []
        with connection.recording():
            for at in range(0, len(values), 500):
                part = values[at : at + 500]
                with pytest.raises(dbapi.Recorded) as noted:
                    connection.execute(f"SELECT {', '.join('?' * len(part))}", part)
                recorded.append((part, noted.value))
        with counted() as trips:
            connection.prefetch([noted for _part, noted in recorded])
            for part, _noted in recorded:
                found += connection.execute(f"SELECT {', '.join('?' * len(part))}", part).fetchall()[0]
        assert trips.count == 1
        return found

    return asked


def test_the_ends_of_what_can_be_written_come_back(ask: Ask) -> None:
    values = [None, "", b"", "\0", "a\0b", *INTEGER_ENDS, *FLOAT_ENDS]
    assert [bits(each) for each in ask(values)] == [bits(each) for each in values]


def test_a_megabyte_comes_back(ask: Ask) -> None:
    blob = bytes(range(256)) * 4096
    text = "é𝄞\0x" * 131_072
    assert ask([blob, text]) == [blob, text]


def test_every_assigned_character_comes_back(ask: Ask) -> None:
    """4,096 to a text: every plane with characters, the private ones, NUL, and combining marks after what they don't fit."""
    assigned = "".join(chr(at) for at in range(sys.maxunicode + 1) if unicodedata.category(chr(at)) not in {"Cs", "Cn"})
    texts = [assigned[at : at + 4096] for at in range(0, len(assigned), 4096)]
    assert {ord(each) >> 16 for each in assigned} >= {0, 1, 2, 3, 14, 15, 16}
    assert ask(texts) == texts


def test_any_values_come_back(ask: Ask) -> None:
    @given(st.lists(VALUES, min_size=100, max_size=200))
    def come_back(values: list[object]) -> None:
        assert [bits(each) for each in ask(values)] == [bits(each) for each in values]

    settings(max_examples=10)(come_back)()


def test_any_float_comes_back_by_its_bits(ask: Ask) -> None:
    """Patterns of bits, not numbers: so subnormals and the ends are as likely as the rest."""
    chosen = random.Random(7)
    patterns = (struct.unpack("<d", chosen.randbytes(8))[0] for _ in range(20_000))
    values = [each for each in patterns if math.isfinite(each)]
    values += [math.ldexp(chosen.choice([-1, 1]) * chosen.random(), -1030 - chosen.randrange(44)) for _ in range(2_000)]
    assert len(values) > 20_000
    assert [bits(each) for each in ask(values)] == [bits(each) for each in values]


def test_dates_come_back_as_their_text(ask: Ask) -> None:
    values = [dt.datetime(2026, 2, 28, 23, 59, 59, 1), dt.date(1, 1, 1), dt.time(0, 0)]  # noqa: DTZ001 - as the columns hold them
    assert ask(values) == ["2026-02-28 23:59:59.000001", "0001-01-01", "00:00:00"]


def test_a_column_does_with_values_what_a_file_does(sqld: Sqld) -> None:
    """Types by affinity: a REAL column makes 0.0 of -0.0, an INTEGER one 5 of 5.0 and of '5', a TEXT one '5' of 5."""
    values = [None, 0.0, -0.0, 5, 5.0, "5", "5.0", "x", b"5", 2**53 + 1, 1e20, SMALLEST_SUBNORMAL, LARGEST]
    rows = [[at, *[each] * 5] for at, each in enumerate(values)]
    create = "CREATE TABLE affinities (id INTEGER PRIMARY KEY, r REAL, i INTEGER, n NUMERIC, t TEXT, b BLOB)"
    found = []
    with sqlite3.connect(":memory:") as file, dbapi.connect(sqld.url) as server:
        for each in (file, server):
            each.execute(create)
            cursor = each.cursor()
            cursor.executemany("INSERT INTO affinities VALUES (?, ?, ?, ?, ?, ?)", rows)
            found.append(each.execute("SELECT * FROM affinities ORDER BY id").fetchall())
            assert each.execute("SELECT r FROM affinities WHERE id = 2").fetchone()[0].hex() == "0x0.0p+0"
        server.rollback()
    file.close()
    assert [[bits(value) for value in row] for row in found[0]] == [[bits(value) for value in row] for row in found[1]]


@pytest.mark.parametrize(("value", "error"), REFUSED)
def test_what_is_refused_is_never_sent(connection: dbapi.Connection, value: object, error: type[errors.Error]) -> None:
    with counted() as trips:
        with pytest.raises(error):
            connection.execute("SELECT ?", (value,))
        with pytest.raises(error):
            connection.execute("SELECT :value", {"value": value})
        with pytest.raises(error):
            connection.cursor().executemany("INSERT INTO nowhere VALUES (?)", [(1,), (value,)])
        connection.rollback()
    assert trips.count == 0


def test_a_value_above_the_servers_limit_is_a_wrong_value(connection: dbapi.Connection, ask: Ask) -> None:
    """5 MB, as measured on sqld 0.24; the transaction goes on without it."""
    largest = b"x" * 5_000_000
    assert ask([largest]) == [largest]
    connection.readonly = "snapshot"
    with pytest.raises(errors.DataError, match="too big"):
        connection.execute("SELECT ?", (largest + b"x",))
    with pytest.raises(errors.DataError, match="too big"):
        connection.execute("SELECT zeroblob(5000001)")
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
    connection.commit()


def test_rows_above_the_servers_limit_are_told_and_the_transaction_goes_on(connection: dbapi.Connection) -> None:
    connection.readonly = "snapshot"
    with pytest.raises(errors.OperationalError, match="too large") as raised:
        connection.execute("SELECT zeroblob(4000000), zeroblob(4000000), zeroblob(4000000)")
    assert raised.value.code == "RESPONSE_TOO_LARGE"
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
    connection.commit()


def test_an_infinite_result_is_refused_and_the_transaction_goes_on(connection: dbapi.Connection) -> None:
    connection.readonly = "snapshot"
    with pytest.raises(errors.DataError, match="infinite"):
        connection.execute("SELECT 9e999")
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
    connection.commit()

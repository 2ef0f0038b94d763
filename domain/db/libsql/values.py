"""Python values to Hrana's and back, exactly.

| Python | Hrana | note |
|---|---|---|
| None | null | |
| bool, int | integer | 64 bits with a sign, as text, so that no reader of JSON rounds it |
| float | float | the shortest decimal that reads back as the same 64 bits; NaN and infinity are refused |
| str | text | anything but lone surrogates, which no UTF-8 holds |
| bytes, bytearray, memoryview | blob | base64; a server may leave its padding away |
| date, time, datetime | text | ISO 8601, a space between day and time, as sqlite3 does |
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from domain.db.libsql.errors import DataError, NoAnswer, ProgrammingError

Wire = dict[str, Any]

LARGEST = 2**63 - 1
SMALLEST = -(2**63)


def encode(value: object) -> Wire:
    """A value as Hrana writes it. Raises DataError for what the database can't hold, ProgrammingError for other types."""
    writer = WRITERS.get(type(value)) or next((WRITERS[base] for base in type(value).__mro__ if base in WRITERS), None)
    if writer is None:
        raise ProgrammingError(f"no column holds a {type(value).__name__}")
    return writer(value)


def _integer(value: int) -> Wire:
    if not SMALLEST <= value <= LARGEST:
        raise DataError("an integer of more than 64 bits")
    return {"type": "integer", "value": str(int(value))}


def _float(value: float) -> Wire:
    if not isfinite(value):
        raise DataError("a float that is no number or infinite")
    return {"type": "float", "value": float(value)}


def _text(value: str) -> Wire:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DataError("a text with half of a surrogate pair") from None
    return {"type": "text", "value": value}


def _blob(value: bytes | bytearray | memoryview) -> Wire:
    return {"type": "blob", "base64": b64encode(value).decode("ascii")}


WRITERS: dict[type, Callable[[Any], Wire]] = {
    type(None): lambda _value: {"type": "null"},
    int: _integer,
    bool: _integer,
    float: _float,
    str: _text,
    bytes: _blob,
    bytearray: _blob,
    memoryview: _blob,
    datetime: lambda value: _text(value.isoformat(" ")),
    date: lambda value: _text(value.isoformat()),
    time: lambda value: _text(value.isoformat()),
}


def decode(value: Wire) -> object:
    """A value as Hrana wrote it. Raises NoAnswer for what is none, DataError for an infinite float, which JSON can't hold."""
    try:
        return READERS[value["type"]](value)
    except (KeyError, TypeError, ValueError, Base64Error):
        raise NoAnswer("the server's answer holds a value that can't be read") from None


def _read_float(value: Wire) -> float:
    found = value["value"]
    if found is None:
        raise DataError("the result holds an infinite number, which the protocol can't carry")
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return float(found)
    raise ValueError


def _read_text(value: Wire) -> str:
    found = value["value"]
    if isinstance(found, str):
        return found
    raise ValueError


def _read_blob(value: Wire) -> bytes:
    found = value["base64"]
    return b64decode(found + "=" * (-len(found) % 4), validate=True)


READERS: dict[str, Callable[[Wire], object]] = {
    "null": lambda _value: None,
    "integer": lambda value: int(value["value"]),
    "float": _read_float,
    "text": _read_text,
    "blob": _read_blob,
}

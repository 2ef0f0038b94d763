"""The trail's hashes: SHA-256 over fields that can't run into one another, as hexadecimal text.

Each field is said with its kind and its length, so that no two lists of fields give the same bytes. The first byte tells what is
hashed, as in RFC 6962: 0 an entry, 2 a record's values on one side, 3 the values' digests of all records of an entry.
"""

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

VERSION = "constela trail 1"
BEGINNING = "0" * 64  # what the first entry of a chain follows
ENTRY, VALUES, DIGESTS = b"\x00", b"\x02", b"\x03"
BEFORE, AFTER = "before", "after"
# Every column of an entry but the hash itself.
HASHED = (
    "organization_id",
    "number",
    "id",
    "at",
    "unit",
    "user_id",
    "role",
    "job",
    "action",
    "table_name",
    "record_id",
    "records",
    "before_digest",
    "after_digest",
    "row_version",
    "previous_hash",
)
LENGTH = struct.Struct(">I").pack


def packed(fields: Iterable[Any]) -> bytes:
    """Fields as bytes, each with its kind and length: texts, whole numbers, nothing, and whatever else a database may hold."""
    return b"".join(map(_packed, fields))


def _packed(value: Any) -> bytes:
    if type(value) is str:  # nearly all of them are
        try:
            said = value.encode()
        except UnicodeEncodeError:
            said = value.encode("utf-8", "surrogatepass")
        return b"s" + LENGTH(len(said)) + said
    kind, said = _said(value)
    return kind + LENGTH(len(said)) + said


def _said(value: Any) -> tuple[bytes, bytes]:
    if value is None:
        return b"n", b""
    if isinstance(value, bytes):
        return b"b", value
    if isinstance(value, int):
        return b"i", str(int(value)).encode()
    if isinstance(value, str):
        return b"s", value.encode("utf-8", "surrogatepass")
    return b"o", repr(value).encode()


def hash_of(entry: Mapping[str, Any]) -> str:
    """An entry's hash, from its columns as they are stored."""
    return sha256(ENTRY + packed([VERSION, *(entry[name] for name in HASHED)])).hexdigest()


def digest(side: str, document: Any, salt: Any) -> str | None:
    """The salted digest of what was before or after; nothing for nothing."""
    if document is None:
        return None
    return sha256(_head(side) + _packed(salt) + _packed(document)).hexdigest()


@cache
def _head(side: str) -> bytes:
    return VALUES + packed([VERSION, side])


def digest_of_all(side: str, rows: Iterable[Mapping[str, Any]]) -> str | None:
    """One digest over all records of an entry, from the rows of their values; nothing where no record has any on this side."""
    found = sorted(rows, key=lambda row: str(row["record_id"]))
    name = f"{side}_digest"
    if all(row[name] is None for row in found):
        return None
    told = sha256(DIGESTS + packed([VERSION, side, len(found)]))
    shared: dict[Any, bytes] = {}  # what all rows of an entry have alike
    for row in found:
        middle = (row["organization_id"], row["row_version"])
        if middle not in shared:
            shared[middle] = packed(middle)
        told.update(_packed(row["id"]) + shared[middle] + _packed(row["record_id"]) + _packed(row[name]))
    return told.hexdigest()

"""What kind of statement a text is, as far as a driver must know."""

import re
from enum import Enum, auto

_SKIPPED = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$)|[(;])*", re.S)
_WORD = re.compile(r"[A-Za-z]+")
_WRITES = re.compile(r"\b(?:insert|update|delete|replace)\b", re.I)
_FOREIGN_KEYS = re.compile(r"pragma\s+(?:main\s*\.\s*)?foreign_keys\s*(?:=\s*|\(\s*)['\"]?(\w+)['\"]?\s*\)?\s*;?\s*$", re.I)
_PRAGMA = re.compile(r"pragma\s+(?:\w+\s*\.\s*)?(\w+)\s*(\()?", re.I)
_TO_SAVEPOINT = re.compile(r"rollback\s+(?:transaction\s+)?to\b", re.I)
TELLING = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"}
TELLING |= {"foreign_key_check", "integrity_check", "quick_check"}
DOING = {"wal_checkpoint", "optimize", "incremental_vacuum", "shrink_memory"}
ON = {"on", "yes", "true", "1"}
COUNTED = {"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"}


class Kind(Enum):
    """What the driver does with a statement beyond sending it."""

    READ = auto()
    OTHER = auto()
    BEGIN = auto()
    COMMIT = auto()
    ROLLBACK = auto()
    SAVEPOINT = auto()


def keyword(sql: str) -> str:
    """The first word of a statement, in capitals; comments, brackets and semicolons before it are passed over."""
    start = _SKIPPED.match(sql)
    found = _WORD.match(sql, start.end() if start else 0)
    return found[0].upper() if found else ""


def kind(sql: str) -> Kind:
    """What kind of statement this is. Only what surely changes nothing is a READ."""
    word = keyword(sql)
    if word in {"SELECT", "VALUES", "EXPLAIN"}:
        return Kind.READ
    if word == "WITH":
        return Kind.OTHER if _WRITES.search(sql) else Kind.READ
    if word == "PRAGMA":
        return Kind.READ if _reads(sql) else Kind.OTHER
    if word == "ROLLBACK":
        start = _SKIPPED.match(sql)
        return Kind.SAVEPOINT if _TO_SAVEPOINT.match(sql, start.end() if start else 0) else Kind.ROLLBACK
    return KINDS.get(word, Kind.OTHER)


def _reads(sql: str) -> bool:
    """Whether a PRAGMA only tells something: one that is known to, or one without a value."""
    start = _SKIPPED.match(sql)
    found = _PRAGMA.match(sql, start.end() if start else 0)
    if found is None or "=" in sql:
        return False
    name = found[1].lower()
    return name in TELLING or (found[2] is None and name not in DOING)


KINDS = {"BEGIN": Kind.BEGIN, "COMMIT": Kind.COMMIT, "END": Kind.COMMIT, "SAVEPOINT": Kind.SAVEPOINT, "RELEASE": Kind.SAVEPOINT}


def foreign_keys(sql: str) -> bool | None:
    """What `PRAGMA foreign_keys = …` sets; None for any other statement."""
    found = _FOREIGN_KEYS.match(sql.strip())
    return found[1].lower() in ON if found else None

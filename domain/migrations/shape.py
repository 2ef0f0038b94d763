"""The shape of a database as it stands in `sqlite_master`, in a form in which two of them can be compared.

What SQLite keeps is the text of each statement as it was given, so an ALTER leaves quotes, spaces and an order of constraints
that a CREATE doesn't, and a default gets parentheses: these are evened out, and nothing else is.
"""

import re

from sqlalchemy import Connection

NOT_OURS = {"alembic_version"}
_WORDS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|\w+|\s+|.", re.DOTALL)


def shape(connection: Connection) -> dict[str, str]:
    """Every table, index and trigger of ours by kind and name, with its evened-out statement."""
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        f"{kind} {name}": even(sql) for kind, name, table, sql in rows if table not in NOT_OURS and not name.startswith("sqlite_")
    }


def differences(have: dict[str, str], want: dict[str, str]) -> list[str]:
    """What the first shape lacks, has too much of, or has otherwise than the second: a line each."""
    found = [f"missing: {name}" for name in want if name not in have]
    found += [f"not in the models: {name}" for name in have if name not in want]
    found += [
        f"differs: {name}\n  has   {have[name]}\n  wants {want[name]}"
        for name in want
        if name in have and have[name] != want[name]
    ]
    return found


def even(sql: str) -> str:
    """A statement without what doesn't matter: quotes, spaces, comments, a default's parentheses, the order of constraints."""
    words = _plain_words(sql)
    if [word.upper() for word in words[:2]] != ["CREATE", "TABLE"] or "(" not in words:
        return " ".join(words)
    start = words.index("(")
    end = len(words) - 1 - words[::-1].index(")")
    parts = [" ".join(part) for part in _parts(words[start + 1 : end])]
    columns = [part for part in parts if not _is_constraint(part)]
    constraints = sorted(part for part in parts if _is_constraint(part))
    return " ".join([*words[:start], "(", " , ".join(columns + constraints), ")", *words[end + 1 :]])


def mentions(sql: str, name: str) -> bool:
    """Whether a statement speaks of a table or column by this name."""
    return name in _plain_words(sql)


def _plain_words(sql: str) -> list[str]:
    found = []
    for word in _WORDS.findall(sql):
        if word.isspace() or word.startswith(("--", "/*")):
            continue
        found.append(word[1:-1] if word[0] in '"`[' else word)
    return _bare_defaults(found)


def _bare_defaults(words: list[str]) -> list[str]:
    """`DEFAULT ('')` as `DEFAULT ''`: a rebuild adds the parentheses."""
    found: list[str] = []
    at = 0
    while at < len(words):
        found.append(words[at])
        if words[at].upper() == "DEFAULT" and words[at + 1 : at + 2] == ["("] and words[at + 3 : at + 4] == [")"]:
            found.append(words[at + 2])
            at += 3
        at += 1
    return found


def _parts(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _is_constraint(part: str) -> bool:
    return part.split(" ", 1)[0].upper() in {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}

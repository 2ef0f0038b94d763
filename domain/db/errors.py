"""From what the driver says to what a person can be told: the field, and why."""

import re

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from domain.db.base import ADDED, Base
from domain.kit.errors import (
    DatabaseReadOnly,
    DatabaseUnavailable,
    DomainError,
    InvalidInput,
    NotFound,
    Problem,
    StillNeeded,
    Unchangeable,
)
from domain.kit.texts import N_

REQUIRED = N_("Please fill this in.")
TAKEN = N_("Another record has this already.")
GONE = N_("The record chosen here doesn't exist any more. Please choose again.")
OUTSIDE = N_("This value isn't allowed here.")
IN_A_CIRCLE = N_("Its level must be one more than that of what it stands under.")
TOGETHER = N_("These don't fit together: {labels}.")


class Unbalanced(DomainError):
    """An entry was to be posted whose sides don't agree."""

    source = N_("This entry can't be posted: it needs two lines or more, on accounts that take entries, debits equal to credits.")


class Busy(DatabaseUnavailable):
    """Someone else wrote for longer than a writer waits."""

    source = N_("The database is busy. What you typed is kept; please try again.")


def translate(error: BaseException) -> DomainError:
    """The domain's error for one of the driver's. Holds no token and no row of data."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, StaleDataError):
        return NotFound()
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    if isinstance(error, IntegrityError):
        return _integrity(said)
    if "readonly" in said or "read-only" in said:
        return DatabaseReadOnly()
    if "locked" in said or "busy" in said:
        return Busy()
    return DatabaseUnavailable()


def _integrity(said: str) -> DomainError:
    if found := re.search(r"(UNIQUE|NOT NULL) constraint failed: (.+)", said):
        columns = [each.split(".")[-1] for each in found[2].split(", ")]
        name = next((each for each in reversed(columns) if each not in ADDED), columns[-1])
        return InvalidInput([Problem(name, TAKEN if found[1] == "UNIQUE" else REQUIRED)])
    if found := re.search(r"CHECK constraint failed: (\w+)", said):
        return InvalidInput(_check(found[1]))
    if found := re.search(r"wrong school: \w+\.(\w+)", said):
        return InvalidInput([Problem(found[1], GONE)])
    if found := re.search(r"loop: \w+\.(\w+)", said):
        return InvalidInput([Problem(found[1], IN_A_CIRCLE)])
    if "append only" in said or "locked:" in said:
        return Unchangeable()
    if "unbalanced:" in said:
        return Unbalanced()
    return StillNeeded([])


def _check(constraint: str) -> list[Problem]:
    for table in Base.metadata.tables.values():
        for check in table.constraints:
            if isinstance(check, CheckConstraint) and check.name == constraint:
                return check_problems(table, check)
    return [Problem("", OUTSIDE)]


def check_problems(table: Table, check: CheckConstraint) -> list[Problem]:
    """What a broken CHECK says, at the fields that it speaks of. A check may carry its own words in `info["message"]`."""
    columns = check_columns(table, check)
    if message := check.info.get("message"):
        return [Problem(columns[-1] if columns else "", message)]
    if len(columns) == 1:
        return [Problem(columns[0], OUTSIDE)]
    labels = tuple(str(table.columns[name].info.get("label", name)) for name in columns)
    return [Problem(name, TOGETHER, {"labels": labels}) for name in columns]


def check_columns(table: Table, check: CheckConstraint) -> list[str]:
    """The columns that a CHECK speaks of, in the table's order."""
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", str(check.sqltext))))
    return [column.name for column in table.columns if column.name in words]

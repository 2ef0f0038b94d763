"""What tests of pages share."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.db.engine import engine
from tests.conftest import School
from tests.factories.rows import Rows

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def sql(school: School) -> Ask:
    """The test's database, asked in plain SQL by a program of its own."""
    path = Path(str(engine().url.database))

    def ask(statement: str, *values: Any) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    return ask


@pytest.fixture
def rooms(school: School) -> list[str]:
    """Three rooms beside Sala 1: João (10 seats, in use), Áurea (20, in use), Zélia (30, not)."""
    with engine().begin() as connection:
        rows = Rows(connection, school.id)
        made = (("João", 10, True), ("Áurea", 20, True), ("Zélia", 30, False))
        return [rows.add("rooms", name=name, capacity=seats, is_active=used) for name, seats, used in made]

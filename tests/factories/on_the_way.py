"""Someone whose password was right just now, and what the database keeps of them."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from domain.access import my_factor, second_factor, steps
from domain.access.accounts import accounts, connected, table_named
from domain.access.roles import Role
from domain.access.steps import Step, begin
from domain.db.engine import engine
from domain.kit import clock

ANYWHERE = ""  # no network address: only the account's own attempts count


def proven(role: Role) -> Step:
    """Someone whose password was right just now."""
    users = table_named("users")
    with connected(writing=False) as connection:
        found = accounts(connection, users.c.email == f"{role}@example.com")
    [step] = begin([account for account, _hash in found])
    return step


def rows(model: Any) -> list[Any]:
    with engine().connect() as connection:
        return list(connection.execute(select(model.__table__)))


def let_time_pass(monkeypatch: pytest.MonkeyPatch, span: dt.timedelta) -> None:
    then = clock.now() + span
    for module in (steps, second_factor, my_factor):
        monkeypatch.setattr(module, "now", lambda: then)

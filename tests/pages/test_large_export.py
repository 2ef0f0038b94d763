"""A hundred thousand rows leave as a file in memory that doesn't grow with them."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from domain.access.roles import Role
from domain.db.base import model_of
from domain.db.engine import engine
from domain.kit.ids import new_id
from pages._shell.state import COOKIE
from tests.conftest import School
from tests.factories.rows import Rows
from tests.pages.files import APP, token_of

pytestmark = pytest.mark.long
MB = 1024 * 1024
ROWS, MAY_GROW = 100_000, 40 * MB


def memory() -> int:
    """Bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def streamed(path: str, token: str) -> tuple[int, int]:
    """How many bytes came, none of which was kept, and by how much this process grew at most."""
    came, most, before, over = 0, 0, memory(), threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.02):
            most = max(most, memory())

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        found = next(asked, None)
        if found is None:
            await asyncio.sleep(3600)
        return found

    async def send(message: Any) -> None:
        nonlocal came
        assert message.get("status", 200) == 200
        came += len(message.get("body", b""))

    headers = [(b"host", b"localhost"), (b"cookie", f"{COOKIE}={token}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http", "headers": headers}
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        asyncio.run(APP(scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}, receive, send))
    finally:
        over.set()
        watching.join()
    return came, most - before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_leave_in_constant_memory(school: School, kind: str) -> None:
    leads = model_of("leads").__table__
    with engine().begin() as connection:
        row = Rows(connection, school.id).values("leads")
        for _each in range(ROWS // 5000):
            connection.execute(insert(leads), [row | {"id": new_id()} for _row in range(5000)])
    token = token_of(school, Role.SCHOOL)
    streamed(f"/export/rooms.{kind}", token)  # what is loaded once is no growth
    came, grew = streamed(f"/export/leads.{kind}", token)
    assert came > MB
    assert grew < MAY_GROW

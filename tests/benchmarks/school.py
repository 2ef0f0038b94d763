"""A database file of its own for a benchmark, with a school and many leads in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event, insert

from domain.access.roles import Role
from domain.access.sign_in import issue_ticket, redeem
from domain.crm.models import Lead
from domain.db.base import folded
from domain.db.engine import engine
from domain.kit.clock import now
from domain.kit.ids import new_id
from domain.migrations.state import upgrade
from tests.conftest import School, make_school

FIRST = ("João", "Ana", "Luís", "Conceição", "Márcia", "Inês", "Otávio", "Bia", "Caíque", "Zoé")
LAST = ("Ávila", "Souza", "Brandão", "Queirós", "Lima", "Fagundes", "Sá", "Éboli", "Moraes", "Tôrres")
STATUSES = ("new", "contacted", "qualified", "trial", "enrolled", "lost")


@contextmanager
def database() -> Iterator[Path]:
    """A migrated, empty database that the environment names while this lasts."""
    before = os.environ.get("TURSO_DATABASE_URL")
    with TemporaryDirectory() as folder:
        os.environ["TURSO_DATABASE_URL"] = f"file:{folder}/bench.db"
        try:
            upgrade()
            yield Path(folder) / "bench.db"
        finally:
            engine().dispose()
            if before is None:
                del os.environ["TURSO_DATABASE_URL"]
            else:
                os.environ["TURSO_DATABASE_URL"] = before


def school_with_leads(count: int) -> tuple[School, str]:
    """A school with so many leads, and a token of its coordinator."""
    school = make_school()
    moment = now()
    rows = []
    for at in range(count):
        name = f"{FIRST[at % 10]} {LAST[at // 10 % 10]} {at}"
        row = {"id": new_id(), "organization_id": school.id, "name": name, "source": "website"}
        row["created_at"] = moment - timedelta(minutes=at)  # as leads come: one after the other
        row |= {
            "status": STATUSES[at % 6],
            "phone": f"+55119{at:08d}",
            "notes": "asked about " + ("mornings" if at % 9 else "evenings"),
        }
        rows.append(row | folded(Lead, row))
    with engine().begin() as connection:
        connection.execute(insert(Lead.__table__), rows)
        connection.exec_driver_sql("ANALYZE")
    token = redeem(issue_ticket(school.people[Role.SCHOOL], Role.SCHOOL))
    assert token
    return school, token


class Statements:
    """Counts what the database is asked."""

    def __init__(self) -> None:
        self.count = 0
        event.listen(engine(), "before_cursor_execute", self._counted)

    def _counted(self, *_arguments: object) -> None:
        self.count += 1

    def take(self) -> int:
        """How many since the last time."""
        found, self.count = self.count, 0
        return found

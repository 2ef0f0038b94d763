"""A lesson of the demo school's teacher that goes on now, with as many students as a test wants."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import domain.registry  # noqa: F401 -- every model known
from domain.db.engine import make_engine
from tests.factories.rows import Rows

ZONE = ZoneInfo("America/Sao_Paulo")
BEGAN_AGO = dt.timedelta(minutes=4)
LASTS = dt.timedelta(minutes=60)
TEACHER = """SELECT id, organization_id FROM users WHERE role = 'teacher' AND is_active
  AND organization_id = (SELECT min(id) FROM organizations WHERE is_demo) ORDER BY id"""


def add_lesson(
    database: Path, *, students: int, places: int = 24, name: str = "Órbita da Tarde", skip: int = 0
) -> dict[str, str]:
    """A class of the teacher's whom one click enters, whose session began some minutes ago.

    `class`, `session`, and the students' keys by their names. `skip`: how many students before those are left to other lessons.
    """
    with closing(sqlite3.connect(database)) as asked:
        teacher, school = asked.execute(TEACHER).fetchone()
    engine = make_engine(f"file:{database}")
    wall = dt.datetime.now(ZONE).replace(tzinfo=None)
    start = max(wall - BEGAN_AGO, wall.replace(hour=0, minute=0)).replace(second=0, microsecond=0)
    end = min(start + LASTS, wall.replace(hour=23, minute=59)).replace(second=0, microsecond=0)
    with engine.begin() as connection:
        rows = Rows(connection, school)
        term = connection.exec_driver_sql("SELECT id FROM terms WHERE is_current AND organization_id = ?", (school,)).scalar_one()
        level = connection.exec_driver_sql("SELECT id FROM levels WHERE organization_id = ?", (school,)).scalars().first()
        room = (
            connection.exec_driver_sql("SELECT id FROM rooms WHERE organization_id = ? ORDER BY capacity DESC, id", (school,))
            .scalars()
            .first()
        )
        given = {"term_id": term, "level_id": level, "room_id": room, "is_active": True, "max_students": places}
        keys = {"class": rows.add("classes", name=name, teacher_id=teacher, **given)}
        times = {"date": wall.date(), "start_time": start.time(), "end_time": end.time()}
        keys["session"] = rows.add("sessions", class_id=keys["class"], status="scheduled", **times)
        people = connection.exec_driver_sql(
            "SELECT id, first_name || ' ' || last_name FROM users WHERE role = 'student' AND is_active AND organization_id = ? "
            "ORDER BY sort_text LIMIT ? OFFSET ?",
            (school, students, skip),
        )
        began = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
        for key, called in people.all():
            keys[called] = key
            rows.add("enrollments", class_id=keys["class"], user_id=key, enrolled_at=began, status="active")
    engine.dispose()
    return keys

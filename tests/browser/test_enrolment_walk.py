"""A full class: someone joins its list, someone moves away after a look at what that touches, the seat is offered and taken."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.server import Server

pytestmark = pytest.mark.browser

# A full class of the larger school, someone who sits there alone, someone in no class, and where there is a seat at other hours.
FOUND = """
WITH school AS (SELECT organization_id AS id FROM classes GROUP BY 1 ORDER BY count(*) DESC LIMIT 1),
  active AS (SELECT * FROM enrollments WHERE status = 'active'),
  seats AS (
    SELECT c.id, c.name, c.level_id, c.max_students, (SELECT count(*) FROM active WHERE class_id = c.id) AS taken,
      (SELECT count(*) FROM waiting_entries w WHERE w.class_id = c.id AND w.closed_at IS NULL) AS waiting
    FROM classes c WHERE c.is_active AND c.organization_id = (SELECT id FROM school)
  )
SELECT f.id, f.name, f.max_students, e.id, e.user_id, n.id, t.id, t.name, l.code
FROM seats f
  JOIN active e ON e.class_id = f.id AND (SELECT count(*) FROM active a WHERE a.user_id = e.user_id) = 1
  JOIN users n ON n.organization_id = (SELECT id FROM school) AND n.role = 'student' AND n.is_active
    AND n.id NOT IN (SELECT user_id FROM active) AND n.id NOT IN (SELECT user_id FROM waiting_entries)
  JOIN seats t ON t.taken < t.max_students AND NOT t.waiting AND NOT EXISTS (
    SELECT 1 FROM schedules a JOIN schedules b ON a.day_of_week = b.day_of_week AND a.start_time < b.end_time
      AND b.start_time < a.end_time WHERE a.class_id = f.id AND b.class_id = t.id)
  JOIN levels l ON l.id = t.level_id
WHERE f.taken = f.max_students
ORDER BY f.id, e.id, n.id, t.id
"""


def test_a_seat_goes_from_who_leaves_to_who_waited(demo: Path, demo_server: Server, window: OpenWindow) -> None:
    with closing(sqlite3.connect(demo)) as connection:
        full, name, places, stay, leaving, newcomer, target, target_name, level = connection.execute(FOUND).fetchone()
    reception = window(demo_server).enter("staff").open(f"/enrolment?person={newcomer}&class={full}")
    reception.says(f"{name} is full: {places} of {places} places are taken.")
    expect(reception.at("enrol-yes")).to_have_count(0)
    reception.click(f"join-{full}").says(f"On the waiting list of {name}.").is_well()

    school = window(demo_server).enter("school").open(f"/enrolment?person={leaving}")
    school.click(f"transfer-{stay}")
    if not school.at(f"choose-{target}").count():
        school.choose("transfer-level", f"{target_name.rsplit(f' {level} ', 1)[0]} · {level} ")
    school.click(f"choose-{target}")
    school.says("Nothing is done yet. This is what it touches:").says("The seat that frees is offered to")
    school.type("leave-reason", "Other hours suit better.").click("leave-yes")
    school.says(f"Moved out of {name}").says(f"Joined {target_name}").says("Other hours suit better.").is_well()

    reception.open(f"/enrolment?tab=waiting&class={full}").says(f"{places - 1} of {places} places taken").says("1 seat on offer")
    reception.page.get_by_role("button", name="Accept").click()
    reception.settle().says(f"{places} of {places} places taken")
    expect(reception.page.get_by_role("button", name="Accept")).to_have_count(0)
    reception.is_well()

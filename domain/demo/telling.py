"""What people were told: of sessions to come that are cancelled, moved or given by a substitute."""

from datetime import timedelta
from typing import Any

from domain.demo.operations import clock
from domain.demo.plan import Group, Meeting, Person, Rows, School
from domain.operations.meetings import CANCELLED, MOVED, SUBSTITUTED
from domain.outbox.words import CHILDREN, packed


def notices(school: School) -> Rows:
    """For each such session, a notice to its students, their guardians who may see them, and its teachers."""
    keys, random = school.source.keys("notices"), school.source.random("notices")
    guardians: dict[str, list[Person]] = {}
    for link in school.links:
        if link.access == "all" and (link.agreed or link.child.is_minor(school.today)):
            guardians.setdefault(link.child.id, []).append(link.parent)
    for group in school.current_groups:
        for meeting in group.meetings:
            said = _said(group, meeting) if meeting.day > school.today else None
            if said is None:
                continue
            kind, source, params = said
            told: dict[str, str] = {each.id: "" for each in (group.teacher, meeting.substitute) if each}
            for member in group.members:
                if member.status == "active":
                    told[member.student.id] = ""
                    for parent in guardians.get(member.student.id, ()):
                        told[parent.id] = ", ".join(filter(None, (told.get(parent.id), member.student.first)))
            day = school.calendar.last_open_day(school.today - timedelta(days=1))
            at = school.calendar.at(day, random.randrange(9 * 60, 17 * 60))
            for person, child in told.items():
                yield {
                    "id": keys(at),
                    "user_id": person,
                    "kind": kind,
                    "source": source,
                    "params": {**params, CHILDREN: child} if child else params,
                    "table_name": "sessions",
                    "record_id": meeting.id,
                    "read_at": at + timedelta(minutes=random.randrange(5, 300)) if random.random() < 0.5 else None,
                    "created_at": at,
                }


def _said(group: Group, meeting: Meeting) -> tuple[str, str, dict[str, Any]] | None:
    """What was said of a session, if anything: kind, source and what fills its places."""
    params: dict[str, Any] = {"klass": group.name, "day": meeting.day, "time": clock(group.slot.start), "reason": meeting.reason}
    if meeting.status == "cancelled":
        return "session_cancelled", CANCELLED, packed(params)
    if meeting.start is not None:
        return "session_moved", MOVED, packed({**params, "new_day": meeting.day, "new_time": clock(meeting.start)})
    if meeting.substitute:
        return "session_substituted", SUBSTITUTED, packed({**params, "teacher": meeting.substitute.name})
    return None

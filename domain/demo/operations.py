"""The school's week: rooms, terms, classes, sessions held and to come, who was there."""

from datetime import date, time
from functools import cache

from domain.demo.plan import Group, Meeting, Membership, Rows, School

ROLL_MISSING, CANCELLED = 0.035, 0.02
CANCELLED_WHY = (
    "Professora doente; reposição combinada com a turma.",
    "Falta de energia no bairro.",
    "Feira cultural da escola.",
)
DONE = (
    "Revisão do vocabulário e jogo em duplas.",
    "Leitura em voz alta; lição de casa: três frases.",
    "Debate curto. A turma pediu mais prática de escuta.",
    "Prática da técnica com o laboratório.",
    "Correção da tarefa e gravação das falas.",
)


@cache
def clock(minutes: int) -> time:
    """Minutes after midnight as a time of day."""
    return time(minutes // 60, minutes % 60)


def plan(school: School) -> None:
    """Meet each class from its pattern and term, and decide what became of each meeting."""
    keys, random = school.source.keys("sessions"), school.source.random("sessions")
    for group in school.groups:
        for day in school.calendar.meeting_days(group.slot.weekdays, group.term.dates):
            held = day < school.today
            chance = random.random()
            if held:
                status = "cancelled" if chance < CANCELLED else "completed"
            else:
                status = "cancelled" if chance < CANCELLED / 4 else "scheduled"
            recent = group.term.dates.is_current and (school.today - day).days < 40
            attended = status == "completed" and not (recent and random.random() < ROLL_MISSING)
            if status == "completed" and not attended and random.random() < 0.5:
                status = "scheduled"  # nobody closed it yet
            group.meetings.append(Meeting(keys(school.calendar.at(day, group.slot.start)), day, status, attended))


def rooms(school: School) -> Rows:
    """Where classes meet; one room is being painted."""
    for at, (key, name, seats) in enumerate(school.rooms):
        used = at < 3 or any(group.room == key for group in school.groups[:400])
        yield {"id": key, "name": name, "capacity": seats, "is_active": used}


def terms(school: School) -> Rows:
    """The last, the present and the coming term."""
    for term in school.terms:
        dates = term.dates
        yield {
            "id": term.id,
            "name": dates.name,
            "start_date": dates.start,
            "end_date": dates.end,
            "is_current": dates.is_current,
        }


def classes(school: School) -> Rows:
    """The classes of last and present term."""
    for group in school.groups:
        yield {
            "id": group.id,
            "term_id": group.term.id,
            "level_id": group.level.id,
            "teacher_id": group.teacher.id,
            "room_id": group.room,
            "name": group.name,
            "max_students": group.seats,
            "is_active": group.term.dates.is_current,
        }


def schedules(school: School) -> Rows:
    """The weekly pattern of each class."""
    keys = school.source.keys("schedules")
    for group in school.groups:
        for day in group.slot.weekdays:
            yield {
                "id": keys(group.created),
                "class_id": group.id,
                "day_of_week": day,
                "start_time": clock(group.slot.start),
                "end_time": clock(group.slot.end),
            }


def sessions(school: School) -> Rows:
    """The meetings of each class."""
    random = school.source.random("sessions", "notes")
    for group in school.groups:
        for meeting in group.meetings:
            notes = random.choice(CANCELLED_WHY) if meeting.status == "cancelled" else None
            if meeting.attended and random.random() < 0.4:
                notes = random.choice(DONE)
            yield {
                "id": meeting.id,
                "class_id": group.id,
                "date": meeting.day,
                "start_time": clock(group.slot.start),
                "end_time": clock(group.slot.end),
                "status": meeting.status,
                "notes": notes,
            }


def present_members(school: School, group: Group, day: date) -> list[Membership]:
    """Who was enrolled when a class met."""
    begun = school.calendar.at(day, group.slot.start)
    return [each for each in group.members if each.since <= begun and (each.until is None or each.until > begun)]


def attendance(school: School) -> Rows:
    """Who was there. A few students stay away three times or more in a row."""
    keys, random = school.source.keys("attendance"), school.source.random("attendance")
    for group in school.groups:
        habits = {each.id: random.betavariate(14, 1.6) for each in group.members}
        held = [meeting for meeting in group.meetings if meeting.attended]
        silent = {each.id for each in group.members if each.status == "active" and each.student.number % 17 == 5}
        for at, meeting in enumerate(held):
            last_three = group.term.dates.is_current and at >= len(held) - 3
            start, called = group.slot.start, school.calendar.at(meeting.day, group.slot.start + 5)
            for member in present_members(school, group, meeting.day):
                status, late = "present", random.randrange(-9, 4)
                if last_three and member.id in silent:
                    status = "absent"
                elif random.random() > habits[member.id]:
                    status = random.choices(("absent", "late", "excused"), (55, 30, 15))[0]
                    late = random.randrange(6, 30)
                here = status in {"present", "late"}
                yield {
                    "id": keys(called),
                    "session_id": meeting.id,
                    "user_id": member.student.id,
                    "status": status,
                    "checked_in_at": school.calendar.at(meeting.day, start + late) if here else None,
                    "notes": "Atestado médico entregue na recepção." if status == "excused" else None,
                }

"""The school's week: rooms, terms, classes, sessions held and to come, who was there."""

from datetime import date, time
from functools import cache

from domain.demo.plan import Group, Meeting, Membership, Rows, School

ROLL_MISSING, CANCELLED = 0.035, 0.02
MOVED, SUBSTITUTED = 0.02, 0.04  # of the sessions to come
NOON = 12 * 60 + 10  # when no class meets: a session that moves there is in nobody's way
SOON = 21  # days ahead for which such changes are known
CANCELLED_WHY = (
    "Professora doente; reposição combinada com a turma.",
    "Falta de energia no bairro.",
    "Feira cultural da escola.",
)
MOVED_WHY = ("Visita guiada ao planetário à tarde.", "Reunião da equipe no horário da aula.")
SUBSTITUTED_WHY = ("A professora da turma está em um curso.", "Troca de horário combinada entre os professores.")
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
    schedule_keys = school.source.keys("schedules")
    for group in school.groups:
        group.weekly = {day: schedule_keys(group.created) for day in group.slot.weekdays}
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
    _change(school)


def _change(school: School) -> None:
    """Why sessions were cancelled; of those to come soon, a few are moved to noon, a few given to someone free that day."""
    random = school.source.random("sessions", "changes")
    busy: dict[int, set[str]] = {}
    for group in school.current_groups:
        for day in group.slot.weekdays:
            busy.setdefault(day, set()).add(group.teacher.id)
    taken: set[tuple[date, str]] = set()
    for group in school.groups:
        for meeting in group.meetings:
            if meeting.status == "cancelled":
                meeting.reason = random.choice(CANCELLED_WHY)
            if meeting.status != "scheduled" or not 0 < (meeting.day - school.today).days <= SOON:
                continue
            chance, weekday = random.random(), meeting.day.isoweekday() % 7
            free = [each for each in school.teachers if each.active and each.id not in busy.get(weekday, set())]
            free = [each for each in free if (meeting.day, each.id) not in taken]
            if chance < MOVED and weekday != 6 and (meeting.day, group.room) not in taken:
                # One a day in a room, and with a teacher: those at noon are in each other's way.
                if (meeting.day, group.teacher.id) not in taken and not any(each == meeting.day for each, _who in taken):
                    meeting.start, meeting.reason = NOON, random.choice(MOVED_WHY)
                    taken |= {(meeting.day, group.room), (meeting.day, group.teacher.id)}
            elif chance > 1 - SUBSTITUTED and free:
                meeting.substitute, meeting.reason = random.choice(free), random.choice(SUBSTITUTED_WHY)
                taken.add((meeting.day, meeting.substitute.id))


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
    for group in school.groups:
        for day, key in group.weekly.items():
            yield {
                "id": key,
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
            notes = random.choice(DONE) if meeting.attended and random.random() < 0.4 else None
            start = group.slot.start if meeting.start is None else meeting.start
            yield {
                "id": meeting.id,
                "class_id": group.id,
                "date": meeting.day,
                "start_time": clock(start),
                "end_time": clock(start + group.slot.end - group.slot.start),
                "status": meeting.status,
                "notes": notes,
                "schedule_id": group.weekly[meeting.day.isoweekday() % 7],
                "planned_for": meeting.day,
                "teacher_id": meeting.substitute.id if meeting.substitute else None,
                "reason": meeting.reason,
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

"""Ninety days of each student in figures, and the conversations that they add up from. Nothing here is derived from words."""

from collections.abc import Iterator
from datetime import timedelta
from math import sin
from typing import NamedTuple

from domain.demo.plan import ADULTS, Person, Rows, School

DAYS = 90
STEADY, FALLING, SILENT, NIGHT, RISING = "steady", "falling", "silent", "night", "rising"
KINDS = {3: FALLING, 7: SILENT, 11: NIGHT, 15: RISING, 18: RISING}  # of twenty students
WEEKLY = (0.0, 0.06, 0.02, 0.05, 0.01, -0.05, -0.08)  # Monday to Sunday
MOODS = ("great", "good", "so_so", "sad")
NIGHT_STARTS = 23 * 60 + 20


class Day(NamedTuple):
    """A student's day: how many days ago, and its figures."""

    ago: int
    engagement: float
    talks: int
    minutes: int
    mood: str | None
    night: bool


def kind_of(student: Person) -> str:
    """How a student's curve goes."""
    return KINDS.get(student.number % 20, STEADY)


def days(school: School, student: Person) -> Iterator[Day]:
    """A student's curve, oldest day first; the same each time it is asked for."""
    random = school.source.random("curve", student.number)
    chance = random.random
    kind, base, phase = kind_of(student), 0.45 + chance() * 0.35, chance() * 6.0
    slope = {FALLING: -0.45, RISING: 0.3}.get(kind, 0.0)
    weekday = (school.today - timedelta(days=DAYS)).weekday()
    for at in range(DAYS):
        late = max(0.0, (at - DAYS / 2) / (DAYS / 2))
        value = base + slope * late + WEEKLY[(weekday + at) % 7] + 0.07 * sin(at / 9.0 + phase) + (chance() - 0.5) * 0.12
        active = chance() < value * 0.62 and not (kind == SILENT and at >= DAYS - 21)
        if not active:
            yield Day(DAYS - at, max(0.0, min(1.0, value * (0.25 if kind == SILENT and late > 0.5 else 0.8))), 0, 0, None, False)
            continue
        count = 1 if chance() < 0.8 else 2
        night = kind == NIGHT and late > 0.4 and chance() < 0.5
        mood = None
        if chance() < 0.35:
            mood = MOODS[min(3, int((1.0 - min(value, 1.0)) * 2.2 + chance() * 1.6))]
        yield Day(DAYS - at, max(0.0, min(1.0, value)), count, count * (6 + int(chance() * 18)), mood, night)


def wellbeing_snapshots(school: School) -> Rows:
    """A row for each student and day."""
    keys = school.source.keys("wellbeing_snapshots")
    written = [
        (school.calendar.days_ago(ago), school.calendar.at(school.calendar.days_ago(ago), 23 * 60 + 50))
        for ago in range(DAYS + 1)
    ]
    for student in school.students:
        fallen = 0
        for day in days(school, student):
            date, moment = written[day.ago]
            flags = ["night_sessions"] if day.night else []
            if day.engagement < 0.25:
                fallen += 1
                if fallen >= 5:
                    flags.append("engagement_drop")
            yield {
                "id": keys(moment),
                "student_id": student.id,
                "date": date,
                "engagement_score": round(day.engagement, 3),
                "emotional_indicators": {"mood": day.mood, "answers": 1} if day.mood else None,
                "session_count": day.talks,
                "total_duration": day.minutes,
                "anomaly_flags": flags,
            }


def chat_sessions(school: School) -> Rows:
    """When and how long students spoke with the companion: the figures above, one conversation at a time."""
    keys = school.source.keys("chat_sessions")
    for student in school.students:
        chance = school.source.random("chats", student.number).random
        first, span = (18 * 60, 180) if student.audience == ADULTS else (14 * 60, 240)
        for day in days(school, student):
            for turn in range(day.talks):
                length = day.minutes // day.talks + (day.minutes % day.talks if turn == 0 else 0)
                start = int(9 * 60 + chance() * 120) if turn else NIGHT_STARTS if day.night else int(first + chance() * span)
                begun = school.calendar.at(school.calendar.days_ago(day.ago), start)
                mood = {"mood": day.mood} if day.mood and turn == 0 else {}
                yield {
                    "id": keys(begun),
                    "student_id": student.id,
                    "started_at": begun,
                    "ended_at": begun + timedelta(minutes=length),
                    "message_count": max(2, length + length // 3),
                    "metadata": {"duration_minutes": length, **mood},
                }

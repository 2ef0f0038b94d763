"""Who is and was where, who waits for a seat, and what placement tests said."""

from datetime import timedelta

from domain.demo.plan import Group, Person, Rows, School
from domain.operations.seats import OFFER_HOURS

STEP = 20  # points of a placement test from one level to the next
LISTS, WAITING = 3, 2  # classes with a waiting list, for every 160 students; who waits there beside those with an offer
LEFT_WHY = ("Mudou de cidade.", "Novo horário no trabalho.", "Pausa até o próximo semestre.", "Vai focar no vestibular.", None)
MOVED_WHY = ("Horário melhor para a família.", "Colegas da mesma idade.", None)
WAITS_WHY = ("Só pode neste horário.", "A irmã já está na turma.", None, None)
PLACED = (
    "Lê bem, fala pouco: começar devagar.",
    "Boa pronúncia; lacunas de gramática.",
    "Vem de outra escola, com boa base.",
    None,
    None,
)
BELOW_WHY = "Pelo horário da turma; acompanhar de perto."


def enrollments(school: School) -> Rows:
    """Who is, was and completed where."""
    random = school.source.random("enrollments", "reasons")
    moved = {(each.student.id, each.until): each.id for each in school.memberships if each.status == "transferred"}
    for member in school.memberships:
        reasons = {"dropped": LEFT_WHY, "transferred": MOVED_WHY}.get(member.status)
        follows = moved.get((member.student.id, member.since))
        yield {
            "id": member.id,
            "user_id": member.student.id,
            "class_id": member.group.id,
            "enrolled_at": member.since,
            "dropped_at": member.until,
            "status": member.status,
            "follows_id": follows if follows != member.id else None,
            "reason": random.choice(reasons) if reasons else None,
        }


def waiting_entries(school: School) -> Rows:
    """Lists of the fullest classes: each free seat of theirs is on offer, and some wait behind."""
    keys, random = school.source.keys("waiting_entries"), school.source.random("waiting_entries")
    offered = school.calendar.at(school.calendar.days_ago(1), 16 * 60)
    for group in sorted(school.current_groups, key=_free)[: max(1, LISTS * school.size // 160)]:
        for at, student in enumerate(_who_could_join(school, group, _free(group) + WAITING)):
            since = school.calendar.at(school.calendar.days_ago(12), 10 * 60 + 7 * at)
            has_offer = at < _free(group)
            yield {
                "id": keys(since),
                "user_id": student.id,
                "class_id": group.id,
                "status": "offered" if has_offer else "waiting",
                "offered_at": offered if has_offer else None,
                "offer_ends_at": offered + timedelta(hours=OFFER_HOURS) if has_offer else None,
                "closed_at": None,
                "notes": random.choice(WAITS_WHY),
                "created_at": since,
            }


def _free(group: Group) -> int:
    return group.seats - sum(each.status == "active" for each in group.members)


def _who_could_join(school: School, group: Group, count: int) -> list[Person]:
    """Students who were there before they came onto the list and are free when it meets: of its age, new to its course, first."""
    known = school.calendar.at(school.calendar.days_ago(13), 0)
    now_in = school.active_memberships()

    def stands_back(student: Person) -> tuple[bool, bool]:
        return student.audience != group.audience, any(each.group.course is group.course for each in now_in.get(student.id, ()))

    free = [
        each
        for each in school.students[group.number % 5 :]
        if each.active and each.created < known and all(one.group.slot != group.slot for one in now_in.get(each.id, ()))
    ]
    return sorted(free, key=stands_back)[:count]


def placement_thresholds(school: School) -> Rows:
    """From which score each level begins: the first from nothing."""
    keys = school.source.keys("placement_thresholds")
    for course in school.courses:
        for level in course.levels:
            yield {
                "id": keys(school.founded_at()),
                "course_type_id": course.id,
                "level_id": level.id,
                "from_score": (level.order - 1) * STEP,
            }


def placements(school: School) -> Rows:
    """A test for those whom the school placed, not far from the class that they joined."""
    keys, random = school.source.keys("placements"), school.source.random("placements")
    for member in school.memberships:
        if member.status == "transferred" or not member.group.term.dates.is_current or random.random() < 0.35:
            continue
        level, course = member.group.level, member.group.course
        tested = min(member.since, school.calendar.at(school.calendar.last_open_day(school.calendar.days_ago(2)), 600))
        # One in ten took the class below: for the timetable's sake.
        found = course.levels[min(level.order, len(course.levels) - 1)] if random.random() < 0.1 else level
        yield {
            "id": keys(tested),
            "user_id": member.student.id,
            "course_type_id": course.id,
            "recommended_level_id": found.id,
            "chosen_level_id": level.id if found is not level else None,
            "reason": BELOW_WHY if found is not level else None,
            "score": min(100, (found.order - 1) * STEP + random.randrange(3, STEP)),
            "tested_at": tested,
            "notes": random.choice(PLACED),
        }

"""What belongs to the demo's alerts: who raised them, what guardians may know, what students say to them, and the list."""

from datetime import timedelta

from domain.demo.plan import Person, Rows, School
from domain.demo.supervision import alerts

HOME = ("no", "unsure", "maybe")
MESSAGE = "Gostaríamos de conversar com você sobre como {name} tem estado nas aulas. Por favor, ligue para a coordenação."
REASONS = {
    "released": "Conversa combinada com o estudante; a família pode ajudar.",
    "held": "Primeiro ouvimos o estudante; decidimos de novo depois.",
}
CONTESTED = "Eu estava viajando com a minha avó nessas semanas, sem internet."


def alert_supervisors(school: School) -> Rows:
    """Coordination is on the list from the beginning."""
    keys, moment = school.source.keys("alert_supervisors"), school.founded_at()
    for person in school.coordinators:
        yield {"id": keys(moment), "user_id": person.id, "added_by": None, "created_at": moment}


def alert_raisings(school: School) -> Rows:
    """Who raised each alert that a person raised: the student, one of their teachers, or coordination."""
    keys, classes = school.source.keys("alert_raisings"), school.active_memberships()
    for at, (_state, alert) in enumerate(alerts(school)):
        by, student = alert["detected_by"], alert["student_id"]
        if by == "auditor":
            continue
        raiser = school.coordinators[at % len(school.coordinators)].id
        if by == "student":
            raiser = student
        elif by == "teacher":
            taught = classes.get(student)
            raiser = taught[0].group.teacher.id if taught else school.teachers[0].id
        row = {"id": keys(alert["detected_at"]), "alert_id": alert["id"], "user_id": raiser, "role": by}
        yield {**row, "home": HOME[at % len(HOME)], "created_at": alert["detected_at"]}


def alert_releases(school: School) -> Rows:
    """What was decided about each guardian, where something was done about an alert: of two, the second is waited with."""
    keys, guardians = school.source.keys("alert_releases"), _guardians(school)
    names = {student.id: student.first for student in school.students}
    for state, alert in alerts(school):
        if state not in {"acted", "resolved"} or alert["level"] == "green":
            continue
        for at, guardian in enumerate(guardians.get(alert["student_id"], ())):
            decision = "held" if at else "released"
            when = alert["acknowledged_at"] + timedelta(hours=1, minutes=at)
            message = None if at else MESSAGE.format(name=names[alert["student_id"]])
            row = {
                "id": keys(when),
                "alert_id": alert["id"],
                "guardian_id": guardian.id,
                "decision": decision,
                "message": message,
            }
            yield {**row, "reason": REASONS[decision], "user_id": alert["acknowledged_by"], "created_at": when}


def alert_contests(school: School) -> Rows:
    """Some students say something to what the automatic checks noticed."""
    keys = school.source.keys("alert_contests")
    seen = [alert for state, alert in alerts(school) if alert["detected_by"] == "auditor" and state != "detected"]
    for alert in seen[::3]:
        when = alert["acknowledged_at"] + timedelta(hours=5)
        row = {"id": keys(when), "alert_id": alert["id"], "user_id": alert["student_id"]}
        yield {**row, "words": CONTESTED, "created_at": when}


def _guardians(school: School) -> dict[str, list[Person]]:
    """The guardians of minors who may see their records, by the child's key."""
    found: dict[str, list[Person]] = {}
    for link in school.links:
        if link.access == "all" and link.child.is_minor(school.today):
            found.setdefault(link.child.id, []).append(link.parent)
    return found

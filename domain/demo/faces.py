"""The people that the sign-in page offers: the first of each role, so chosen that there is something to see for each.

The first of a role is the one whose key sorts first. So a student with a constellation, that student's guardian and teacher get
keys of the school's first day.
"""

from datetime import timedelta

from domain.demo.plan import Person, School

EXPLORERS_EVERY, EXPLORERS_SHARE = 7, 8


def plan(school: School) -> None:
    """Choose the students who explore, and put those in front who show a school at its best."""
    several = school.active_memberships()
    learning = [student for student in school.students if student.active and student.id in several]
    school.explorers = learning[2::EXPLORERS_EVERY][: max(2, school.size // EXPLORERS_SHARE)] or learning[:2]
    guardians: dict[str, list[Person]] = {}
    children: dict[str, int] = {}
    for link in school.links:
        if link.access == "all" and link.together:
            guardians.setdefault(link.child.id, []).append(link.parent)
            children[link.parent.id] = children.get(link.parent.id, 0) + 1

    def worth(student: Person) -> tuple[int, int]:
        parents = [each for each in guardians.get(student.id, []) if each.role == "parent"]
        return (max((children[each.id] for each in parents), default=0), len(several[student.id]))

    young = [each for each in school.explorers if each.is_minor(school.today)] or school.explorers
    face = max(young, key=worth)
    school.explorers.remove(face)
    school.explorers.insert(0, face)
    parents = [each for each in guardians.get(face.id, school.parents[:1]) if each.role == "parent"]
    teacher = several[face.id][0].group.teacher
    keys = school.source.keys("faces")
    for at, person in enumerate((face, *parents[:1], teacher)):
        person.created = school.founded_at() + timedelta(minutes=at)
        person.id, person.active = keys(person.created), True

"""Everyone at the school, from the owner to the youngest student, and who belongs to whom."""

from datetime import date, datetime, timedelta
from random import Random

from domain.demo.names import address
from domain.demo.plan import ADULTS, KIDS, TEENS, Link, Person, Rows, School
from domain.demo.source import Keys

AGES = {KIDS: (8, 12), TEENS: (13, 17), ADULTS: (18, 45)}
SHARES = (KIDS, TEENS, ADULTS, TEENS, KIDS, ADULTS, TEENS)  # two in seven, three in seven, two in seven
TEACHERS, OF_STUDENTS = 14, 160
PURPOSES = {
    "wellbeing": "Perceber cedo quando um estudante precisa de conversa. Usa só datas, durações e o humor que ele informa.",
    "memory": "Permitir que o companheiro lembre do que o estudante quer aprender. Só o estudante lê o que é lembrado.",
    "outside_model": "Responder às mensagens do estudante. Nenhum modelo externo é usado sem consentimento registrado.",
}


class _Maker:
    """Makes people, one after the other."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.random: Random = school.source.random("people")
        self.keys: Keys = school.source.keys("users")
        self.count = 0
        self.families = 0

    def born(self, youngest: int, oldest: int) -> date:
        """A date of birth that makes the person that old today."""
        return self.school.today - timedelta(days=self.random.randrange(youngest * 366, oldest * 365 + 300))

    def joined(self, *, latest: int = 105) -> datetime:
        """A moment in office hours at which someone was added."""
        day = self.school.calendar.days_ago(self.random.randrange(latest, 900))
        return self.school.calendar.at(self.school.calendar.last_open_day(day), self.random.randrange(8 * 60, 19 * 60))

    def person(self, role: str, born: date, *, last: str = "", female: bool | None = None, mailbox: str | None = "") -> Person:
        """Someone new. `mailbox`: an office's, or None for somebody without e-mail."""
        names = self.school.names
        female = self.random.random() < 0.53 if female is None else female
        first, last = names.first(female=female), last or names.surname()
        created = self.school.founded_at() if mailbox else self.joined()
        made = Person(self.keys(created), first, last, role, born, created, roles=(role,), number=self.count)
        self.count += 1
        made.email = names.office(mailbox) if mailbox else None if mailbox is None else names.mail(first, last)
        if mailbox is not None:
            made.phone, made.cpf = names.phone(), names.cpf()
        return made


def plan(school: School) -> None:
    """Invent everyone."""
    maker = _Maker(school)
    school.owner = maker.person("owner", maker.born(40, 62), mailbox="direcao")
    school.owner.roles = ("owner", "school")
    boxes = ("coordenacao", "coordenacao.pedagogica", "orientacao")
    wanted = min(3, 1 + school.size // 60) if school.size <= 1000 else 3 + school.size // 1000
    for at in range(wanted):
        box = boxes[at] if at < len(boxes) else f"coordenacao{at + 1}"
        school.coordinators.append(maker.person("school", maker.born(28, 60), mailbox=box))
    for at in range(max(1, round(school.size / 40))):
        box = "recepcao" if at == 0 else f"recepcao{at + 1}"
        school.staff.append(maker.person("staff", maker.born(20, 50), mailbox=box))
    for _each in range(max(2, round(school.size * TEACHERS / OF_STUDENTS))):
        school.teachers.append(maker.person("teacher", maker.born(24, 60)))
    _plan_students(school, maker)
    for at, student in enumerate(school.students):
        student.number = at
    for at in range(len(school.students) // 25):  # students of former years
        school.students[at * 25 + 24].active = at % 4 != 0


def _plan_students(school: School, maker: _Maker) -> None:
    ages = [SHARES[at % len(SHARES)] for at in range(school.size)]
    minors = [each for each in ages if each != ADULTS]
    while minors:
        _plan_family(school, maker, minors)
    for _each in range(len(ages) - len(school.students)):
        _plan_adult(school, maker)
    maker.random.shuffle(school.students)


def _plan_family(school: School, maker: _Maker, minors: list[str]) -> None:
    random = maker.random
    last, family = school.names.surname(), maker.families
    maker.families += 1
    children = []
    for _each in range(min(len(minors), random.choices((1, 2, 3), (62, 31, 7))[0])):
        audience = minors.pop(random.randrange(len(minors)))
        mailbox = None if audience == KIDS and random.random() < 0.7 else ""
        child = maker.person("student", maker.born(*AGES[audience]), last=last, mailbox=mailbox)
        child.audience, child.family = audience, family
        if audience == KIDS:
            child.phone = None
        children.append(child)
    school.students += children
    for at in range(random.choices((1, 2), (45, 55))[0]):
        _plan_guardian(school, maker, children, first=at == 0)


def _plan_guardian(school: School, maker: _Maker, children: list[Person], *, first: bool) -> None:
    random = maker.random
    family = children[0].family
    # Now and then a teacher or someone of the reception has a child at the school, and so a second role.
    double = first and family % 29 == 3
    colleagues = [each for each in (*school.teachers, *school.staff) if double and len(each.roles) == 1]
    if colleagues:
        parent = random.choice(colleagues)
        parent.roles, parent.family = (*parent.roles, "parent"), family
        relationship = random.choice(("mother", "father"))
    else:
        relationship = random.choices(("mother", "father", "guardian", "other"), (50, 38, 9, 3) if first else (30, 60, 5, 5))[0]
        female = {"mother": True, "father": False}.get(relationship)
        last = children[0].last if random.random() < 0.7 else ""
        parent = maker.person("parent", maker.born(30, 58), last=last, female=female)
        parent.family = family
        school.parents.append(parent)
    apart = not first and random.random() < 0.15
    barred = apart and random.random() < 0.25
    for child in children:
        access = "none" if barred else "all"
        school.links.append(Link(parent, child, relationship, first, access, together=not apart))


def _plan_adult(school: School, maker: _Maker) -> None:
    born = maker.born(*AGES[ADULTS]) if maker.random.random() < 0.8 else maker.born(18, 20)
    student = maker.person("student", born)
    student.audience = ADULTS
    school.students.append(student)
    if (school.today - born).days < 21 * 365 and maker.random.random() < 0.6:
        parent = maker.person("parent", maker.born(40, 60), last=student.last)
        school.parents.append(parent)
        student.family = parent.family = -2 - student.number
        school.links.append(Link(parent, student, "guardian", primary=True, agreed=maker.random.random() < 0.5))


def organizations(school: School) -> Rows:
    """The school itself."""
    hours = {str(day): ["07:30", "22:00"] for day in range(1, 6)} | {"6": ["08:00", "13:30"]}
    settings = {
        "time_zone": "America/Sao_Paulo",
        "holidays": [{"date": day.isoformat(), "name": name} for day, name in school.calendar.holidays.items()],
        "closed_days": [0],
        "opening_hours": hours,
        "purposes": PURPOSES,
        "wellbeing": {"analysis": True, "keep_days": 365},
        "alerts_keep_years": 5,
        "offer_hours": 48,
        "second_factor_required": False,
    }
    yield {
        "id": school.id,
        "name": school.name,
        "slug": school.slug,
        "settings": settings,
        "created_at": school.founded_at(),
        "is_demo": True,
    }


def users(school: School) -> Rows:
    """Every person, once, whatever roles they hold."""
    for person in school.people():
        yield {
            "id": person.id,
            "email": person.email,
            "first_name": person.first,
            "last_name": person.last,
            "role": person.role,
            "phone": person.phone,
            "whatsapp": person.phone if person.number % 3 else None,
            "cpf": person.cpf,
            "birth_date": person.born,
            "is_active": person.active,
            "created_at": person.created,
            "updated_at": person.created,
            "language": None,  # the browser's own: whoever enters by one click reads theirs
        }


def user_roles(school: School) -> Rows:
    """Each role that a person holds."""
    keys = school.source.keys("user_roles")
    for person in school.people():
        for role in person.roles:
            yield {"id": keys(person.created), "user_id": person.id, "role": role}


def addresses(school: School) -> Rows:
    """Where people live; a family's members live together, unless the link says otherwise."""
    keys, random = school.source.keys("addresses"), school.source.random("addresses")
    apart = {link.parent for link in school.links if not link.together}
    homes: dict[int, dict[str, str | None]] = {}
    for person in school.people():
        home = address(random)
        if person.family != -1 and person not in apart:
            home = homes.setdefault(person.family, home)
        yield {"id": keys(person.created), "user_id": person.id, "type": "main", "created_at": person.created, **home}
        if person.number % 23 == 7 and person.role in {"parent", "owner"}:
            office = address(random)
            yield {"id": keys(person.created), "user_id": person.id, "type": "billing", "created_at": person.created, **office}


def families(school: School) -> Rows:
    """Guardians and children."""
    keys = school.source.keys("families")
    for link in school.links:
        created = max(link.parent.created, link.child.created)
        yield {
            "id": keys(created),
            "parent_id": link.parent.id,
            "child_id": link.child.id,
            "relationship": link.relationship,
            "is_primary": link.primary,
            "created_at": created,
            "access": link.access,
            "lives_together": link.together,
            "adult_agreed": link.agreed,
        }


def guardians(school: School) -> dict[str, Person]:
    """Who pays for a student: the primary guardian of each child, by the child's key."""
    return {link.child.id: link.parent for link in school.links if link.primary}

"""Constellations: what some students know, as stars in clusters with lines between them.

A student's stars are drawn from the topics of their courses. Each asking for them gives the same ones.
"""

from dataclasses import dataclass
from math import acos, cos, pi, sin
from random import Random

from domain.demo.plan import Person, Row, Rows, School
from domain.demo.topics import Topic, themes

FEWEST, MOST = 40, 200
COLORS = ("#5B8DEF", "#F2B544", "#4FB286", "#E36588", "#9B6DD7", "#3FB8C9", "#EF8354", "#8DB255")
RADIUS, SPREAD = 10.0, 2.1
INSIDE = ("faz parte de", "usa-se com", "é parecido com", "vem antes de", "exemplo de")
ACROSS = ("lembra", "ajuda a explicar", "contrasta com", "aparece em")
OWN = (
    "minha avó",
    "futebol",
    "violão",
    "formigas",
    "planetas",
    "receitas",
    "mangá",
    "dinossauros",
    "horta",
    "capoeira",
    "xadrez",
    "mar",
)


@dataclass(slots=True)
class Star:
    """A node before it is a row."""

    id: str
    label: str
    cluster: int
    category: str
    x: float
    y: float
    z: float
    size: float


def _topics(random: Random) -> list[tuple[str, Topic]]:
    found = [(theme.name, topic) for course in ("english", "intelligence") for theme in themes(course) for topic in theme.topics]
    random.shuffle(found)
    return found


def stars(school: School, student: Person) -> list[Star]:
    """A student's stars: for each of some topics a bright one, and its words around it."""
    random = school.source.random("stars", student.number)
    keys = school.source.keys("knowledge_nodes", student.number)
    wanted = random.randrange(FEWEST, MOST + 1)
    moment = school.calendar.at(school.calendar.days_ago(70), 15 * 60)
    found: list[Star] = []
    taken: set[str] = set()
    clusters = max(4, round(wanted / 7))
    for cluster, (category, topic) in enumerate(_topics(random)):
        if len(found) >= wanted:
            break
        # Centres spread evenly over a sphere (Fibonacci lattice), each a little off.
        height, turn = acos(1 - 2 * (cluster % clusters + 0.5) / clusters), pi * (1 + 5**0.5) * cluster
        far = RADIUS * random.uniform(0.75, 1.15)
        centre = (far * cos(turn) * sin(height), far * sin(turn) * sin(height), far * cos(height))
        own = (random.choice(OWN),) if random.random() < 0.2 else ()
        for at, label in enumerate((topic.title, *topic.words, *own)):
            if label in taken or len(found) >= wanted:
                continue
            taken.add(label)
            reach = 0.25 if at == 0 else SPREAD
            x, y, z = (round(each + random.gauss(0, reach / 2), 3) for each in centre)
            size = round(random.uniform(2.2, 3.4) if at == 0 else random.uniform(0.7, 1.8), 2)
            found.append(
                Star(keys(moment), label, cluster, category if not own or at <= len(topic.words) else "meu mundo", x, y, z, size)
            )
    return found


def knowledge_nodes(school: School) -> Rows:
    """The stars of all explorers."""
    random = school.source.random("knowledge_nodes")
    for student in school.explorers:
        for star in stars(school, student):
            yield {
                "id": star.id,
                "user_id": student.id,
                "label": star.label,
                "category": star.category,
                "size": star.size,
                "x": star.x,
                "y": star.y,
                "z": star.z,
                "color": COLORS[star.cluster % len(COLORS)],
                "created_at": school.calendar.at(school.calendar.days_ago(random.randrange(1, 70)), 15 * 60),
            }


def knowledge_edges(school: School) -> Rows:
    """Lines: each star to its cluster's bright one, some to a neighbour, few from cluster to cluster."""
    keys, moment = school.source.keys("knowledge_edges"), school.calendar.at(school.calendar.days_ago(69), 15 * 60)
    for student in school.explorers:
        random = school.source.random("lines", student.number)
        found = stars(school, student)
        bright: dict[int, Star] = {}
        drawn: set[tuple[str, str]] = set()

        def line(one: Star, other: Star, labels: tuple[str, ...], low: float, high: float) -> Row | None:
            pair = (min(one.id, other.id), max(one.id, other.id))
            if one is other or pair in drawn:  # noqa: B023 -- called within this turn only
                return None
            drawn.add(pair)  # noqa: B023
            row: Row = {"id": keys(moment), "user_id": student.id, "source_id": one.id, "target_id": other.id}  # noqa: B023
            return {**row, "label": random.choice(labels), "strength": round(random.uniform(low, high), 2)}  # noqa: B023

        for at, star in enumerate(found):
            centre = bright.setdefault(star.cluster, star)
            lines = [line(star, centre, INSIDE, 0.5, 1.0)]
            if at and random.random() < 0.45:
                lines.append(line(star, found[at - 1], INSIDE if found[at - 1].cluster == star.cluster else ACROSS, 0.3, 0.8))
            if at and random.random() < 0.12:
                lines.append(line(star, random.choice(found[:at]), ACROSS, 0.15, 0.5))
            yield from (each for each in lines if each)

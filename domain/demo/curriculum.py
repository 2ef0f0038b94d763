"""Two courses from A1 to C1: modules, lessons with real small texts, prompts to try, and a badge for each module."""

from collections.abc import Iterator
from itertools import cycle

from domain.demo.plan import CoursePlan, LessonPlan, LevelPlan, ModulePlan, Rows, School
from domain.demo.topics import LEVELS, TECHNIQUES, Theme, Topic, themes

COURSES = {
    "english": ("Inglês", "Inglês do primeiro olá à defesa de um trabalho.", "#3D7DD8"),
    "intelligence": (
        "Inteligência Artificial",
        "Pensar, escrever e pesquisar com uma IA, sem deixar que ela pense por nós.",
        "#7A52C7",
    ),
}
BADGE_COLORS = ("#E2A93B", "#3D7DD8", "#7A52C7", "#2E9E7B", "#D2577A")
TECHNIQUE_NAMES = {"orbit": "Órbita", "slingshot": "Estilingue", "black_hole": "Buraco Negro", "constellation": "Constelação"}
OTHER_BADGES = (
    ("Sete dias de luz", "Sete dias seguidos de estudo.", "flame", "streak"),
    ("Um mês no céu", "Trinta dias com ao menos uma lição.", "calendar", "streak"),
    ("Primeira estrela", "A primeira estrela da sua constelação.", "star", "special"),
    ("Coveira de ideias", "Cinco autópsias completas no cemitério de ideias.", "leaf", "special"),
)
LESSON_POINTS, PASSING_SHARE = 20, 0.8

LANGUAGE_TEXT = """# {title}

## Para começar

Leia em voz alta, devagar:

> {sample}

{hint}

## Palavras

{words}

## Prática

1. Escolha três palavras e escreva uma frase com cada uma.
2. Troque de caderno com um colega e leia as frases dele.
3. Grave a frase de abertura e compare com a da professora.

<Tip>Errar em voz alta vale mais do que acertar em silêncio.</Tip>
"""

TECHNIQUE_TEXT = """# {title}

**Técnica: {technique}.** {about}

## A ideia

{hint}

## Experimente

> {sample}

Observe a resposta. O que mudaria se você tirasse uma palavra do pedido? E se acrescentasse um exemplo?

## Vocabulário da técnica

{words}

## Desafio

1. Escreva a sua versão do pedido.
2. Execute três vezes e anote o que variou.
3. Se não funcionou, enterre a ideia com uma autópsia honesta.

<Tip>Nunca conte a um modelo o que você não contaria a um desconhecido.</Tip>
"""


def plan(school: School) -> None:
    """Give each level, module and lesson its key."""
    founded = school.founded_at()
    keys = {table: school.source.keys(table) for table in ("course_types", "levels", "modules", "lessons", "prompts", "badges")}
    for code, (name, _about, _color) in COURSES.items():
        course = CoursePlan(keys["course_types"](founded), code, name)
        for order, level_code in enumerate(LEVELS, start=1):
            level = LevelPlan(keys["levels"](founded), level_code, order)
            for theme in themes(code):
                if theme.level == level_code:
                    required = round(LESSON_POINTS * len(theme.topics) * PASSING_SHARE)
                    module = ModulePlan(keys["modules"](founded), theme.name, keys["badges"](founded), required)
                    for topic in theme.topics:
                        prompts = [keys["prompts"](founded) for _each in range(2 if theme.technique else 1)]
                        module.lessons.append(LessonPlan(keys["lessons"](founded), topic.title, LESSON_POINTS, 3, prompts))
                    level.modules.append(module)
            course.levels.append(level)
        school.courses.append(course)


def course_types(school: School) -> Rows:
    """The courses."""
    for course in school.courses:
        name, about, color = COURSES[course.code]
        yield {"id": course.id, "code": course.code, "name": name, "description": about, "color": color, "is_active": True}


def levels(school: School) -> Rows:
    """A1 to C1 of each course."""
    for course in school.courses:
        for level in course.levels:
            yield {
                "id": level.id,
                "course_type_id": course.id,
                "code": level.code,
                "name": LEVELS[level.code],
                "order": level.order,
            }


def _modules(school: School) -> Iterator[tuple[LevelPlan, int, ModulePlan, Theme]]:
    for course in school.courses:
        found = iter(themes(course.code))
        for level in course.levels:
            for order, module in enumerate(level.modules, start=1):
                yield level, order, module, next(found)


def modules(school: School) -> Rows:
    """The modules of each level."""
    for level, order, module, theme in _modules(school):
        yield {
            "id": module.id,
            "level_id": level.id,
            "code": f"m{order}",
            "name": module.name,
            "description": theme.about,
            "order": order,
            "points_required": module.required,
            "badge_id": module.badge,
        }


def badges(school: School) -> Rows:
    """One for each module and technique, and some for staying the course."""
    keys, founded = school.source.keys("badges", "others"), school.founded_at()
    colors = cycle(BADGE_COLORS)
    for level, _order, module, theme in _modules(school):
        yield {
            "id": module.badge,
            "name": f"{module.name} ({level.code})",
            "description": f"Módulo completo: {theme.about}",
            "icon": "star",
            "color": next(colors),
            "category": "module",
        }
    for technique in TECHNIQUES:
        yield {
            "id": technique_badge(school, technique),
            "name": f"Mestre: {TECHNIQUE_NAMES[technique]}",
            "description": "Domínio da técnica acima de 0,8.",
            "icon": technique.replace("_", "-"),
            "color": next(colors),
            "category": "technique",
        }
    for name, about, icon, category in OTHER_BADGES:
        row = {"id": keys(founded), "name": name, "description": about, "icon": icon}
        yield {**row, "color": next(colors), "category": category}


def technique_badge(school: School, technique: str) -> str:
    """The key of a technique's badge."""
    return school.source.keys("badges", technique)(school.founded_at())


def _content(theme: Theme, topic: Topic) -> str:
    words = "\n".join(f"- **{word}**" for word in topic.words)
    text = TECHNIQUE_TEXT if theme.technique else LANGUAGE_TEXT
    technique = TECHNIQUE_NAMES.get(theme.technique, "")
    return text.format(
        title=topic.title, sample=topic.sample, hint=topic.hint, words=words, about=theme.about, technique=technique
    )


def _tasks(theme: Theme, topic: Topic) -> list[dict[str, object]]:
    if theme.technique:
        titles = ("Escrever a própria versão", "Executar três vezes", "Anotar o que variou")
    else:
        titles = ("Ler em voz alta", f"Três frases com: {', '.join(topic.words[:3])}", "Gravar e comparar")
    return [
        {"id": f"t{at}", "title": title, "points": points}
        for at, (title, points) in enumerate(zip(titles, (5, 10, 5), strict=True), 1)
    ]


def lessons(school: School) -> Rows:
    """The lessons, each with its text."""
    for _level, _order, module, theme in _modules(school):
        for order, (lesson, topic) in enumerate(zip(module.lessons, theme.topics, strict=True), start=1):
            yield {
                "id": lesson.id,
                "module_id": module.id,
                "title": topic.title,
                "content_mdx": _content(theme, topic),
                "order": order,
                "points": lesson.points,
                "estimated_minutes": 30 + 5 * (order % 4),
                "objectives": [f"Usar: {', '.join(topic.words[:4])}", topic.hint],
                "tasks": _tasks(theme, topic),
            }


def prompts(school: School) -> Rows:
    """What each lesson offers to try."""
    around = cycle(TECHNIQUES)
    for level, _order, module, theme in _modules(school):
        for lesson, topic in zip(module.lessons, theme.topics, strict=True):
            for order, key in enumerate(lesson.prompts, start=1):
                character = (
                    "Parceira de conversa" if not theme.technique else "Guia da técnica" if order == 1 else "Crítico gentil"
                )
                role = f"Você é {character.lower()} de uma escola. Nível do estudante: {level.code}. Tema: {topic.title}."
                yield {
                    "id": key,
                    "lesson_id": lesson.id,
                    "title": f"{topic.title}: {'explorar' if order == 1 else 'revisar'}",
                    "system_prompt": f"{role} Fale pouco, faça uma pergunta por vez e nunca peça dados pessoais. {topic.hint}",
                    "user_template": f"{topic.sample}\n\nMeu exemplo: {{exemplo}}",
                    "character": character,
                    "order": order,
                    "technique": theme.technique or next(around),
                }

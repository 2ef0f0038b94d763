"""What students make and earn: prompts, tries, a journal, buried ideas, tasks, mastery, badges, progress."""

from datetime import datetime, timedelta
from itertools import chain
from random import Random

from domain.demo.curriculum import technique_badge
from domain.demo.plan import Person, Row, Rows, School
from domain.demo.topics import TECHNIQUES

OWN_PROMPTS = (
    (
        "Astronauta curiosa",
        "Você é uma astronauta gentil que só fala do espaço.",
        "Conte-me sobre {lugar}.",
        "Astronauta",
        ("espaço", "papel"),
    ),
    ("Detetive de erros", "Você aponta um erro por vez, com carinho.", "Meu texto: {texto}", "Detetive", ("inglês", "revisão")),
    ("Chef das frações", "Você explica matemática com receitas.", "Explique {conta}.", "Chef", ("matemática",)),
    ("Rádio do futuro", "Você é locutora de uma rádio de 2080.", "Notícia sobre {tema}.", "Locutora", ("história", "criação")),
    ("Espelho honesto", "Você devolve minhas ideias em uma frase, sem elogiar.", "{ideia}", "Espelho", ("resumo",)),
    (
        "Conversa na padaria",
        "You are a baker in a small town. Simple English only.",
        "Hi! {frase}",
        "Baker",
        ("inglês", "conversa"),
    ),
)
INPUTS = (
    ("Conte sobre Júpiter.", "Júpiter é um gigante que dança com dezenas de luas. Quer conhecer a que tem gelo?"),
    ("Hi! Two breads, please.", "Good morning! Sure, two breads. Would you like some juice, too?"),
    ("Explique 3/4.", "Imagine um bolo em quatro pedaços. Comemos três: sobrou um. Quanto sobrou do bolo?"),
    ("Resuma o capítulo sobre vulcões.", "Vulcões são respiros da Terra: quando a pressão cresce, ela sopra rocha e fogo."),
    ("Ache um erro: He go to school.", "Um só: na terceira pessoa o verbo ganha um som a mais. Consegue achar onde?"),
)
NOTES = (
    "Quando dei um exemplo, a resposta ficou bem melhor.",
    "O personagem escapou na terceira pergunta. Tentar uma regra mais curta.",
    "Gostei de como ela perguntou antes de responder.",
    "Aprendi três palavras: galaxy, launch, orbit.",
    "Pedir em dois passos funcionou de primeira.",
)
BURIED = (
    ("Pedir um poema sem dizer o tema", "A resposta saiu igual à de todo mundo.", "Um detalhe meu muda tudo."),
    ("Traduzir a música inteira de uma vez", "Perdi as rimas e a graça.", "Traduzir um verso, e só então o próximo."),
    ("Fazer o modelo decorar minha agenda", "Ele inventou horários.", "Data e hora eu confiro sempre."),
    ("Um quiz com cem perguntas", "Cansei na décima.", "Dez boas perguntas bastam."),
    ("Conversar só por emojis", None, None),
)
TASKS = (
    ("Terminar a lição de inglês", "Faltam duas frases.", 8, 7, 3),
    ("Ligar três estrelas novas", None, 3, 6, 2),
    ("Ensaiar a apresentação", "Três minutos, três estrelas.", 7, 9, 6),
    ("Ler um conto curto", None, 2, 6, 4),
    ("Fazer a autópsia da última ideia", None, 4, 5, 2),
    ("Gravar minha voz lendo", "Comparar com a da semana passada.", 5, 6, 3),
    ("Projeto final: primeira versão", "Escolher o público.", 6, 10, 9),
)


def _recent(school: School, random: Random, days: int) -> datetime:
    """A moment of the last so many days, in daytime."""
    return school.calendar.at(school.calendar.days_ago(random.randrange(1, days)), random.randrange(9 * 60, 20 * 60))


def student_prompts(school: School) -> Rows:
    """Prompts that students wrote."""
    keys, random = school.source.keys("student_prompts"), school.source.random("student_prompts")
    for student in school.explorers:
        for title, system, template, character, tags in random.sample(OWN_PROMPTS, random.randrange(2, 5)):
            created = _recent(school, random, 60)
            yield {
                "id": keys(created),
                "user_id": student.id,
                "title": title,
                "system_prompt": system,
                "user_template": template,
                "character": character,
                "technique": random.choice(TECHNIQUES),
                "tags": list(tags),
                "is_favorite": random.random() < 0.3,
                "created_at": created,
            }


def prompt_runs(school: School) -> Rows:
    """Tries of lessons' and students' own prompts."""
    random = school.source.random("prompt_runs")
    lessons = [
        prompt
        for course in school.courses
        for level in course.levels
        for module in level.modules
        for lesson in module.lessons
        for prompt in lesson.prompts
    ]
    own: dict[str, list[str]] = {}
    for row in student_prompts(school):
        own.setdefault(row["user_id"], []).append(row["id"])
    for student in school.explorers:
        keys = school.source.keys("prompt_runs", student.number)
        for _each in range(random.randrange(6, 16)):
            created = _recent(school, random, 45)
            said, answered = random.choice(INPUTS)
            from_lesson = random.random() < 0.6
            yield {
                "id": keys(created),
                "user_id": student.id,
                "prompt_id": random.choice(lessons) if from_lesson else None,
                "student_prompt_id": None if from_lesson else random.choice(own[student.id]),
                "input": said,
                "output": answered,
                "tokens_used": random.randrange(90, 700),
                "character_held": random.choices((True, False, None), (75, 15, 10))[0],
                "created_at": created,
            }


def annotations(school: School) -> Rows:
    """The journal, partly about tries."""
    keys, random = school.source.keys("annotations"), school.source.random("annotations")
    runs: dict[str, list[tuple[str, object]]] = {}
    for row in prompt_runs(school):
        runs.setdefault(row["user_id"], []).append((row["id"], row["created_at"]))
    for student in school.explorers:
        for _each in range(random.randrange(2, 6)):
            created = _recent(school, random, 40)
            before = [key for key, moment in runs[student.id] if moment <= created]  # type: ignore[operator]
            yield {
                "id": keys(created),
                "user_id": student.id,
                "prompt_run_id": random.choice(before) if before and random.random() < 0.7 else None,
                "content": random.choice(NOTES),
                "tags": random.sample(("técnica", "inglês", "dúvida", "ideia"), random.randrange(0, 3)),
                "created_at": created,
            }


def graveyard_ideas(school: School) -> Rows:
    """Ideas that didn't work."""
    keys, random = school.source.keys("graveyard_ideas"), school.source.random("graveyard_ideas")
    for student in school.explorers:
        for idea, why, learned in random.sample(BURIED, random.randrange(1, 4)):
            created = _recent(school, random, 60)
            row = {"id": keys(created), "user_id": student.id, "idea": idea, "why_failed": why, "learned": learned}
            yield {**row, "autopsy_complete": bool(learned), "created_at": created}


def todos(school: School) -> Rows:
    """Tasks on three axes."""
    keys, random = school.source.keys("todos"), school.source.random("todos")
    for student in school.explorers:
        for title, about, urgency, importance, effort in random.sample(TASKS, random.randrange(3, 7)):
            created = _recent(school, random, 20)
            done = random.random() < 0.3
            due = school.today + timedelta(days=random.randrange(-3, 21)) if random.random() < 0.7 else None
            weights = (max(1, min(10, each + random.randrange(-2, 3))) for each in (urgency, importance, effort))
            row = {"id": keys(created), "user_id": student.id, "title": title, "description": about, "due_date": due}
            yield {
                **row,
                **dict(zip(("urgency", "importance", "effort"), weights, strict=True)),
                "completed": done,
                "created_at": created,
            }


def _mastery(school: School, student: Person) -> list[tuple[str, int, float]]:
    random = school.source.random("mastery", student.number)
    uses = [(technique, random.randrange(0, 40)) for technique in TECHNIQUES]
    return [
        (technique, count, round(min(0.97, count / (count + 9) * random.uniform(0.75, 1.15)), 3)) for technique, count in uses
    ]


def techniques(school: School) -> Rows:
    """How well explorers command the four techniques."""
    keys, random = school.source.keys("techniques"), school.source.random("techniques")
    start = school.calendar.at(school.calendar.days_ago(75), 10 * 60)
    for student in school.explorers:
        for technique, count, level in _mastery(school, student):
            row = {"id": keys(start), "user_id": student.id, "technique": technique, "usage_count": count, "mastery_level": level}
            yield {**row, "last_used": _recent(school, random, 25) if count else None}


def user_progress(school: School) -> Rows:
    """How far each student got in the lessons of their level; a full module has a row of its own."""
    keys, random = school.source.keys("user_progress"), school.source.random("user_progress")
    for member in school.memberships:
        if member.status != "active":
            continue
        share = random.uniform(0.25, 0.75)
        lessons = [(module, lesson) for module in member.group.level.modules for lesson in module.lessons]
        done = lessons[: max(1, round(len(lessons) * share))]
        step = max(1, (school.today - school.calendar.start).days // (len(done) + 1))
        points: dict[str, int] = {}
        for at, (module, lesson) in enumerate(done):
            day = school.calendar.last_open_day(school.calendar.start + timedelta(days=step * (at + 1)))
            when = max(member.since, school.calendar.at(day, random.randrange(10 * 60, 19 * 60)))
            unfinished = at == len(done) - 1 and random.random() < 0.5
            earned = 5 if unfinished else random.choice((15, 20, 20))
            points[module.id] = points.get(module.id, 0) + earned
            row: Row = {"id": keys(when), "user_id": member.student.id, "module_id": module.id, "lesson_id": lesson.id}
            tasks = ["t1"] if unfinished else ["t1", "t2", "t3"][: 2 if earned == 15 else 3]
            yield {**row, "points_earned": earned, "completed_at": None if unfinished else when, "tasks_completed": tasks}
            if lesson is module.lessons[-1] and points[module.id] >= module.required:
                row = {"id": keys(when), "user_id": member.student.id, "module_id": module.id, "lesson_id": None}
                yield {**row, "points_earned": points[module.id], "completed_at": when, "tasks_completed": []}


def user_badges(school: School) -> Rows:
    """A badge for each complete module, and for each technique mastered."""
    keys = school.source.keys("user_badges")
    modules = {module.id: module for course in school.courses for level in course.levels for module in level.modules}
    for row in user_progress(school):
        if row["lesson_id"] is None:
            module = modules[row["module_id"]]
            when = row["completed_at"]
            last = module.lessons[-1].id
            yield {"id": keys(when), "user_id": row["user_id"], "badge_id": module.badge, "earned_at": when, "lesson_id": last}
    when = school.calendar.at(school.calendar.days_ago(9), 16 * 60)
    mastered = ((student, _mastery(school, student)) for student in school.explorers)
    for student, technique in chain.from_iterable(
        ((who, what) for what, _n, level in all_ if level > 0.8) for who, all_ in mastered
    ):
        badge = technique_badge(school, technique)
        yield {"id": keys(when), "user_id": student.id, "badge_id": badge, "earned_at": when, "lesson_id": None}

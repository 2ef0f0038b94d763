"""Leads through the funnel: who asked, who spoke to them, who tried a class, who sent them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from domain.demo.names import Names
from domain.demo.plan import Group, Meeting, Person, Row, Rows, School

FUNNEL = ("new", "contacted", "qualified", "trial", "enrolled", "lost")
SHARES = (18, 20, 16, 16, 16, 14)
SOURCES = (("website", 38), ("referral", 22), ("walk_in", 15), ("ad", 25))
INTERESTS = (
    "Inglês para crianças",
    "Inglês para adultos",
    "Inteligência Artificial para jovens",
    "Inglês para viagem",
    "IA no trabalho",
)
CAMPAIGNS = ("volta-as-aulas", "noites-de-estrela", "ferias-de-julho")
TALKS = (
    ("call", "Ligou para saber horários e valores.", "Enviar proposta"),
    ("whatsapp", "Perguntou se há turma à noite.", "Aguardar resposta"),
    ("email", "Pediu o programa do curso.", "Programa enviado"),
    ("meeting", "Visitou a escola com a família.", "Agendar aula experimental"),
    ("note", "Prefere ser chamada depois das 18h.", None),
    ("whatsapp", "Confirmou presença na aula experimental.", "Lembrar na véspera"),
    ("call", "Comparou com outra escola; gostou das turmas pequenas.", "Retornar em três dias"),
)
FEEDBACK = (
    "Gostou muito da professora e da turma.",
    "Achou o nível um pouco alto.",
    "Quer começar já na próxima semana.",
    "Ficou tímida no início, saiu sorrindo.",
)
NOTES = ("Irmã mais nova também interessada.", "Só pode às terças e quintas.", None, None, None)


def _leads(school: School) -> Iterator[tuple[Row, Random]]:
    keys, random = school.source.keys("leads"), school.source.random("leads")
    names = Names(school.source.random("leads", "names"), "lead.example.com")
    helpers = school.staff
    for at in range(max(len(FUNNEL), school.size // 2)):
        status = FUNNEL[at] if at < len(FUNNEL) else random.choices(FUNNEL, SHARES)[0]
        age = random.randrange(1, 12) if status == "new" else random.randrange(9, 85)
        created = school.calendar.at(
            school.calendar.last_open_day(school.calendar.days_ago(age)), random.randrange(8 * 60, 20 * 60)
        )
        first, last = names.first(female=random.random() < 0.6), names.surname()
        source = random.choices([name for name, _weight in SOURCES], [weight for _name, weight in SOURCES])[0]
        online = source in {"ad", "website"}
        yield (
            {
                "id": keys(created),
                "name": f"{first} {last}",
                "email": names.mail(first, last) if random.random() < 0.8 else None,
                "phone": names.phone(),
                "source": source,
                "status": status,
                "interest": random.choice(INTERESTS),
                "assigned_to": random.choice(helpers).id if status != "new" or random.random() < 0.4 else None,
                "last_contact": None,
                "notes": random.choice(NOTES),
                "utm_source": random.choice(("busca", "rede-social")) if online else None,
                "utm_medium": ("cpc" if source == "ad" else "organic") if online else None,
                "utm_campaign": random.choice(CAMPAIGNS) if source == "ad" else None,
                "created_at": created,
            },
            school.source.random("lead", at),
        )


def _talks(school: School, lead: Row, random: Random) -> list[Row]:
    count = 0 if lead["status"] == "new" else random.randrange(1, 3 + FUNNEL.index(lead["status"]) // 2)
    latest = school.calendar.at(school.calendar.days_ago(1), 18 * 60)
    moment: datetime = lead["created_at"]
    found = []
    for _each in range(count):
        moment = min(moment + timedelta(hours=random.randrange(2, 60)), latest)
        day = school.calendar.last_open_day(moment.date())
        moment = max(lead["created_at"], school.calendar.at(day, random.randrange(9 * 60, 18 * 60)))
        kind, content, outcome = random.choice(TALKS)
        found.append({"type": kind, "content": content, "outcome": outcome, "created_at": moment})
    return sorted(found, key=lambda row: row["created_at"])


def leads(school: School) -> Rows:
    """Those who asked, with the moment of the last word."""
    for lead, random in _leads(school):
        talks = _talks(school, lead, random)
        yield {**lead, "last_contact": talks[-1]["created_at"] if talks else None}


def lead_interactions(school: School) -> Rows:
    """What was said."""
    keys = school.source.keys("lead_interactions")
    for lead, random in _leads(school):
        for talk in _talks(school, lead, random):
            speaker = lead["assigned_to"] or school.staff[0].id
            yield {"id": keys(talk["created_at"]), "lead_id": lead["id"], "user_id": speaker, **talk}


def _meeting(school: School, group: Group, after: datetime, *, coming: bool) -> Meeting | None:
    fits = [
        meeting
        for meeting in group.meetings
        if meeting.status == ("scheduled" if coming else "completed")
        and (meeting.day >= school.today) == coming
        and school.calendar.at(meeting.day, group.slot.start) > after
    ]
    return fits[0] if fits else None


def trials(school: School) -> Rows:
    """Classes tried, or about to be."""
    keys = school.source.keys("trials")
    groups = school.current_groups
    for at, (lead, random) in enumerate(_leads(school)):
        status = lead["status"]
        if status not in {"trial", "enrolled", "lost"} or (status == "lost" and random.random() < 0.5):
            continue
        group = random.choice(groups)
        meeting = _meeting(school, group, lead["created_at"], coming=status == "trial" and at % 3 != 0)
        if meeting is None:
            continue
        begins = school.calendar.at(meeting.day, group.slot.start)
        if meeting.day >= school.today:
            state = random.choice(("scheduled", "confirmed", "cancelled" if at % 4 == 1 else "confirmed"))
        else:
            state = "completed" if status == "enrolled" else random.choice(("completed", "no_show", "cancelled"))
        came = state == "completed"
        yield {
            "id": keys(min(begins, school.calendar.at(school.calendar.days_ago(1), 12 * 60))),
            "lead_id": lead["id"],
            "class_id": group.id,
            "session_id": meeting.id,
            "scheduled_at": begins,
            "status": state,
            "attended": came,
            "feedback": random.choice(FEEDBACK) if came else None,
            "follow_up_at": begins + timedelta(days=2) if state in {"completed", "no_show"} else None,
        }


def referrals(school: School) -> Rows:
    """Who sent whom, and what for."""
    keys = school.source.keys("referrals")
    senders: list[Person] = [*school.parents, *(each for each in school.students if each.audience == "adults")]
    for lead, random in _leads(school):
        if lead["source"] == "referral" and senders:
            converted = lead["status"] == "enrolled"
            given = converted and random.random() < 0.6
            yield {
                "id": keys(lead["created_at"]),
                "referrer_id": random.choice(senders).id,
                "referred_lead_id": lead["id"],
                "converted": converted,
                "reward_given": given,
                "reward_type": random.choice(("discount", "credit", "gift")) if given else None,
                "created_at": lead["created_at"],
            }

"""What watches over the students: fingerprints and log of memories, alerts at each level in each state, and what was done."""

from datetime import datetime, timedelta

from domain.demo.memory import Memory, digest, memories
from domain.demo.plan import Person, Row, Rows, School
from domain.demo.wellbeing import FALLING, NIGHT, SILENT, STEADY, kind_of

LEVELS = ("yellow", "orange", "green", "red")
STATES = ("detected", "acknowledged", "acted", "resolved")
SMALL = (("yellow", "detected"), ("orange", "acknowledged"), ("green", "resolved"))
AUDITED = {
    FALLING: "Engajamento em queda há três semanas. Regra: queda; linha de base própria 0,68, observado 0,31; certeza 0,8.",
    SILENT: "Silêncio longo. Regra: dias sem conversa; linha de base 2, observado 21; certeza 0,9.",
    NIGHT: "Conversas depois das 23h. Regra: sessões à noite; linha de base 0 por semana, observado 3; certeza 0,7.",
    STEADY: "Muitas conversas em um só dia. Regra: rajada; linha de base 2, observado 6; certeza 0,6.",
}
REASONS = {
    "green": (("teacher", "Voltou com ânimo depois de uma semana de gripe; registro para acompanhar."), ("auditor", "")),
    "yellow": (("auditor", ""), ("teacher", "Fala menos nas aulas e não quis apresentar.")),
    "orange": (
        ("teacher", "Chorou na saída e não quis dizer por quê. É a segunda vez no mês."),
        ("student", "Pediu para conversar com alguém da escola."),
    ),
    "red": (
        ("student", "Pediu ajuda urgente e aceitou falar com a orientação."),
        ("school", "Relato que exige contato imediato com a família e a rede de proteção."),
    ),
}
ACKNOWLEDGED = "Alerta recebido; vou conversar hoje."
ACTIONS = {
    "green": "Observação em sala",
    "yellow": "Conversa com o estudante",
    "orange": "Reunião com os responsáveis",
    "red": "Contato imediato com os responsáveis e a rede de proteção",
}
OUTCOMES = {
    "green": "Nada a fazer; segue bem.",
    "yellow": "Conversamos; a rotina em casa mudou e as coisas já se acomodaram.",
    "orange": "Reunião feita; combinado acompanhamento quinzenal.",
    "red": "Família e rede de proteção acionadas; acompanhamento em curso fora da escola.",
}
CHECKPOINTS = 4


def memory_audit_log(school: School) -> Rows:
    """Each step of each memory's making, without a word of it."""
    keys = school.source.keys("memory_audit_log")
    for memory in memories(school):
        steps: list[tuple[datetime, str, str, str, Row]] = [(memory.begun, "graph.created", "graph", memory.id, {})]
        steps += [(row["created_at"], "node.created", "node", row["id"], {"modality": row["modality"]}) for row in memory.nodes]
        steps += [(row["created_at"], "edge.created", "edge", row["id"], {"type": row["type"]}) for row in memory.edges]
        steps += [
            (row["created_at"], "ledger.added", "ledger", row["id"], {"category": row["category"]}) for row in memory.ledger
        ]
        for row in memory.contradictions:
            steps.append((row["detected_at"], "contradiction.detected", "contradiction", row["id"], {}))
            if row["resolved_at"]:
                steps.append(
                    (row["resolved_at"], "contradiction.resolved", "contradiction", row["id"], {"strategy": row["strategy"]})
                )
        for when, operation, kind, entity, details in sorted(steps, key=lambda step: step[0]):
            yield {
                "id": keys(when),
                "student_id": memory.student.id,
                "operation": operation,
                "entity_type": kind,
                "entity_id": entity,
                "actor": "student" if operation == "contradiction.resolved" else "system",
                "details": details,
                "timestamp": when,
            }


def _fingerprint(memory: Memory, until: datetime) -> tuple[str, str]:
    nodes = [f"{row['id']}:{row['content_hash']}" for row in memory.nodes if row["created_at"] <= until]
    edges = [
        f"{row['id']}:{row['source_id']}:{row['target_id']}:{row['type']}" for row in memory.edges if row["created_at"] <= until
    ]
    ledger = [f"{row['id']}:{digest(row['content'])}" for row in memory.ledger if row["created_at"] <= until]
    return digest("\n".join(sorted(nodes + edges))), digest("\n".join(sorted(ledger)))


def memory_integrity_hashes(school: School) -> Rows:
    """Fingerprints taken along the way."""
    keys = school.source.keys("memory_integrity_hashes")
    for memory in memories(school):
        for at in range(1, CHECKPOINTS + 1):
            when = memory.begun + (memory.now - memory.begun) * at / CHECKPOINTS
            graph, ledger = _fingerprint(memory, when)
            yield {
                "id": keys(when),
                "student_id": memory.student.id,
                "graph_hash": graph,
                "ledger_hash": ledger,
                "created_at": when,
            }


def _cases(school: School) -> list[tuple[str, str, Person]]:
    wanted = [(level, state) for level in LEVELS for state in STATES] * max(1, school.size // 160)
    if school.size < 40:
        wanted = list(SMALL)
    by_kind: dict[str, list[Person]] = {}
    for student in school.students:
        if student.active:
            by_kind.setdefault(kind_of(student), []).append(student)
    turns = dict.fromkeys(by_kind, 0)
    kinds = [kind for kind in (FALLING, SILENT, NIGHT, STEADY) if kind in by_kind]
    found = []
    for at, (level, state) in enumerate(wanted):
        audited = REASONS[level][at % 2][0] == "auditor"
        kind = kinds[at // 2 % len(kinds)] if audited else STEADY
        some = by_kind[kind]
        found.append((level, state, some[turns[kind] * 3 % len(some)]))
        turns[kind] += 1
    face = school.explorers[0]  # whoever tries the demo as this student, or their guardian, finds something to read
    theirs = [("yellow", "acted", face), ("orange", "acknowledged", face)]
    return found + (theirs if len(found) % 2 == 0 else theirs[::-1])  # who raises what goes by turns


def alerts(school: School) -> list[tuple[str, Row]]:
    """Each alert with its state; a red one is never raised from figures alone."""
    keys, random = school.source.keys("safety_alerts"), school.source.random("safety_alerts")
    helpers = school.coordinators
    found = []
    for at, (level, state, student) in enumerate(_cases(school)):
        by, reason = REASONS[level][at % 2]
        if by == "auditor":
            reason = AUDITED.get(kind_of(student), AUDITED[STEADY])
        ago = random.randrange(1, 4) if state == "detected" else random.randrange(5, 60)
        day = school.calendar.last_open_day(school.calendar.days_ago(ago))
        detected = school.calendar.at(day, random.randrange(8 * 60, 17 * 60))
        seen, done = detected + timedelta(minutes=12), detected + timedelta(hours=26 if level != "red" else 3)
        helper, other = helpers[at % len(helpers)], helpers[(at + 1) % len(helpers)]
        known, resolved = state != "detected", state == "resolved"
        serious = level in {"orange", "red"} and state in {"acted", "resolved"}
        row: Row = {
            "id": keys(detected),
            "student_id": student.id,
            "level": level,
            "reason": reason,
            "detected_by": by,
            "detected_at": detected,
            "acknowledged_at": seen if known else None,
            "acknowledged_by": helper.id if known else None,
            "resolved_at": done if resolved else None,
            "resolved_by": other.id if resolved else None,
            "resolution_notes": OUTCOMES[level] if resolved else None,
            "notified_parents": serious,
            "notified_authorities": level == "red" and serious,
        }
        found.append((state, row))
    return found


def safety_alerts(school: School) -> Rows:
    """The alerts."""
    for _state, row in alerts(school):
        yield row


def alert_acknowledgments(school: School) -> Rows:
    """Who saw, did and resolved what, step by step."""
    keys = school.source.keys("alert_acknowledgments")
    for state, alert in alerts(school):
        if state == "detected":
            continue
        seen = alert["acknowledged_at"]
        steps: list[tuple[datetime, str, str, str | None]] = [(seen, alert["acknowledged_by"], "Reconhecido", ACKNOWLEDGED)]
        if state in {"acted", "resolved"}:
            steps.append((seen + timedelta(hours=2), alert["acknowledged_by"], ACTIONS[alert["level"]], None))
        if state == "resolved":
            steps.append((alert["resolved_at"], alert["resolved_by"], "Resolvido", alert["resolution_notes"]))
        for when, person, action, notes in steps:
            row = {"id": keys(when), "alert_id": alert["id"], "user_id": person, "action_taken": action}
            yield {**row, "notes": notes, "timestamp": when}

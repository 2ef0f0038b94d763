"""What the companion remembers of some students: small things that a child might tell, tied together, and a ledger.

The demo has no student's key, so there are no messages; what is here stands as the columns keep it.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from domain.demo.plan import Person, Row, Rows, School

HALF_LIFE_DAYS, FLOOR_SHARE = 7.0, 0.1  # gravity halves in a week without access, down to a tenth of salience
MEMORIES = (
    ("episodic", "No sábado plantou feijão com a avó.", 0.6),
    ("episodic", "Apresentou o projeto dos planetas e riu quando o cartaz caiu.", 0.9),
    ("episodic", "Viu um sagui no pátio da escola.", 0.5),
    ("episodic", "Fez o primeiro gol no time da rua.", 0.9),
    ("semantic", "Júpiter tem mais de noventa luas.", 0.2),
    ("semantic", "O gato da casa se chama Biscoito.", 0.5),
    ("semantic", "Gosta mais de perguntas do que de respostas prontas.", 0.3),
    ("semantic", "Breakfast é café da manhã.", 0.1),
    ("semantic", "Baleias dormem na vertical.", 0.3),
    ("semantic", "Mora perto de um rio com capivaras.", 0.4),
    ("procedural", "Aprende palavras novas desenhando cada uma.", 0.3),
    ("procedural", "Para resumir, primeiro risca os exemplos.", 0.1),
    ("procedural", "Toca a escala de dó no violão sem olhar.", 0.4),
    ("procedural", "Faz pão de queijo com a receita da tia.", 0.6),
    ("emotional", "Ficou com frio na barriga antes de falar inglês em voz alta.", -0.3),
    ("emotional", "Sentiu orgulho ao ensinar o irmão a somar frações.", 0.9),
    ("emotional", "Fica triste quando chove no dia do recreio.", -0.4),
    ("emotional", "Adora o silêncio da biblioteca.", 0.6),
    ("sensory", "O cheiro de terra molhada lembra o sítio.", 0.6),
    ("sensory", "O som do trem à noite ajuda a dormir.", 0.4),
    ("sensory", "A luz do planetário parecia de verdade.", 0.8),
    ("semantic", "A cor preferida é verde-água.", 0.3),
    ("episodic", "Ganhou um caderno de estrelas no aniversário.", 0.8),
    ("procedural", "Revisa as tarefas às quintas, depois do lanche.", 0.1),
    ("semantic", "Quer ser paleontóloga, ou confeiteira.", 0.7),
)
OPPOSITES = (
    ("Não gosta de ler em voz alta.", "Gosta de ler em voz alta para a turma.", -0.5, 0.6),
    ("A cor preferida é azul.", "A cor preferida agora é laranja.", 0.3, 0.4),
)
LEDGER = (
    ("promise", "Prometeu mandar um cartão-postal quando viajar.", "Cartão-postal da viagem", ("viagem", "praia")),
    ("fact", "É alérgico a amendoim; a escola já sabe.", "Alergia a amendoim", ("lanche", "amendoim")),
    ("instruction", "Pediu para sempre receber um exemplo antes da regra.", "Exemplo antes da regra", ("regra", "gramática")),
    ("secret", "Está preparando uma surpresa para o dia das mães.", "Surpresa do dia das mães", ("surpresa", "mãe")),
    ("debt", "Deve a um colega a figurinha do cometa.", "Figurinha do cometa", ("figurinha",)),
    ("observation", "Escreve melhor depois de desenhar.", "Desenhar antes de escrever", ("escrever",)),
)
EDGES = (
    "PRECEDES",
    "CAUSES",
    "ENABLES",
    "RELATES_TO",
    "SUPPORTS",
    "REFINES",
    "ABSTRACTS",
    "EVOKES",
    "REMINDS_OF",
    "INVOLVES",
    "ABOUT",
    "LOCATED_AT",
)
BOTH_WAYS = {"RELATES_TO", "REMINDS_OF"}


def digest(text: str) -> str:
    """A text's fingerprint."""
    return sha256(text.encode()).hexdigest()


class Memory:
    """All rows of one student's memory. Asked twice, the same."""

    def __init__(self, school: School, student: Person) -> None:
        self.school, self.student = school, student
        self.random: Random = school.source.random("memory", student.number)
        self.keys = {
            table: school.source.keys(table, student.number)
            for table in ("memory_graphs", "memory_nodes", "memory_edges", "memory_ledger", "memory_contradictions", "overlay")
        }
        self.begun = school.calendar.at(school.calendar.days_ago(self.random.randrange(55, 85)), 15 * 60)
        self.now = school.calendar.at(school.calendar.days_ago(1), 19 * 60)
        self.id = self.keys["memory_graphs"](self.begun)
        self.nodes: list[Row] = []
        self._make_nodes()
        self.edges: list[Row] = []
        self._make_edges()
        self.ledger = [self._entry(*each) for each in self.random.sample(LEDGER, self.random.randrange(3, 6))]
        self.contradictions = self._contradictions()

    def _node(self, kind: str, content: str, when: datetime) -> None:
        random = self.random
        salience = round(random.uniform(0.45, 1.0), 3)
        used = when + (self.now - when) * random.random()
        idle = (self.now - used).total_seconds() / 86_400
        gravity = max(salience * 0.5 ** (idle / HALF_LIFE_DAYS), salience * FLOOR_SHARE)
        self.nodes.append(
            {
                "id": self.keys["memory_nodes"](when),
                "graph_id": self.id,
                "content": content,
                "content_hash": digest(content),
                "gravity": round(gravity, 4),
                "salience": salience,
                "confidence": round(random.uniform(0.6, 1.0), 2),
                "modality": kind,
                "sequence": len(self.nodes),
                "timestamp": when,
                "strength": round(random.uniform(0.3, 1.0), 2),
                "last_accessed": used,
                "source_type": random.choices(("chat", "lesson", "system"), (75, 20, 5))[0],
                "created_at": when,
            }
        )

    def _make_nodes(self) -> None:
        random = self.random
        some = random.sample(MEMORIES, random.randrange(16, len(MEMORIES) + 1))
        days = max(1, (self.now - self.begun).days)
        moments = sorted(self.begun + timedelta(days=random.uniform(0, days - 1)) for _each in range(len(some) + 4))
        self.valence = [value for _kind, _content, value in some]
        for (kind, content, _value), when in zip(some, moments, strict=False):
            self._node(kind, content, when)
        self.opposed: list[tuple[int, int]] = []
        later = iter(moments[len(some) :])
        for one, other, below, above in OPPOSITES[: random.randrange(1, 3)]:
            self.opposed.append((len(self.nodes), len(self.nodes) + 1))
            self._node("semantic", one, next(later))
            self._node("semantic", other, next(later))
            self.valence += [below, above]

    def _edge(self, one: int, other: int, kind: str, when: datetime) -> None:
        random = self.random
        weight = round(random.uniform(0.3, 1.0), 2)
        both = kind in BOTH_WAYS
        self.edges.append(
            {
                "id": self.keys["memory_edges"](when),
                "graph_id": self.id,
                "source_id": self.nodes[one]["id"],
                "target_id": self.nodes[other]["id"],
                "type": kind,
                "direction": "bidirectional" if both else "forward",
                "weight": weight,
                "valence": round(max(-1.0, min(1.0, (self.valence[one] + self.valence[other]) / 2)), 2),
                "reverse_weight": weight if both else round(weight * 0.4, 2),
                "sequence": len(self.edges),
                "strength": round(random.uniform(0.3, 1.0), 2),
                "created_at": when,
            }
        )

    def _make_edges(self) -> None:
        random, drawn = self.random, set()
        for at in range(1, len(self.nodes)):
            for other in {at - 1, random.randrange(at)}:
                kind = "PRECEDES" if other == at - 1 and random.random() < 0.4 else random.choice(EDGES)
                if (other, at, kind) not in drawn:
                    drawn.add((other, at, kind))
                    self._edge(other, at, kind, self.nodes[at]["created_at"])
        for one, other in self.opposed:
            self._edge(one, other, "CONTRADICTS", self.nodes[other]["created_at"])

    def _entry(self, category: str, content: str, summary: str, triggers: tuple[str, ...]) -> Row:
        random = self.random
        node = random.choice(self.nodes)
        when: datetime = node["created_at"]
        return {
            "id": self.keys["memory_ledger"](when),
            "graph_id": self.id,
            "content": content,
            "summary": summary,
            "category": category,
            "importance": round(random.uniform(0.5, 1.0), 2),
            "trigger_threshold": 0.5,
            "linked_nodes": [node["id"]],
            "triggers": list(triggers),
            "trigger_entities": [],
            "source_type": "chat",
            "source_entity": self.student.first,
            "source_date": when,
            "is_active": True,
            "expires_at": self.now + timedelta(days=60) if category == "promise" else None,
            "access_count": random.randrange(0, 9),
            "last_accessed": when + (self.now - when) / 2,
            "created_at": when,
        }

    def _contradictions(self) -> list[Row]:
        found = []
        for at, (one, other) in enumerate(self.opposed):
            detected: datetime = self.nodes[other]["created_at"] + timedelta(minutes=1)
            resolved = at == 0 and self.student.number % 2 == 0
            row = {"id": self.keys["memory_contradictions"](detected), "graph_id": self.id, "detected_at": detected}
            ends = {"node_a": self.nodes[one]["id"], "node_b": self.nodes[other]["id"], "resolved": resolved}
            won = {
                "resolved_to": ends["node_b"] if resolved else None,
                "resolved_at": detected + timedelta(hours=20) if resolved else None,
            }
            found.append({**row, **ends, **won, "strategy": "newer_wins" if resolved else "manual"})
        return found

    def graph(self) -> Row:
        """The graph's own row."""
        return {
            "id": self.id,
            "student_id": self.student.id,
            "snr": round(self.random.uniform(180, 620), 1),
            "compression_passes": 0,
            "node_count": len(self.nodes),
            "edge_count": len(self.edges),
            "oldest_memory": self.nodes[0]["timestamp"],
            "newest_memory": max(node["timestamp"] for node in self.nodes),
            "version": 1 + len(self.nodes) + len(self.edges) + len(self.ledger),
            "last_accessed": self.now,
            "created_at": self.begun,
        }

    def overlay(self) -> Row:
        """What the student knows of it all."""
        attitudes: dict[str, Any] = {
            node["id"]: {"attitude": value, "familiarity": node["strength"]}
            for node, value in zip(self.nodes, self.valence, strict=True)
        }
        return {
            "id": self.keys["overlay"](self.begun),
            "student_id": self.student.id,
            "graph_id": self.id,
            "known_nodes": [node["id"] for node in self.nodes],
            "known_edges": [edge["id"] for edge in self.edges],
            "node_overrides": attitudes,
            "relationship_cache": {},
            "stats": {"nodes": len(self.nodes), "edges": len(self.edges)},
            "version": 1,
            "created_at": self.begun,
            "updated_at": self.now,
        }


def memories(school: School) -> list[Memory]:
    """The memories of all students who have one."""
    return [Memory(school, student) for student in school.remembered]


def memory_graphs(school: School) -> Rows:
    """One graph a student."""
    yield from (memory.graph() for memory in memories(school))


def memory_nodes(school: School) -> Rows:
    """What is remembered."""
    for memory in memories(school):
        yield from memory.nodes


def memory_edges(school: School) -> Rows:
    """How it hangs together."""
    for memory in memories(school):
        yield from memory.edges


def memory_ledger(school: School) -> Rows:
    """What is never forgotten."""
    for memory in memories(school):
        yield from memory.ledger


def memory_contradictions(school: School) -> Rows:
    """What can't both hold."""
    for memory in memories(school):
        yield from memory.contradictions


def student_world_overlay(school: School) -> Rows:
    """What each student knows."""
    yield from (memory.overlay() for memory in memories(school))

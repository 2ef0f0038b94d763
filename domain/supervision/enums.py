"""Closed sets of values in supervision."""

from domain.db.types import Choice
from domain.kit.texts import N_


class MessageRole(Choice):
    """Who speaks in a conversation."""

    USER = "user", N_("Student")
    ASSISTANT = "assistant", N_("Companion")
    SYSTEM = "system", N_("The app itself")


class AuditEntity(Choice):
    """What an operation on a memory touched."""

    NODE = "node", N_("Memory node")
    EDGE = "edge", N_("Memory connection")
    LEDGER = "ledger", N_("Ledger entry")
    GRAPH = "graph", N_("Whole memory")
    CONTRADICTION = "contradiction", N_("Contradiction")
    OVERLAY = "overlay", N_("Known world")
    KEY = "key", N_("Key")


class AuditActor(Choice):
    """Who carried an operation on a memory out."""

    SYSTEM = "system", N_("The app itself")
    STUDENT = "student", N_("Student")
    COMPRESSION = "compression", N_("Compression")
    SCHOOL = "school", N_("Coordination")


class AlertLevel(Choice):
    """How urgent an alert is, from low to high."""

    GREEN = "green", N_("Green: normal")
    YELLOW = "yellow", N_("Yellow: attention")
    ORANGE = "orange", N_("Orange: serious")
    RED = "red", N_("Red: imminent")

    @property
    def rank(self) -> int:
        """0 for green up to 3 for red: escalation only ever goes up."""
        return list(AlertLevel).index(self)


class Detector(Choice):
    """Who raised an alert."""

    AUDITOR = "auditor", N_("Automatic check")
    TEACHER = "teacher", N_("Teacher")
    SYSTEM = "system", N_("The app itself")
    STUDENT = "student", N_("Student")
    STAFF = "staff", N_("Reception")
    SCHOOL = "school", N_("Coordination")
    PARENT = "parent", N_("Parent")


class HomeConcern(Choice):
    """Whether an alert may have to do with the student's home, as whoever raised it sees it."""

    NO = "no", N_("No")
    MAYBE = "maybe", N_("It may")
    UNSURE = "unsure", N_("I'm not sure")


class ReleaseDecision(Choice):
    """What a supervisor decided about one guardian and one alert."""

    RELEASED = "released", N_("Released")
    HELD = "held", N_("Held back")


class Mood(Choice):
    """What a student says of themselves, if they wish, at the end of a conversation; from low to high."""

    SAD = "sad", N_("sad")
    SO_SO = "so_so", N_("so-so")
    GOOD = "good", N_("good")
    GREAT = "great", N_("great")

    @property
    def height(self) -> float:
        """From 0 (sad) to 1 (great), for means and curves."""
        return list(Mood).index(self) / (len(Mood) - 1)

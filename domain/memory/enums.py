"""Closed sets of values in the companion's memory."""

from domain.db.types import Choice
from domain.kit.texts import N_


class Modality(Choice):
    """What kind of memory a node is."""

    EPISODIC = "episodic", N_("Something that happened")
    SEMANTIC = "semantic", N_("Something known")
    PROCEDURAL = "procedural", N_("How to do something")
    EMOTIONAL = "emotional", N_("A feeling")
    SENSORY = "sensory", N_("Something seen, heard or felt")


class MemorySource(Choice):
    """Where a memory came from."""

    CHAT = "chat", N_("Conversation")
    LESSON = "lesson", N_("Lesson")
    SYSTEM = "system", N_("The app itself")


class EdgeType(Choice):
    """What one memory has to do with another."""

    PRECEDES = "PRECEDES", N_("comes before")
    CAUSES = "CAUSES", N_("causes")
    ENABLES = "ENABLES", N_("makes possible")
    RELATES_TO = "RELATES_TO", N_("has to do with")
    CONTRADICTS = "CONTRADICTS", N_("contradicts")
    SUPPORTS = "SUPPORTS", N_("supports")
    REFINES = "REFINES", N_("says more exactly")
    ABSTRACTS = "ABSTRACTS", N_("sums up")
    EVOKES = "EVOKES", N_("evokes")
    REMINDS_OF = "REMINDS_OF", N_("reminds of")
    INVOLVES = "INVOLVES", N_("involves")
    ABOUT = "ABOUT", N_("is about")
    LOCATED_AT = "LOCATED_AT", N_("is at")

    @classmethod
    def temporal(cls) -> "frozenset[EdgeType]":
        """Before and after, cause and effect."""
        return frozenset({cls.PRECEDES, cls.CAUSES, cls.ENABLES})

    @classmethod
    def semantic(cls) -> "frozenset[EdgeType]":
        """What one statement says of another."""
        return frozenset({cls.RELATES_TO, cls.CONTRADICTS, cls.SUPPORTS, cls.REFINES, cls.ABSTRACTS})

    @classmethod
    def emotional(cls) -> "frozenset[EdgeType]":
        """What one memory stirs of another."""
        return frozenset({cls.EVOKES, cls.REMINDS_OF})

    @classmethod
    def entity(cls) -> "frozenset[EdgeType]":
        """Who, what and where."""
        return frozenset({cls.INVOLVES, cls.ABOUT, cls.LOCATED_AT})


class Direction(Choice):
    """Which way an edge may be followed."""

    FORWARD = "forward", N_("Forward")
    BACKWARD = "backward", N_("Backward")
    BIDIRECTIONAL = "bidirectional", N_("Both ways")


class LedgerCategory(Choice):
    """What must not be forgotten."""

    PROMISE = "promise", N_("Promise")
    SECRET = "secret", N_("Secret")
    DEBT = "debt", N_("Debt")
    THREAT = "threat", N_("Threat")
    FACT = "fact", N_("Fact")
    INSTRUCTION = "instruction", N_("Instruction")
    OBSERVATION = "observation", N_("Observation")


class ResolutionStrategy(Choice):
    """How it is decided which of two contradicting memories holds."""

    NEWER_WINS = "newer_wins", N_("The newer one holds")
    STRONGER_WINS = "stronger_wins", N_("The stronger one holds")
    MANUAL = "manual", N_("The student decides")

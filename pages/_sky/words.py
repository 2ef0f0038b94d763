"""What a sky's page says. The constellation speaks of stars, the memory of memories; the measures are the same."""

from dataclasses import dataclass

from domain.kit.formats import show_number, show_percent
from domain.kit.texts import N_, ngettext


@dataclass(frozen=True)
class Words:
    """A page's own words, as source texts."""

    one: str
    many: str
    kind: str
    find: str
    search: str
    choose: str
    brightest: str
    nothing_near: str
    way: str
    no_way: str
    size: str
    size_said: str
    open_record: str
    lost: str
    alt: str


@dataclass(frozen=True)
class Measure:
    """A measure by name, and what it means, said so that a fourteen-year-old can use it."""

    title: str
    meaning: str
    counted: bool = False

    def say(self, value: float) -> str:
        """A value of it."""
        return show_number(round(value, 2)) if self.counted else show_percent(value)


MEASURES = {
    "degree": Measure(
        N_("Connections"),
        N_("How many others it is directly joined with. The more, the more you can tie new things to it."),
        True,
    ),
    "betweenness": Measure(
        N_("Bridge"),
        N_("How often the shortest way between two others leads through it. Without a bridge, ideas lose each other."),
    ),
    "closeness": Measure(N_("Closeness"), N_("How few steps it takes from here to all the rest. 100% means: one step to each.")),
    "clustering": Measure(
        N_("Circle"), N_("How many of its neighbours are joined with each other too, like friends who all know each other.")
    ),
}


def steps_said(steps: int) -> str:
    """How far away something is."""
    return ngettext("{count} step away", "{count} steps away", steps)

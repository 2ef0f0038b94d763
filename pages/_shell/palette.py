"""The tokens of the look, for what is drawn in Python. `.streamlit/config.toml` and `style.css` say the same for the rest.

The hues are one palette of equal lightness (OKLCH L = 0.55 by day, 0.78 by night). Seen with normal sight, and as simulated for
protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009, full strength), the two nearest hues stay 0.050
(day) and 0.039 (night) apart in OKLab, where 0.02 can just be told. Each also has a shape: colour alone never says anything here.
"""

from dataclasses import dataclass

from domain.access.roles import Role
from domain.kit.texts import N_


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme."""

    background: str
    surface: str
    text: str
    quiet: str
    line: str
    primary: str
    link: str
    star: str
    green: str
    yellow: str
    orange: str
    red: str


LIGHT = Tokens(
    background="#FAFAF7",
    surface="#FFFFFF",
    text="#1A2033",
    quiet="#5B6478",
    line="#E3E5EA",
    primary="#5B4BC4",
    link="#5B4BC4",
    star="#B7791F",
    green="#1E7F53",
    yellow="#8A6100",
    orange="#B4500B",
    red="#B42318",
)
DARK = Tokens(
    background="#0B1020",
    surface="#131A2E",
    text="#E9ECF5",
    quiet="#9AA5BD",
    line="#26304A",
    primary="#7060DE",
    link="#9C8CFF",
    star="#F5C451",
    green="#4CC38A",
    yellow="#E5B93C",
    orange="#F28B4B",
    red="#F2706A",
)


def tokens(*, dark: bool) -> Tokens:
    """The colours of the theme that is shown."""
    return DARK if dark else LIGHT


@dataclass(frozen=True)
class Hue:
    """A colour by day and by night, and the shape that goes with it (plotly's name, and a character)."""

    name: str
    day: str
    night: str
    symbol: str
    shape: str

    def on(self, *, dark: bool) -> str:
        """The colour in the theme that is shown."""
        return self.night if dark else self.day


EMBER = Hue("ember", "#CD271D", "#D8AAA7", "circle", "●")
SAND = Hue("sand", "#8D6946", "#E4AD36", "diamond", "◆")
LEAF = Hue("leaf", "#64776A", "#12DC5C", "square", "■")
SEA = Hue("sea", "#3E73B3", "#6EC0FC", "triangle-up", "▲")
IRIS = Hue("iris", "#6F50E4", "#B6B5CA", "cross", "✚")
ORCHID = Hue("orchid", "#B03A98", "#F888E9", "star", "★")
HUES = (IRIS, SEA, SAND, ORCHID, LEAF, EMBER)

ROLE_HUES = {
    Role.STUDENT: IRIS,
    Role.TEACHER: SEA,
    Role.PARENT: SAND,
    Role.STAFF: LEAF,
    Role.SCHOOL: ORCHID,
    Role.OWNER: EMBER,
}
TECHNIQUE_HUES = {"orbit": SEA, "slingshot": SAND, "black_hole": IRIS, "constellation": ORCHID}
MODALITY_HUES = {"episodic": SEA, "semantic": IRIS, "procedural": SAND, "emotional": ORCHID, "sensory": LEAF}
NAMED: dict[str, Hue] = {**{str(role): hue for role, hue in ROLE_HUES.items()}, **TECHNIQUE_HUES, **MODALITY_HUES}


def hue_of(value: str) -> Hue:
    """The hue of a role, a technique or a modality; any other value gets one that stays the same each time."""
    return NAMED.get(value) or HUES[sum(value.encode()) % len(HUES)]


@dataclass(frozen=True)
class Level:
    """An alert level: never a colour alone, always a shape and a word."""

    shape: str
    word: str
    kind: str


LEVELS = {
    "green": Level("●", N_("normal"), "good"),
    "yellow": Level("▲", N_("attention"), "attention"),
    "orange": Level("◆", N_("serious"), "serious"),
    "red": Level("■", N_("imminent"), "danger"),
}

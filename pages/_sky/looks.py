"""Which colour and shape each category of a sky has."""

from collections.abc import Mapping

from pages._charts.sky import Look
from pages._shell.palette import HUES, MODALITY_HUES, Hue

# Three dimensions know fewer shapes than two, and draw them as letters: its x is an emoji that many machines lack.
IN_SPACE = {"triangle-up": ("diamond-open", "◇"), "star": ("circle-open", "○")}
SHAPES = (
    ("circle", "●"),
    ("diamond", "◆"),
    ("square", "■"),
    ("diamond-open", "◇"),
    ("cross", "✚"),
    ("circle-open", "○"),
    ("square-open", "□"),
)


def look(hue: Hue, name: str) -> Look:
    """A hue as it shines by night, with its shape in space."""
    symbol, shape = IN_SPACE.get(hue.symbol, (hue.symbol, hue.shape))
    return Look(name, hue.night, symbol, shape)


def of_modalities(names: Mapping[str, str]) -> dict[str, Look]:
    """The looks of memory's modalities, by value; `names` says what each is called."""
    return {value: look(MODALITY_HUES[value], name) for value, name in names.items()}


def of_categories(categories: Mapping[str, int], nameless: str) -> dict[str, Look]:
    """The looks of a student's own categories, the largest first: six hues, then the same hues in other shapes."""
    order = sorted(categories, key=lambda category: -categories[category])
    found = {}
    for at, category in enumerate(order):
        lap, hue = at // len(HUES), HUES[at % len(HUES)]
        base = look(hue, category or nameless)
        if lap:
            start = [symbol for symbol, _shape in SHAPES].index(base.symbol)
            symbol, shape = SHAPES[(start + lap) % len(SHAPES)]
            base = Look(base.name, base.color, symbol, shape)
        found[category] = base
    return found

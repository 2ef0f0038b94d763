"""What the demo's courses teach, read from the files beside this one: themes with topics, topics with words."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

LEVELS = {"A1": "Iniciante", "A2": "Básico", "B1": "Intermediário", "B2": "Intermediário superior", "C1": "Avançado"}
TECHNIQUES = ("orbit", "slingshot", "black_hole", "constellation")


class Topic(NamedTuple):
    """A lesson's subject: its title, words or ideas, a model sentence or prompt, what to watch out for."""

    title: str
    words: tuple[str, ...]
    sample: str
    hint: str


class Theme(NamedTuple):
    """A module's subject and its lessons. `technique` is empty in a language course."""

    level: str
    name: str
    about: str
    technique: str
    topics: tuple[Topic, ...]


@cache
def themes(course: str) -> tuple[Theme, ...]:
    """The themes of a course (`english`, `intelligence`), level by level."""
    with (Path(__file__).parent / f"{course}.toml").open("rb") as file:
        found = tomllib.load(file)[course]
    return tuple(
        Theme(
            each["level"],
            each["name"],
            each["about"],
            each.get("technique", ""),
            tuple(
                Topic(topic["title"], tuple(topic["words"].split(", ")), topic["sample"], topic["hint"])
                for topic in each["topics"]
            ),
        )
        for each in found
    )

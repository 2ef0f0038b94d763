"""The words of what is told, in the language spoken now. What fills their places is kept as JSON, days and times marked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from domain.kit.errors import Problem
from domain.kit.texts import _
from domain.outbox.kinds import TITLES

CHILDREN = "of"  # among the params of a guardian's notice: the names of the children whom it concerns
BACK = "taken_back"  # among the params of a notice that says that another one holds no more
DAY, TIME, WORDS = "day", "time", "words"


def packed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Params as JSON holds them. A tuple holds source texts, as in a `Problem`."""
    return {name: _packed(value) for name, value in params.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, dt.date):
        return {DAY: value.isoformat()}
    if isinstance(value, dt.time):
        return {TIME: value.isoformat()}
    if isinstance(value, tuple):
        return {WORDS: list(value)}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a notice can't hold {type(value).__name__}")


def unpacked(params: Mapping[str, Any]) -> dict[str, Any]:
    """Params as they were given."""
    return {name: _unpacked(value) for name, value in params.items()}


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if DAY in value:
        return dt.date.fromisoformat(value[DAY])
    if TIME in value:
        return dt.time.fromisoformat(value[TIME])
    return tuple(value[WORDS])


def title_of(kind: str) -> str:
    """What a kind of notice is called."""
    return _(TITLES.get(kind, TITLES["news"]))


def text_of(source: str, params: Mapping[str, Any]) -> str:
    """A notice's text; a guardian reads before it whom it concerns."""
    filling = {name: value for name, value in params.items() if name not in {BACK, CHILDREN}}
    said = Problem("", source, unpacked(filling)).message
    if params.get(BACK):
        said = _("This was undone and doesn't hold any more: “{said}”").format(said=said)
    return f"{params[CHILDREN]}: {said}" if params.get(CHILDREN) else said

"""What a person looks at in a sky. It all stands in the URL as keys and plain words of the program; what is searched never does.

The URL says which node, and the widgets follow: a pasted link shows the same, nonsense in it is left out with a note.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import streamlit as st

from domain.graph.graph import Graph
from domain.kit.fold import fold
from pages._shell import state

DEPTHS = (1, 2, 3)
MEASURES = ("size", "degree", "betweenness", "closeness", "clustering")
STEPS, STRONG = "steps", "strong"
SEARCH_LENGTH = 80
NAMELESS = "(none)"  # what the URL calls the category of nodes without one


@dataclass(frozen=True)
class Choices:
    """The node looked at, how far around it, the node a way is sought to and how, what sizes the stars, and the filters."""

    focus: str = ""
    depth: int = 1
    goal: str = ""
    by: str = STEPS
    measure: str = "size"
    categories: frozenset[str] = frozenset()
    search: str = ""
    lost: bool = False  # the link named a node that isn't here


def read(graph: Graph, *, private: str) -> Choices:
    """What the URL and the search box say, as far as it makes sense. `private` tells two skies' search boxes apart."""
    query = st.query_params
    focus, goal = query.get("star", ""), query.get("goal", "")
    depth, measure = query.get("depth", "1"), query.get("size", "size")
    known = graph.categories()
    return Choices(
        focus=focus if focus in graph.by_id else "",
        depth=int(depth) if depth in {str(each) for each in DEPTHS} else 1,
        goal=goal if goal in graph.by_id and goal != focus else "",
        by=STRONG if query.get("by") == STRONG else STEPS,
        measure=measure if measure in MEASURES else "size",
        categories=frozenset(_named(each) for each in query.get_all("kind")) & set(known),
        search=str(state.value(search_key(private), "") or "")[:SEARCH_LENGTH],
        lost=any(each and each not in graph.by_id for each in (focus, goal)),
    )


def _named(category: str) -> str:
    return "" if category == NAMELESS else category


def search_key(private: str) -> str:
    """The key of a sky's search box."""
    return f"sky-search-{private}"


def change(**values: str) -> None:
    """Change some of what the URL says; an empty value takes it out."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def look_at(key: str) -> None:
    """Look at another node; the way that was sought ends."""
    change(star=key, goal="")


def choose_categories(categories: Collection[str]) -> None:
    """Show these categories alone; all, if none is named."""
    if categories:
        st.query_params["kind"] = sorted(each or NAMELESS for each in categories)
    else:
        st.query_params.pop("kind", None)


def show(widget: str, value: object) -> None:
    """Make a widget show what the URL says."""
    state.put(f"sky-{widget}", value)


def shown(widget: str) -> Any:
    """What a widget holds now."""
    return state.value(f"sky-{widget}")


def follow(widget: str, value: object, then: Callable[[str], None]) -> Callable[[], None]:
    """Make a widget show what the URL says; what is given back hands its next value, as a text, to `then`."""
    show(widget, value)

    def changed() -> None:
        new = shown(widget)
        then("" if new is None else str(new))

    return changed


def matching(graph: Graph, search: str) -> frozenset[str]:
    """The nodes whose name holds every word that was searched, blind to case and accents."""
    words = fold(search).split()
    if not words:
        return frozenset()
    return frozenset(node.id for node in graph.nodes if all(word in fold(node.label) for word in words))

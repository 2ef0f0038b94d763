"""Figures: how many records a view holds, many views at once. A figure and the list behind it ask the database the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from domain.access.uow import ScopedSession
from domain.db.base import model_of
from domain.records.query import Filter, View, conditions


@dataclass(frozen=True)
class Question:
    """The records of a table that some filters leave: what a figure counts, and what a link to them opens."""

    table: str
    filters: tuple[Filter, ...] = ()


def counting(session: ScopedSession, question: Question) -> Select[int]:
    """The statement that counts what a question means."""
    model = model_of(question.table)
    view = View(filters=question.filters)
    return select(func.count()).select_from(model).where(*conditions(session, model, view))


def answer_all(session: ScopedSession, asked: Mapping[str, Question | Select[Any]]) -> dict[str, Any]:
    """Each answer by its name, all in one statement. A Select must give one value."""
    if not asked:
        return {}
    parts = [
        (counting(session, each) if isinstance(each, Question) else each).scalar_subquery().label(f"answer_{at}")
        for at, each in enumerate(asked.values())
    ]
    return dict(zip(asked, session.execute(select(*parts)).one(), strict=True))

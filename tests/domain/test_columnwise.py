"""Rows that come in columns are told as they would be one by one, and refused as one would be."""

from typing import Any

import pytest

from domain.access import bulk
from domain.access.trail.kinds import WHOLE
from domain.access.trail.values import document, documents, kept
from domain.access.uow import unit_of_work
from domain.db.base import folded, folded_columns, model_of
from domain.kit.errors import WrongScope
from tests.conftest import School
from tests.factories.rows import value_of

ELSEWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def some_rows(table: str) -> list[dict[str, Any]]:
    """A row with all that it may hold, one with as little, and the first again."""
    columns = [each for each in model_of(table).__table__.columns if each.name != "row_version"]
    full = {each.name: value_of(each.type, low=each.info.get("low")) for each in columns}
    return [full, {each.name: None if each.nullable else full[each.name] for each in columns}, dict(full)]


def in_columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("table", sorted(WHOLE))
def test_columns_are_told_and_folded_as_their_rows_are(table: str) -> None:
    model, rows = model_of(table), some_rows(table)
    filled = [{name: value for name, value in kept(model, row).items() if value is not None} for row in rows]
    assert documents(model, in_columns(rows)) == [document(model, values, row) for values, row in zip(filled, rows, strict=True)]
    assert folded_columns(model, in_columns(rows), len(rows)) == in_columns([folded(model, row) for row in rows])


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("rooms", {"name": ["A", "B"], "capacity": [1, 2], "organization_id": [None, ELSEWHERE]}),
        ("users", {"first_name": ["A", "B"], "last_name": ["C", "D"], "role": ["student"] * 2, "cpf": [None, "•••"]}),
    ],
)
def test_one_row_of_another_school_or_with_dots_refuses_the_whole(school: School, table: str, columns: dict[str, Any]) -> None:
    if "organization_id" in columns:
        columns = {**columns, "organization_id": [school.id, ELSEWHERE]}
    with pytest.raises(WrongScope), unit_of_work(school.actor("school")) as session:
        bulk.insert_columns(session, model_of(table), columns, count=2)

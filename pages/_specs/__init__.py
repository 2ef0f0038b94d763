"""One file a table group: only what departs from what the models say."""

from functools import cache
from importlib import import_module

from domain.registry import group_of
from pages._crud.spec import TableSpec


@cache
def spec_of(table: str) -> TableSpec:
    """The spec of a table: the group's exceptions, else none."""
    specs: dict[str, TableSpec] = import_module(f"pages._specs.{group_of(table).name}").SPECS
    return specs.get(table) or TableSpec(table)

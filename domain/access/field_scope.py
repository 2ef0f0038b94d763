"""The scope of fields: no question of a person's names a column that is masked for them, and no record hands one out.

Where a column is masked in some row that the actor reads, a statement that names it anywhere is refused; records come without it,
and touching it there raises. The one way to its values is `to_be_masked`, which `domain.records.masks` alone takes, and which
puts dots where they belong, row by row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import (
    Alias,
    Column,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Table,
    TableClause,
    TextClause,
    case,
    event,
    inspect,
    literal,
)
from sqlalchemy.orm import Load, LoaderCriteriaOption, Mapper, PassiveFlag, QueryContext, Session
from sqlalchemy.orm.base import PASSIVE_NO_RESULT
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import _textual_label_reference

from domain.access.decide import ever_dotted, untold
from domain.access.masking import has_dots
from domain.db.base import Base, model_of
from domain.kit.errors import WrongScope

TO_BE_MASKED = "to be masked"


def to_be_masked(statement: Select[Any], *told: ColumnElement[bool]) -> Select[Any]:
    """A statement whose list may name masked columns, as they are: for who masks the values that it gives, and nobody else.

    `told`: conditions of the rights themselves; whether a row meets each comes with it, after all other columns.
    """
    return statement.execution_options(**{TO_BE_MASKED: told})


def with_told(statement: Any) -> Any:
    """The statement, once it was found to be fine, with what it wants to be told of its rows."""
    told = statement.get_execution_options().get(TO_BE_MASKED, ())
    return statement.add_columns(*(case((each, 1), else_=0) for each in told)) if told else statement


def untold_of(session: Session, model: type[Base]) -> frozenset[str]:
    """The columns of a model, by their names in the database, that the session's actor isn't told of in every row."""
    known: dict[type[Base], frozenset[str]] = session.info.setdefault("untold", {})
    if model not in known:
        known[model] = untold(session.info["actor"], model)
    return known[model]


def is_words(element: Any) -> bool:
    """Whether this is SQL in words, which may speak of anything, or a name that belongs to no table of ours.

    `count(*)` holds a star in words.
    """
    if isinstance(element, ColumnClause) and not isinstance(element, Column):
        return element.name != "*" if element.is_literal or element.table is None else False
    return isinstance(element, TextClause) or type(element) is TableClause


def refuse_untold(session: Session, statement: Any, elements: Sequence[Any]) -> None:
    """WrongScope if a statement names a column that the actor isn't told of: anywhere, under whatever name.

    `elements`: all that it is made of.
    """
    if any(isinstance(each, LoaderCriteriaOption) for each in statement._with_options):
        raise WrongScope  # a condition in disguise
    if any(
        each._prefixes or each._suffixes or each._statement_hints or each._hints for each in elements if isinstance(each, Select)
    ):
        raise WrongScope
    tables = {each.name for each in elements if isinstance(each, Table)}
    hidden = {name: untold_of(session, model_of(name)) for name in tables}
    if not any(hidden.values()):
        return
    if isinstance(statement, Select) and TO_BE_MASKED in statement.get_execution_options():
        statement = _beside_plain_columns(statement)
        elements = list(visitors.iterate(statement))
    if any(column.name in hidden.get(table, ()) for column, table in _columns(statement, elements)):
        raise WrongScope
    names = frozenset().union(*hidden.values())
    if any(each.element.split()[0] in names for each in elements if isinstance(each, _textual_label_reference)):
        raise WrongScope


def without_untold(session: Session, statement: Any) -> Any:
    """The statement, its records loaded without the columns that the actor isn't told of."""
    options = []
    for each in getattr(statement, "_raw_columns", ()):
        entity: Any = each._annotations.get("parententity") if isinstance(each, FromClause) else None
        if entity is not None:
            names = untold_of(session, entity.mapper.class_)
            options += [Load(entity).defer(getattr(entity.entity, _attribute(entity.mapper, name))) for name in names]
    return statement.options(*options) if options else statement


def _attribute(mapper: Mapper[Any], column: str) -> str:
    return mapper.get_property_by_column(mapper.local_table.c[column]).key


def _beside_plain_columns(statement: Select[Any]) -> Select[Any]:
    """The statement without the columns that its list names as they are."""
    rest = [each for each in statement._raw_columns if not isinstance(each, Column)]
    return statement.with_only_columns(*rest or [literal(1)], maintain_column_froms=True)


def _columns(statement: Any, elements: Iterable[Any]) -> Iterator[tuple[ColumnClause[Any], str]]:
    """Every column of a table that a statement names, be it through a subquery, an alias or a label; or lists as part of a whole.

    A record asked for outright isn't a list of its columns: it comes without those that are untold.
    """
    for each in elements:
        if isinstance(each, ColumnClause):
            yield from _bases(each)
        elif isinstance(each, Select):
            for whole in each._raw_columns:
                is_record = each is statement and "parententity" in whole._annotations
                if isinstance(whole, FromClause) and not is_record:
                    for column in whole.c:
                        yield from _bases(column)


def _bases(column: Any) -> Iterator[tuple[ColumnClause[Any], str]]:
    """The columns of tables that a column stands for, each with its table's name."""
    table = column.table if isinstance(column, ColumnClause) else None
    while isinstance(table, Alias):
        table = table.element
    if isinstance(table, Table):
        yield column, table.name
    else:
        yield from (
            (each, each.table.name) for each in column.base_columns if isinstance(each, Column) and each.table is not None
        )


def refuse_dots(model: type[Base], values: Mapping[str, Any]) -> None:
    """WrongScope if dots are about to be kept, by the columns' names, in the place of what they stood for."""
    if any(has_dots(values.get(name)) for name in ever_dotted(model)):
        raise WrongScope


def refuse_dots_in(record: Base) -> None:
    """WrongScope if a record is about to keep dots in the place of what they stood for."""
    state = inspect(record)
    dotted = ((name, _attribute(state.mapper, name)) for name in ever_dotted(type(record)))
    refuse_dots(type(record), {name: state.dict.get(key) for name, key in dotted})


def seal(session: Session, record: Base) -> None:
    """Take from a record what the actor isn't told of; whoever touches it hears that it isn't there for them."""
    hidden = untold_of(session, type(record))
    if not hidden:
        return
    state = inspect(record)
    for name in hidden:
        key = _attribute(state.mapper, name)
        state.dict.pop(key, None)
        state.expired_attributes.discard(key)
        if "callables" not in state.__dict__:
            state.callables = {}
        state.callables[key] = _refuse


def _refuse(_state: Any, passive: PassiveFlag) -> Any:
    return _raise() if passive & PassiveFlag.SQL_OK else PASSIVE_NO_RESULT


def _raise() -> NoReturn:
    raise WrongScope


@event.listens_for(Base, "load", propagate=True)
def _loaded(record: Base, context: QueryContext) -> None:
    _seal_for(context.session, record)


@event.listens_for(Base, "refresh", propagate=True)
def _refreshed(record: Base, context: QueryContext, _names: Any) -> None:
    _seal_for(context.session, record)


@event.listens_for(Base, "expire", propagate=True)
def _expired(record: Base | None, _names: Any) -> None:
    """What is expired is loaded again when it is touched; what is sealed is not. None: nobody holds the record any more."""
    if record is not None:
        _seal_for(inspect(record).session, record)


def _seal_for(session: Session | None, record: Base) -> None:
    if session is not None and "actor" in session.info:
        seal(session, record)

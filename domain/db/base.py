"""What every model shares. From what a model says of its columns follow, in one place and for all of them:

- `row_version`, raised by each change, so that two people who edit one record find out;
- `search_text`, all texts folded, for a search blind to case and accents; `sort_text`, the record's name folded, for the order
  that Portuguese wants (kept in columns because a LIKE or a collation of SQLite's is neither, on a file or on a server);
- CHECKs for value sets, limits and required texts, under names of one convention;
- an index behind each foreign key and behind the default order;
- the walls between schools: composite foreign keys (organization_id, key), a trigger where ON DELETE SET NULL is wanted
  (a composite key would null the school as well), and one that keeps `organization_id` as it was.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, declared_attr, mapped_column, object_session

from domain.db.columns import key
from domain.db.types import ChoiceType, Flag, Key, LongText, Shaped, ShortText
from domain.kit.fold import fold
from domain.kit.texts import N_

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
ADDED = {"organization_id", "row_version", "search_text", "sort_text"}


class Base(DeclarativeBase):
    """A table. `__label__`: the columns a person calls a record by (a reference stands for its record's own label).

    `__order_by__`: the default order, a leading "-" for descending. `__title__`, `__one__`: source texts for many and one.
    """

    metadata = MetaData(naming_convention=NAMES)

    __label__: ClassVar[tuple[str, ...]] = ("name",)
    __order_by__: ClassVar[tuple[str, ...]] = ("sort_text",)
    __title__: ClassVar[str] = ""
    __one__: ClassVar[str] = ""
    __sealed__: ClassVar[bool] = False  # its words are the student's alone: no folded copy of them is kept
    __append_only__: ClassVar[bool] = False  # rows are added, never changed or deleted, by the database's own word
    __locked_by__: ClassVar[str] = ""  # a reference: where that record is locked, so is this one
    __triggers__: ClassVar[dict[str, str]] = {}  # name -> CREATE TRIGGER, beyond those that follow from the columns

    if TYPE_CHECKING:
        __table__: ClassVar[Table]

    id: Mapped[str] = key()

    @declared_attr
    def row_version(cls) -> Mapped[int]:
        return mapped_column(Integer, nullable=False, default=1, server_default=text("1"), sort_order=90, info={"hidden": True})

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            _complete(cls, table)

    def lock_reason(self) -> str | None:
        """Why this record may not be changed or deleted (a source text), or None if it may."""
        return N_("These records are only ever added.") if self.__append_only__ else None

    def delete_lock_reason(self) -> str | None:
        """Why this record may not be deleted (a source text), or None if it may."""
        return self.lock_reason()


class Tenant:
    """A table whose rows belong to a school."""

    @declared_attr
    def organization_id(cls) -> Mapped[str]:
        return mapped_column(
            Key(),
            nullable=False,
            sort_order=80,
            info={"hidden": True, "refers": "organizations", "on_delete": "RESTRICT"},
        )


def searchable_columns(model: type[Base]) -> list[Column[Any]]:
    """The columns whose words `search_text` holds."""
    return [
        column
        for column in model.__table__.columns
        if isinstance(column.type, Shaped) and column.type.searchable and column.key not in ADDED
    ]


def folded(model: type[Base], values: Mapping[str, Any]) -> dict[str, str]:
    """`search_text` and `sort_text` for a row's values, as far as the table has them."""
    searched, named = _folded_from(model)
    found: dict[str, str] = {}
    if searched is not None:
        parts: list[str] = []
        for name in searched:
            value = values.get(name)
            if value:
                parts.extend(str(each) for each in (value if isinstance(value, list) else [value]) if each)
        found["search_text"] = fold(" ".join(parts)) if parts else ""
    if named is not None:
        found["sort_text"] = fold(" ".join(str(values.get(name) or "") for name in named))
    return found


def folded_columns(model: type[Base], columns: Mapping[str, Sequence[Any]], count: int) -> dict[str, list[str]]:
    """The same for rows that are given as columns."""
    sources = {name for some in _folded_from(model) for name in some or ()} & columns.keys()
    filled = {name: columns[name] for name in sources if any(columns[name])}
    if not filled:
        return {name: [text] * count for name, text in folded(model, {}).items()}
    rows = [folded(model, dict(zip(filled, row, strict=True))) for row in zip(*filled.values(), strict=True)]
    return {name: [row[name] for row in rows] for name in folded(model, {})}


@cache
def _folded_from(model: type[Base]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The columns that a table's folded texts are made from; None for a text that it hasn't."""
    columns = model.__table__.columns
    searched = tuple(column.key for column in searchable_columns(model)) if "search_text" in columns else None
    return searched, tuple(model.__label__) if "sort_text" in columns else None


def _complete(model: type[Base], table: Table) -> None:
    tenant = issubclass(model, Tenant)
    triggers: dict[str, str] = dict(model.__triggers__)
    if searchable_columns(model) and not model.__sealed__:
        _add(model, "search_text")
    if all(isinstance(table.columns[name].type, ShortText) for name in model.__label__) and not model.__sealed__:
        _add(model, "sort_text")
    for column in list(table.columns):
        _check_column(table, column)
    for column in list(table.columns):
        if "refers" in column.info:
            _refer(table, column, tenant=tenant, triggers=triggers)
    if tenant:
        table.append_constraint(UniqueConstraint("organization_id", "id"))
        triggers[f"tr_{table.name}_school_stays"] = (
            f"CREATE TRIGGER tr_{table.name}_school_stays BEFORE UPDATE OF organization_id ON {table.name} "
            f"WHEN NEW.organization_id IS NOT OLD.organization_id "
            f"BEGIN SELECT RAISE(ABORT, 'wrong school: {table.name}.organization_id'); END"
        )
    if model.__append_only__:
        for verb in ("UPDATE", "DELETE"):
            name = f"tr_{table.name}_no_{verb.lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} BEGIN SELECT RAISE(ABORT, 'append only: {table.name}'); END"
            )
    _order(model, table, tenant=tenant)
    table.info["triggers"] = triggers
    table.info["model"] = model
    for statement in triggers.values():
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


def _add(model: type[Base], name: str) -> None:
    setattr(
        model,
        name,
        mapped_column(LongText(1_000_000), nullable=False, default="", server_default=text("''"), info={"hidden": True}),
    )


def _check_column(table: Table, column: Column[Any]) -> None:
    quoted = f'"{column.name}"'
    low, high = column.info.get("low"), column.info.get("high")
    bounds = [f"{quoted} >= {low}"] * (low is not None) + [f"{quoted} <= {high}"] * (high is not None)
    if bounds:
        table.append_constraint(CheckConstraint(" AND ".join(bounds), name=f"{column.name}_range"))
    if isinstance(column.type, ChoiceType):
        values = ", ".join(f"'{member.value}'" for member in column.type.kind)
        table.append_constraint(CheckConstraint(f"{quoted} IN ({values})", name=f"{column.name}_set"))
    elif isinstance(column.type, ShortText) and not column.nullable and column.name not in ADDED:
        table.append_constraint(CheckConstraint(f"{quoted} <> ''", name=f"{column.name}_filled"))
    elif isinstance(column.type, Flag):
        table.append_constraint(CheckConstraint(f"{quoted} IN (0, 1)", name=f"{column.name}_flag"))


def _refer(table: Table, column: Column[Any], *, tenant: bool, triggers: dict[str, str]) -> None:
    target, rule = column.info["refers"], column.info["on_delete"]
    to_school = target == "organizations"
    composite = tenant and not to_school and rule != "SET NULL"
    names = ["organization_id", column.name] if composite else [column.name]
    goals = [f"{target}.organization_id", f"{target}.id"] if composite else [f"{target}.id"]
    table.append_constraint(ForeignKeyConstraint(names, goals, name=f"fk_{table.name}_{column.name}", ondelete=rule))
    if tenant and not to_school and not composite:
        for verb in ("INSERT", f"UPDATE OF {column.name}"):
            name = f"tr_{table.name}_{column.name}_school_{verb.split()[0].lower()}"
            triggers[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table.name} WHEN NEW.{column.name} IS NOT NULL AND NOT EXISTS "  # noqa: S608 -- our own names
                f"(SELECT 1 FROM {target} WHERE id = NEW.{column.name} AND organization_id = NEW.organization_id) "
                f"BEGIN SELECT RAISE(ABORT, 'wrong school: {table.name}.{column.name}'); END"
            )
    if to_school:
        return  # UNIQUE (organization_id, id) is an index that begins with it
    # SQLite keeps an index for each UNIQUE: what it begins with needs none of its own, which every row would have to enter.
    uniques = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    known = [each.columns for each in table.indexes] + uniques
    led = any(next(iter(columns)).name == column.name for columns in known if len(columns))
    if not led and not column.unique:
        Index(f"ix_{table.name}_{column.name}", column)


def _order(model: type[Base], table: Table, *, tenant: bool) -> None:
    order = [name.lstrip("-") for name in model.__order_by__]
    columns = [
        table.columns[name.lstrip("-")].desc() if name.startswith("-") else table.columns[name] for name in model.__order_by__
    ]
    if columns and order != ["id"]:
        lead = [table.columns["organization_id"]] if tenant else []
        Index(f"ix_{table.name}_order", *lead, *columns)


@event.listens_for(Base, "before_insert", propagate=True)
def _fold_new(mapper: Mapper[Any], _connection: Connection, target: Base) -> None:
    _fold(target, {table_key(mapper, each.key): getattr(target, each.key) for each in mapper.column_attrs})


@event.listens_for(Base, "before_update", propagate=True)
def _fold_again(mapper: Mapper[Any], connection: Connection, target: Base) -> None:
    """Keep the folded texts in step. What the record was loaded without is asked of the database.

    SQLAlchemy comes here for records too that were set to what they held. They are not written, by this neither: nobody has
    asked whether they may be.
    """
    session = object_session(target)
    if session is None or not session.is_modified(target):
        return
    model, loaded = type(target), inspect(target).dict
    sources = {column.key for column in searchable_columns(model)} | set(model.__label__)
    values = {table_key(mapper, each.key): loaded[each.key] for each in mapper.column_attrs if each.key in loaded}
    if folded(model, {}) and not sources <= values.keys():
        row = connection.execute(select(model.__table__).where(model.__table__.c.id == target.id)).mappings().one()
        values = {**row, **values}
    _fold(target, values)


def _fold(target: Base, values: Mapping[str, Any]) -> None:
    for name, value in folded(type(target), values).items():
        setattr(target, name, value)


def table_key(mapper: Mapper[Any], attribute: str) -> str:
    """The column's key behind a mapped attribute (they differ where a column's name is taken, such as `metadata`)."""
    return mapper.column_attrs[attribute].columns[0].key or attribute


def model_of(table: str) -> type[Base]:
    """The model of a table; KeyError if there is none."""
    found: type[Base] = Base.metadata.tables[table].info["model"]
    assert issubclass(found, Base)
    return found


def models() -> list[type[Base]]:
    """All models known so far, in an order in which rows may be inserted."""
    return [table.info["model"] for table in Base.metadata.sorted_tables]

"""A page of any table's rows: filtered, searched, sorted and counted by the database, within the actor's rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from domain.access.decide import untold
from domain.access.uow import ScopedSession, named
from domain.db.base import Base, model_of
from domain.db.gather import gather
from domain.db.types import Instant, ShortText, has_unkept
from domain.kit.errors import NotFound
from domain.kit.fold import fold
from domain.kit.ids import is_id
from domain.kit.phones import digits_typed
from domain.records.fields import Field, fields
from domain.records.labels import NAMELESS, label_of_key, labels, show_label
from domain.records.masks import MASK as MASK  # noqa: PLC0414 -- rows are read here, and told apart by it
from domain.records.masks import mask, masked_fields, read
from domain.records.traits import traits_for

LARGEST_PAGE = 200
LONGEST_SEARCH = 200  # characters: SQLite bounds how long a pattern may be, and how many there are
ACCENTS = {"a": "áàâãäå", "e": "éèêë", "i": "íìîï", "o": "óòôõö", "u": "úùûü", "c": "ç", "n": "ñ"}
SORTED = {"a": "áâãà", "e": "éê", "i": "í", "o": "óôõ", "u": "ú", "c": "ç"}  # SQLite's parser takes 28 calls inside each other


@dataclass(frozen=True)
class Filter:
    """One condition on one field: some of its values, a range (either end may be open), or emptiness."""

    name: str
    values: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None
    empty: bool = False


@dataclass(frozen=True)
class View:
    """What a grid shows. `sort` is a field's name, "-" before it for descending; empty for the table's own order."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    page: int = 1
    size: int = 50

    def at(self, page: int) -> "View":
        """The same view, another page."""
        return replace(self, page=page)


@dataclass(frozen=True)
class Row:
    """One row as plain data: key, version, values by field name, and the labels of what it refers to.

    `hidden`: the fields whose values aren't shown as they are.
    """

    key: str
    version: int
    values: dict[str, Any]
    labels: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """Rows of a view, and how many there are in all."""

    rows: list[Row]
    total: int


def attribute(model: type[Base], name: str) -> InstrumentedAttribute[Any]:
    """A mapped attribute of a model by its name."""
    found: InstrumentedAttribute[Any] = getattr(model, name)
    return found


def list_page(session: ScopedSession, model: type[Base], view: View, names: Sequence[str] | None = None) -> Page:
    """A page of rows with the given fields (all, if none are named), and the total: two statements, waited for once.

    More are asked only for masks, and where the view's page lies beyond the last, which is then given.
    """
    size, page = min(max(view.size, 1), LARGEST_PAGE), max(view.page, 1)
    statement = _rows(session, model, names).where(*conditions(session, model, view)).order_by(*order(session, model, view.sort))

    def at(number: int) -> list[Row]:
        return read_rows(session, model, statement.limit(size).offset((number - 1) * size), names)

    total, rows = gather(session, lambda: count(session, model, view), lambda: at(page))
    last = max(1, -(-total // size))
    return Page(rows if page <= last else at(last), total)


def first_rows(session: ScopedSession, model: type[Base], view: View, names: Sequence[str] | None = None) -> list[Row]:
    """The rows of a view's first page, without their total: one statement; more only for masks."""
    statement = _rows(session, model, names).where(*conditions(session, model, view)).order_by(*order(session, model, view.sort))
    return read_rows(session, model, statement.limit(min(max(view.size, 1), LARGEST_PAGE)), names)


def labels_of(
    session: ScopedSession, model: type[Base], view: View, *also: ColumnElement[bool], limit: int = LARGEST_PAGE
) -> dict[str, str]:
    """What a view's first rows that meet further conditions as well are called, by key, in its order: one statement."""
    statement = select(model.id, label_of_key(model.__tablename__, model.id)).where(*conditions(session, model, view), *also)
    found = session.execute(statement.order_by(*order(session, model, view.sort)).limit(limit))
    return {key: show_label(model, parts, session.actor.zone) for key, parts in found}


def count(session: ScopedSession, model: type[Base], view: View, *also: ColumnElement[bool]) -> int:
    """How many rows a view holds that meet further conditions as well."""
    statement = select(func.count()).select_from(model).where(*conditions(session, model, view), *also)
    return session.scalar(statement) or 0


def keys_of(session: ScopedSession, model: type[Base], view: View, *also: ColumnElement[bool], limit: int = 100_000) -> list[str]:
    """The keys of a view's rows that meet further conditions as well, in its order."""
    statement = select(model.id).where(*conditions(session, model, view), *also).order_by(*order(session, model, view.sort))
    return list(session.scalars(statement.limit(limit)))


def get_row(session: ScopedSession, model: type[Base], key: str) -> Row:
    """One row with all its fields; NotFound if it isn't among the actor's rows."""
    if not is_id(key):
        raise NotFound
    found = read_rows(session, model, _rows(session, model, None).where(model.id == key), None)
    if not found:
        raise NotFound
    return found[0]


def rows_of(session: ScopedSession, model: type[Base], keys: Sequence[str], names: Sequence[str]) -> list[Row]:
    """Those of the rows with these keys that the actor may read, in the keys' order: one statement, more only for masks."""
    found = {row.key: row for row in read_rows(session, model, _rows(session, model, names).where(model.id.in_(keys)), names)}
    return [found[key] for key in keys if key in found]


def _chosen(model: type[Base], names: Sequence[str] | None) -> list[Field]:
    known = fields(model)
    return [known[name] for name in names if name in known] if names is not None else list(known.values())


def _rows(session: ScopedSession, model: type[Base], names: Sequence[str] | None) -> Select[Any]:
    chosen = [each for each in _chosen(model, names) if not each.sealed]
    columns: list[Any] = [model.id, model.row_version, *(attribute(model, each.name) for each in chosen)]
    columns += [label_of_key(each.target or "", attribute(model, each.name)) for each in _called_at_once(session, model, chosen)]
    return select(*columns)


def _called_at_once(session: ScopedSession, model: type[Base], chosen: Sequence[Field]) -> list[Field]:
    """The references whose labels the rows' own statement brings: not those masked in some row, which it may not look into."""
    hidden = masked_fields(session.actor, model)
    return [each for each in chosen if each.target and each.name not in hidden]


def read_rows(session: ScopedSession, model: type[Base], statement: Select[Any], names: Sequence[str] | None) -> list[Row]:
    """Run a statement made by this module, as plain rows. What the actor may not see is masked here."""
    chosen = [each for each in _chosen(model, names) if not each.sealed]
    at_once = _called_at_once(session, model, chosen)
    zone, rows = session.actor.zone, []
    for record, shown in read(session, model, statement, [each.name for each in chosen]):
        given = list(record)[2:]
        values: dict[str, Any] = dict(zip((each.name for each in chosen), given, strict=False))
        hidden = frozenset(each.name for each in chosen if each.column in shown.hidden)
        told = zip(at_once, given[len(chosen) :], strict=True)
        called = {each.name: show_label(each.target or "", parts, zone) for each, parts in told if values[each.name]}
        rows.append(Row(record[0], record[1], mask(model, values, shown), called, hidden))
    for reference in (each for each in chosen if each.target and each not in at_once):
        _call_afterwards(session, reference, rows)
    return rows


def _call_afterwards(session: ScopedSession, reference: Field, rows: Sequence[Row]) -> None:
    """Put the labels of a reference into the rows that show it."""
    showing = [row for row in rows if reference.name not in row.hidden and row.values.get(reference.name)]
    found = labels(session, model_of(reference.target or ""), [row.values[reference.name] for row in showing]) if showing else {}
    for row in showing:
        row.labels[reference.name] = found.get(row.values[reference.name], NAMELESS)


def conditions(session: ScopedSession, model: type[Base], view: View) -> list[ColumnElement[bool]]:
    """What a view's filters and search ask of a row. A filter on an unknown or a masked field asks nothing."""
    hidden = masked_fields(session.actor, model)
    known, told = fields(model), traits_for(session.actor, model)
    found = [
        _asked(session, known[each.name], each, attribute(model, each.name))
        for each in view.filters
        if each.name in known and each.name not in hidden
    ]
    found += [
        told[each.name].having(partial(_asked, session, told[each.name].field, each))
        for each in view.filters
        if each.name in told
    ]
    if view.search:
        found.append(_found_by(session, model, view.search))
    return found


def _found_by(session: ScopedSession, model: type[Base], search: str) -> ColumnElement[bool]:
    """Rows that hold all words of a search, or a number however it was typed: it is kept as digits."""
    words = and_(true(), *(matches(session, model, word) for word in _words(search)))
    digits = digits_typed(search[:LONGEST_SEARCH])
    return or_(words, matches(session, model, digits)) if digits else words


def _words(search: str) -> list[str]:
    """The folded words of a search, without what no column keeps."""
    return fold("".join(" " if has_unkept(each) else each for each in search[:LONGEST_SEARCH])).split()


def _asked(session: ScopedSession, field: Field, wanted: Filter, column: Any) -> ColumnElement[bool]:
    if wanted.empty:
        found: ColumnElement[bool] = column.is_(None)
        return found
    low, high = wanted.low, wanted.high
    if isinstance(field.type, Instant):
        low, high = _moment(session, low), _moment(session, high, after=True)
    parts: list[ColumnElement[bool]] = [column.in_(wanted.values)] if wanted.values else []
    parts += [column >= low] if low is not None else []
    if high is not None:
        parts.append(column < high if isinstance(field.type, Instant) else column <= high)
    return and_(true(), *parts)


def _moment(session: ScopedSession, day: Any, *, after: bool = False) -> datetime | None:
    """The instant at which a school's day begins (or the next one, for an end that includes its day)."""
    if not isinstance(day, date) or isinstance(day, datetime):
        return day
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), session.actor.zone)


def matches(session: ScopedSession, model: type[Base], word: str) -> ColumnElement[bool]:
    """Rows that hold a folded word in one of their texts, or in what they are called by through a reference.

    Where the folded texts hold what is masked for the actor, only the visible ones are looked at, one by one: whoever sees
    dots would otherwise find a number digit by digit.
    """
    hidden = untold(session.actor, model)
    texts = [each for each in fields(model).values() if isinstance(each.type, ShortText) and not each.sealed]
    if "search_text" in model.__table__.columns and "search_text" not in hidden:
        pattern = f"%{_escaped(word)}%"
        parts: list[ColumnElement[bool]] = [attribute(model, "search_text").like(pattern, escape="\\")]
    else:
        seen = [attribute(model, each.name) for each in texts if each.column not in hidden]
        parts = [cast(column, String).op("GLOB")(_any_case(word)) for column in seen]
    for name in model.__label__:
        target = fields(model)[name].target
        if target:
            other = model_of(target)
            parts.append(attribute(model, name).in_(select(other.id).where(matches(session, other, word))))
    return or_(*parts) if parts else model.id == word.upper()


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _any_case(word: str) -> str:
    """A folded word as a GLOB that finds it where no folded form is kept: each letter in either case, with any accent."""
    return f"*{''.join(_any_form(each) for each in word)}*"


def _any_form(letter: str) -> str:
    if not letter.isalpha():
        return f"[{letter}]" if letter in "*?[" else letter
    forms = {form for each in letter + ACCENTS.get(letter, "") for form in (each, each.upper()) if len(form) == 1}
    return f"[{''.join(sorted(forms))}]"


def fold_sql(column: Any) -> ColumnElement[str]:
    """A text folded by the database as far as Portuguese needs it, to sort columns whose folded form isn't kept."""
    folded: Any = cast(column, String)
    for plain, accented in SORTED.items():
        for each in accented:
            folded = func.replace(func.replace(folded, each, plain), each.upper(), plain)
    found: ColumnElement[str] = func.lower(folded)
    return found


def order(session: ScopedSession, model: type[Base], sort: str) -> list[Any]:
    """The columns to sort by: Portuguese order for texts, a reference by its record's name, the key at the end."""
    name = sort.lstrip("-")
    known = fields(model)
    if name not in known or known[name].sealed or name in masked_fields(session.actor, model):
        default = [_directed(_mapped(model, each.lstrip("-")), each) for each in model.__order_by__]
        return [*default, model.id]
    return [_directed(_sort_key(model, known[name]), sort), model.id]


def _mapped(model: type[Base], name: str) -> Any:
    return attribute(model, next((each.name for each in fields(model).values() if each.column == name), name))


def _sort_key(model: type[Base], field: Field) -> Any:
    column = attribute(model, field.name)
    if field.target:
        other = model_of(field.target)
        table = named(other)
        key = table.c.sort_text if "sort_text" in table.c else table.c[other.__order_by__[0].lstrip("-")]
        return select(key).where(table.c.id == column).scalar_subquery()
    if isinstance(field.type, ShortText):
        return attribute(model, "sort_text") if model.__label__[0] == field.name and _has_sort_text(model) else fold_sql(column)
    return column


def _has_sort_text(model: type[Base]) -> bool:
    return "sort_text" in model.__table__.columns


def _directed(column: Any, sort: str) -> Any:
    return column.desc() if sort.startswith("-") else column

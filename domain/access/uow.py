"""Sessions of the database, each for an actor: `reading(actor)` takes no write lock, `unit_of_work(actor)` writes.

The actor's school and rows are added to every query in one place, which also refuses to name what they may not see. What that
can't reach (Core selects, bulk updates, text) is refused; bulk writes go through `domain.access.bulk`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Alias, Column, Join, Select, Table, True_, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import NamedFromClause

from domain.access import security_log
from domain.access.actor import Actor
from domain.access.decide import condition, decide, reads_all
from domain.access.field_scope import is_words, refuse_dots_in, refuse_untold, seal, with_told, without_untold
from domain.access.keeping import keep
from domain.access.trail.flushed import look, noted
from domain.access.trail.values import AUTOMATIC
from domain.db.base import Base, Tenant
from domain.db.engine import engine
from domain.db.errors import translate
from domain.db.listed import listed
from domain.kit.errors import NotAllowed, Unchangeable, WrongScope

NAMED = "named within the school"
Write = tuple[Base, str, set[str]]  # a record, what is done to it ("C", "U", "D"), and the columns that a change touches


def named(model: type[Base]) -> NamedFromClause[Any]:
    """A bare table for the names of what readable rows refer to: the one door around the row scope, for labels alone."""
    table = model.__table__._annotate({NAMED: True})
    return table.alias()


class ScopedSession(Session):
    """A session that knows for whom it reads and writes."""

    @property
    def actor(self) -> Actor:
        found = self.info["actor"]
        assert isinstance(found, Actor)
        return found

    def get(self, entity: Any, ident: Any, *_given: Any, **_options: Any) -> Any:
        """A record by its key, asked for like any other, so that the scope is in the question."""
        return self.scalar(select(entity).where(entity.id == ident))

    def _no_bulk(self, *_given: Any, **_options: Any) -> NoReturn:
        """Session's own bulk writes pass by every check; `domain.access.bulk` has its own."""
        raise WrongScope

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _no_bulk


@contextmanager
def reading(actor: Actor) -> Iterator[ScopedSession]:
    """Read as this actor: no write lock, nothing is kept."""
    bind = engine().execution_options(libsql_readonly=True)
    session = ScopedSession(bind, info={"actor": actor, "reading": True}, expire_on_commit=False)
    with _told(session):
        yield session


@contextmanager
def unit_of_work(actor: Actor) -> Iterator[ScopedSession]:
    """Write as this actor: everything or nothing, committed at the end. Driver errors become the domain's."""
    session = ScopedSession(engine(), info={"actor": actor}, expire_on_commit=False)
    with _told(session):
        yield session
        keep(session)
        session.commit()


@contextmanager
def rehearsal(actor: Actor) -> Iterator[ScopedSession]:
    """Write as this actor, up to all that is asked before a commit, and take everything back: what would happen, and would it."""
    session = ScopedSession(engine(), info={"actor": actor}, expire_on_commit=False)
    with _told(session):
        yield session
        keep(session)
        session.rollback()


@contextmanager
def _told(session: ScopedSession) -> Iterator[None]:
    try:
        yield
    except (NotAllowed, WrongScope) as error:
        security_log.refused(error, session.actor)
        raise
    except SQLAlchemyError as error:
        raise translate(error) from error
    finally:
        session.close()


def _criteria(actor: Actor, model: type[Base]) -> list[ORMOption]:
    """What is added to every query that touches a model: its school, and the actor's rows.

    As functions of the class: an expression would not be turned to the alias where a table is joined to itself.
    """
    school = actor.organization_id
    found: list[ORMOption] = []
    if issubclass(model, Tenant):
        found.append(with_loader_criteria(model, lambda cls: cls.organization_id == school, include_aliases=True))
    elif model.__tablename__ == "organizations":
        found.append(with_loader_criteria(model, lambda cls: cls.id == school, include_aliases=True))
    else:
        raise WrongScope
    if not reads_all(actor, model.__tablename__):
        rows = select(model.__table__.c.id).where(condition(actor, "R", model))
        found.append(with_loader_criteria(model, lambda cls: cls.id.in_(rows), include_aliases=True))
    return found


@event.listens_for(ScopedSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, ScopedSession)
    if state.is_column_load:
        return  # a record of this session is read again: it came into it within the scope
    if not state.is_orm_statement or not state.is_select:
        raise WrongScope
    known: dict[type[Base], list[ORMOption]] = session.info.setdefault("criteria", {})
    touched: set[type[Base]] = set()
    tables: set[str] = set()
    statement: Any = state.statement
    elements = list(visitors.iterate(statement))
    for element in elements:
        entity = element._annotations.get("parententity")
        if entity is not None:
            touched.add(entity.mapper.class_)
        elif is_words(element) or _selects_from_bare(element):
            raise WrongScope
        elif isinstance(element, Table) and NAMED not in element._annotations:
            tables.add(element.name)  # where a condition names a mapped column, its table comes by bare
    if tables - {model.__tablename__ for model in touched} - _named_tables(elements):
        raise WrongScope
    refuse_untold(session, statement, elements)
    state.statement = with_told(without_untold(session, statement))
    for model in touched:
        if model not in known:
            known[model] = _criteria(session.actor, model)
        state.statement = state.statement.options(*known[model])


def _selects_from_bare(element: Any) -> bool:
    sources = element._from_obj if isinstance(element, Select) else [element.table] if isinstance(element, Column) else []
    return any(_is_bare(each) for each in sources)


def _is_bare(table: Any) -> bool:
    """Whether a table that is selected from comes by neither a mapped class nor `named()`."""
    if isinstance(table, Join):
        return _is_bare(table.left) or _is_bare(table.right)
    while isinstance(table, Alias):
        table = table.element
    return isinstance(table, Table) and not table._annotations.keys() & {NAMED, "parententity"}


def _named_tables(elements: Iterable[Any]) -> set[str]:
    return {each.name for each in elements if isinstance(each, Table) and NAMED in each._annotations}


@event.listens_for(ScopedSession, "before_flush")
def _before(session: ScopedSession, _flush: UOWTransaction, _instances: Any) -> None:
    if session.info.get("reading") and (session.new or session.dirty or session.deleted):
        raise WrongScope
    changed = {record: _changed(record) for record in session.dirty if session.is_modified(record)}
    if any("id" in columns for columns in changed.values()):
        raise WrongScope  # a record keeps its key: what refers to it, its trail and its links go by it
    for action, records in (("C", session.new), ("U", changed), ("D", session.deleted)):
        for record in records:
            _belongs(session.actor, record)
            _allowed(session.actor, action, record)
            if action != "D":
                refuse_dots_in(record)
    updated = [(record, "U", columns) for record, columns in changed.items()]
    _rows_allow(session, [*updated, *((record, "D", set[str]()) for record in session.deleted)])
    session.info["written"] = [*((record, "C", set[str]()) for record in session.new), *updated]
    look(session, changed, session.deleted)


@event.listens_for(ScopedSession, "after_flush_postexec")
def _after(session: ScopedSession, _flush: UOWTransaction) -> None:
    written = session.info.pop("written", [])
    _rows_allow(session, written)
    noted(session, written)
    for record, _action, _changed in written:
        seal(session, record)


def _belongs(actor: Actor, record: Base) -> None:
    if isinstance(record, Tenant):
        if record.organization_id is None:
            record.organization_id = actor.organization_id
        if record.organization_id != actor.organization_id or inspect(record).attrs.organization_id.history.deleted:
            raise WrongScope
    elif record.id != actor.organization_id:
        raise WrongScope


def _allowed(actor: Actor, action: str, record: Base) -> None:
    verdict = decide(actor, action, type(record))
    if not verdict:
        raise NotAllowed(verdict.reason)
    reason = {"C": None, "U": _reason_before(record), "D": record.delete_lock_reason()}[action]
    if reason:
        raise Unchangeable


def _reason_before(record: Base) -> str | None:
    """Why the record was locked as it stood, whatever the change would make of it."""
    state = inspect(record)
    changed = {name: attribute.history.deleted[0] for name, attribute in state.attrs.items() if attribute.history.deleted}
    if not changed:
        return record.lock_reason()
    columns = state.mapper.column_attrs.keys()
    before = type(record)(**{name: changed.get(name, getattr(record, name)) for name in columns if name in state.dict})
    return before.lock_reason()


def _changed(record: Base) -> set[str]:
    """The columns that a change touches, save those that every change does."""
    return {name for name, attribute in inspect(record).attrs.items() if attribute.history.has_changes()} - AUTOMATIC


def _rows_allow(session: ScopedSession, written: Iterable[Write]) -> None:
    """Rows that are written must lie among those where the actor may do just this: before the change and after it.

    One question for all rows of a table of which the same is changed.
    """
    alike: dict[tuple[type[Base], str, frozenset[str]], list[str]] = {}
    for record, action, columns in written:
        alike.setdefault((type(record), action, frozenset(columns)), []).append(record.id)
    for (model, action, changed), keys in alike.items():
        where = condition(session.actor, action, model, changing=changed)
        if isinstance(where, True_):
            continue
        table = model.__table__
        theirs = session.connection().execute(select(table.c.id).where(table.c.id.in_(listed(keys)), where)).scalars()
        if set(keys) - set(theirs):
            raise NotAllowed(f"not among the rows of {session.actor.role}, or not {sorted(changed)} there")

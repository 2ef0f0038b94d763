"""A model and its spec made into one checked view: what the grid, the filters and the forms of a table hold for an actor."""

from dataclasses import dataclass

from domain.access.actor import Actor
from domain.access.decide import decide, own_columns, unheard_of
from domain.db.base import Base, model_of
from domain.db.types import (
    Bytes,
    ChoiceType,
    ClockTime,
    Day,
    Flag,
    Instant,
    JsonValue,
    LongText,
    Money,
    Number,
    ShortText,
    Whole,
)
from domain.kit.texts import _
from domain.records.fields import Field, fields
from domain.records.masks import masked_fields
from domain.records.traits import traits_for
from domain.records.write import writable
from pages._crud.spec import TableSpec

GRID_COLUMNS = 8
INLINE_TYPES = (ShortText, ChoiceType, Flag, Whole, Number, Money, Day, ClockTime)
FILTER_TYPES = (ChoiceType, Flag, Whole, Number, Money, Day, Instant)


@dataclass(frozen=True)
class TableView:
    """All that a table's page needs to know, for one actor."""

    spec: TableSpec
    model: type[Base]
    columns: tuple[Field, ...]
    filters: tuple[Field, ...]
    create_fields: tuple[Field, ...]
    edit_fields: tuple[Field, ...]
    inline: tuple[Field, ...]
    can_create: bool  # also where the form has nothing to ask
    can_delete: bool
    hidden: frozenset[str]

    @property
    def table(self) -> str:
        return self.spec.table

    @property
    def title(self) -> str:
        return _(self.model.__title__)

    @property
    def one(self) -> str:
        return _(self.model.__one__)

    @property
    def can_edit(self) -> bool:
        return bool(self.edit_fields)


def resolve(actor: Actor, spec: TableSpec) -> TableView:
    """The view of a table for this actor."""
    model = model_of(spec.table)
    known = fields(model)
    hidden, unheard = masked_fields(actor, model), unheard_of(actor, model)
    is_creator = spec.can_create and (not spec.creators or actor.role in spec.creators)
    may_create = writable(actor, model, "C") if is_creator else set()
    may_edit = writable(actor, model, "U") if spec.can_edit and not model.__append_only__ else set()
    own = own_columns(actor, spec.table)
    form = [name for name in spec.form or known if name not in own]
    inline = spec.inline or tuple(name for name, each in known.items() if _is_inline(each))
    return TableView(
        spec=spec,
        model=model,
        columns=tuple(known[name] for name in spec.columns or _grid_columns(model) if known[name].column not in unheard),
        filters=(
            *(known[name] for name in spec.filters or _filters(known) if name not in hidden),
            *(each.field for each in traits_for(actor, model).values()),
        ),
        create_fields=tuple(known[name] for name in form if name in may_create),
        edit_fields=tuple(known[name] for name in form if name in may_edit),
        inline=tuple(known[name] for name in inline if name in may_edit and name not in hidden),
        can_create=bool(may_create),
        can_delete=spec.can_delete and not model.__append_only__ and bool(decide(actor, "D", model)),
        hidden=hidden,
    )


def _is_inline(field: Field) -> bool:
    return field.editable and isinstance(field.type, INLINE_TYPES) and not isinstance(field.type, LongText)


def _grid_columns(model: type[Base]) -> list[str]:
    known = fields(model)
    first = [name for name in model.__label__ if name in known]
    rest = [
        name
        for name, each in known.items()
        if name not in first and not isinstance(each.type, (LongText, JsonValue, Bytes)) and not each.sealed
    ]
    return [*first, *rest][:GRID_COLUMNS]


def _filters(known: dict[str, Field]) -> list[str]:
    return [name for name, each in known.items() if not each.sealed and (isinstance(each.type, FILTER_TYPES) or each.target)]

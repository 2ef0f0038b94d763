"""What a table's page shows where it departs from what the model says: plain data, checked when it is imported."""

from dataclasses import dataclass, field

from domain.access.roles import Role
from domain.db.base import model_of
from domain.records.fields import fields


@dataclass(frozen=True)
class TableSpec:
    """Exceptions for one table; whatever is left empty follows from the model.

    `sentence`: what one does here. `columns`: what the grid shows, in order. `filters`: what the filter panel offers.
    `form`: the fields of a form, in order. `inline`: what may be edited in the grid. `empty`: what an empty list says.
    `creators`: the roles whose form this is, where others have a door of their own.
    """

    table: str
    sentence: str = ""
    icon: str = "table_rows"
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    empty: str = ""
    can_create: bool = True
    creators: tuple[Role, ...] = ()
    can_edit: bool = True
    can_delete: bool = True
    private: bool = False  # what is searched here never stands in the URL
    related: tuple[str, ...] = field(default=())  # which related tables come first

    def __post_init__(self) -> None:
        known = fields(model_of(self.table))
        for name in (*self.columns, *self.filters, *self.form, *self.inline):
            if name not in known:
                raise ValueError(f"{self.table} has no field {name}")
        for table in self.related:
            model_of(table)

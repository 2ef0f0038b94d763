"""How a model says everything about a column in one line: `name: Mapped[str] = short_text(N_("Name"), 120)`.

Whether a value is required follows from the annotation (`Mapped[str | None]` is not). Limits become CHECKs of the database,
limits of widgets and messages of checks; labels and helps are source texts for gettext.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import MappedColumn, mapped_column

from domain.db import types
from domain.db.types import Choice, ChoiceType, Shaped
from domain.kit.clock import now
from domain.kit.ids import new_id
from domain.kit.texts import N_


def _column(
    kind: Any, label: str, *, note: str = "", automatic: bool = False, extra: dict[str, Any] | None = None, **options: Any
) -> Any:
    """`automatic`, which every function below takes: set by the program; grids show it, no form asks for it."""
    info = {"label": label, "help": note, "automatic": automatic or None, **(extra or {})}
    return mapped_column(kind, info={name: value for name, value in info.items() if value is not None}, **options)


def key() -> MappedColumn[str]:
    """The record's own ULID, made when the record is."""
    return mapped_column(types.Key(), primary_key=True, default=new_id, sort_order=-10, info={"hidden": True})


def reference(
    label: str,
    table: str,
    *,
    on_delete: str = "RESTRICT",
    note: str = "",
    unique: bool = False,
    roles: Sequence[str] = (),
    **options: Any,
) -> Any:
    """A key of another table's row. `on_delete`: RESTRICT, CASCADE or SET NULL, as a school would want it.

    `roles`: of people, those whom a form offers.

    The composite foreign key that keeps schools apart, its index, and the trigger where SET NULL is wanted, follow (Base).
    """
    return _column(
        types.Key(),
        label,
        note=note,
        extra={"refers": table, "on_delete": on_delete, "roles": tuple(roles) or None},
        unique=unique or None,
        **options,
    )


def short_text(label: str, length: int = 200, *, note: str = "", suggested: Sequence[str] = (), **options: Any) -> Any:
    """One line of text. `suggested` is an open set, offered in forms."""
    return _column(types.ShortText(length), label, note=note, extra={"suggested": tuple(suggested) or None}, **options)


def long_text(label: str, length: int = 20_000, *, note: str = "", **options: Any) -> Any:
    """Text of several lines."""
    return _column(types.LongText(length), label, note=note, **options)


def shaped(kind: Shaped, label: str, *, note: str = "", **options: Any) -> Any:
    """A column of a type with a shape of its own: `shaped(Email(), N_("E-mail"))`."""
    return _column(kind, label, note=note, **options)


def choice(label: str, kind: type[Choice], *, note: str = "", **options: Any) -> Any:
    """One value of a closed set."""
    return _column(ChoiceType(kind), label, note=note, **options)


def flag(label: str, *, default: bool | None = False, note: str = "", hidden: bool = False, **options: Any) -> Any:
    """Yes or no, or (None) not said. `hidden`: no form, grid or setting shows or writes it."""
    return _column(types.Flag(), label, note=note, extra={"hidden": hidden or None}, default=default, **options)


def whole(
    label: str,
    *,
    low: int | None = None,
    high: int | None = None,
    unit: str | None = None,
    note: str = "",
    **options: Any,
) -> Any:
    """A whole number from `low` to `high`, both allowed."""
    return _column(types.Whole(), label, note=note, extra={"low": low, "high": high, "unit": unit}, **options)


def weekday(label: str, *, note: str = "", **options: Any) -> Any:
    """A day of the week: 0 is Sunday, 6 Saturday."""
    return _column(types.Weekday(), label, note=note, extra={"low": 0, "high": 6}, **options)


def number(
    label: str,
    *,
    low: float | None = None,
    high: float | None = None,
    unit: str | None = None,
    note: str = "",
    **options: Any,
) -> Any:
    """A number with places from `low` to `high`, both allowed."""
    return _column(types.Number(), label, note=note, extra={"low": low, "high": high, "unit": unit}, **options)


def fraction(label: str, *, low: float = 0.0, high: float = 1.0, note: str = "", **options: Any) -> Any:
    """A number from 0 to 1 (a valence: from -1)."""
    return _column(types.Fraction(), label, note=note, extra={"low": low, "high": high}, **options)


def money(label: str, *, low: int | None = 0, note: str = "", **options: Any) -> Any:
    """An amount in reais (a Decimal)."""
    return _column(types.Money(), label, note=note, extra={"low": low}, **options)


def cents(label: str, *, low: int | None = 0, note: str = "", **options: Any) -> Any:
    """An amount in whole cents (an int); people see reais."""
    return _column(types.Cents(), label, note=note, extra={"low": low}, **options)


def day(label: str, *, note: str = "", weekly: bool = False, **options: Any) -> Any:
    """A date on the school's calendar. `weekly`: people plan by it, so that its weekday is said wherever it is shown."""
    return _column(types.Day(), label, note=note, extra={"weekly": weekly or None}, **options)


def clock_time(label: str, *, note: str = "", **options: Any) -> Any:
    """A time on the school's wall clock."""
    return _column(types.ClockTime(), label, note=note, **options)


def instant(label: str, *, note: str = "", weekly: bool = False, **options: Any) -> Any:
    """A moment, UTC and aware. `weekly`: as of a day."""
    return _column(types.Instant(), label, note=note, extra={"weekly": weekly or None}, **options)


def created() -> Any:
    """When the row was made; no form offers it."""
    return _column(types.Instant(), N_("Created"), default=now, automatic=True)


def updated() -> Any:
    """When the row was last changed; no form offers it."""
    return _column(types.Instant(), N_("Last changed"), default=now, onupdate=now, automatic=True)


def json_value(
    label: str,
    kind: type[types.JsonValue] = types.JsonObject,
    *,
    default: Callable[[], Any] | None = None,
    note: str = "",
    columns: Sequence[str] = (),
    **options: Any,
) -> Any:
    """A JSON column: `JsonObject`, `JsonList` or `Tags`. `columns`: of a list of objects, the names that each has."""
    return _column(kind(), label, note=note, extra={"columns": tuple(columns) or None}, default=default, **options)


def blob(label: str, *, note: str = "", **options: Any) -> Any:
    """Bytes that no form edits."""
    return _column(types.Bytes(), label, note=note, extra={"sealed": True}, **options)

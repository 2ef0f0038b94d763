"""Editing in the grid: what would change is shown before anything is saved; all of it is saved, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pandas as pd
import streamlit as st

from domain.access.actor import Actor
from domain.access.trail.writing import written
from domain.access.uow import unit_of_work
from domain.db.types import Cents, ChoiceType, ClockTime, Day, Flag, Fraction, Money, Number, Whole
from domain.kit.errors import DomainError, EditConflict, InvalidInput
from domain.kit.texts import N_, _, ngettext
from domain.records import write
from domain.records.fields import Field
from domain.records.query import Row
from pages._crud import address, undo, values
from pages._crud.resolve import TableView
from pages._crud.show import say, short
from pages._shell import parts, state
from pages._shell.errors import findings_of
from pages._shell.guard import current_actor


@dataclass(frozen=True)
class Change:
    """One cell that would change: the row as it was, the field, the new value."""

    row: Row
    field: Field
    value: Any


def editor_key(view: TableView) -> str:
    """The key of the editor's widget; its edits are `edited_rows` by position."""
    return f"editor-{view.table}"


def editor(view: TableView, actor: Actor, rows: Sequence[Row]) -> None:
    """The rows as cells to type in, and under them what would change."""
    opened = state.value(f"{editor_key(view)}.rows")
    if opened is None or [row.key for row in opened] != [row.key for row in rows]:
        opened = list(rows)
        state.put(f"{editor_key(view)}.rows", opened)
    editable = list(view.inline)
    shown = list(dict.fromkeys([*view.columns, *editable]))
    data = {
        field.name: [
            _cell(field, row.values.get(field.name), actor)
            if field in editable
            else short(say(field, row.values.get(field.name), actor.zone, row.labels.get(field.name)))
            for row in opened
        ]
        for field in shown
    }
    st.data_editor(
        pd.DataFrame(data, index=[row.key for row in opened], dtype=object),
        key=editor_key(view),
        hide_index=True,
        num_rows="fixed",
        disabled=[field.name for field in shown if field not in editable],
        column_config={field.name: _column(field, editable=field in editable) for field in shown},
        alt=_("{table}: cells to edit").format(table=view.title),
    )
    changes, problems = read_changes(view, actor, opened)
    _difference(view, actor, changes, problems)


def _cell(field: Field, value: Any, actor: Actor) -> Any:
    if isinstance(field.type, ChoiceType):
        return value.label if value is not None else None
    return values.seed(field, value, actor.zone)


def _column(field: Field, *, editable: bool) -> Any:
    config = st.column_config
    if not editable:
        return config.TextColumn(field.label)
    kind = field.type
    if isinstance(kind, ChoiceType):
        return config.SelectboxColumn(field.label, options=[each.label for each in field.choices], required=field.required)
    if isinstance(kind, Flag):
        return config.CheckboxColumn(field.label)
    if isinstance(kind, (Money, Cents)):
        return config.TextColumn(field.label, alignment="right")
    if isinstance(kind, (Whole, Number)):
        return config.NumberColumn(field.label, step=0.01 if isinstance(kind, (Fraction, Number)) else 1)
    if isinstance(kind, Day):
        return config.DateColumn(field.label, format="DD/MM/YYYY")
    if isinstance(kind, ClockTime):
        return config.TimeColumn(field.label, format="HH:mm")
    return config.TextColumn(field.label)


def read_changes(view: TableView, actor: Actor, rows: Sequence[Row]) -> tuple[list[Change], list[str]]:
    """The cells that were edited, as values; and what in them can't be read, in words."""
    edited: Mapping[Any, Mapping[str, Any]] = (state.value(editor_key(view)) or {}).get("edited_rows", {})
    by_name = {field.name: field for field in view.inline}
    changes, problems = [], []
    for at, cells in edited.items():
        row = rows[int(at)] if int(at) < len(rows) else None
        for name, raw in cells.items():
            if row is None or name not in by_name:
                continue
            try:
                value = _read(by_name[name], raw, actor)
            except values.Unreadable as error:
                problems.append(f"{by_name[name].label}: {_(error.source).format(**error.params)}")
                continue
            if value != row.values.get(name):
                changes.append(Change(row, by_name[name], value))
    return changes, problems


def _read(field: Field, raw: Any, actor: Actor) -> Any:
    if isinstance(field.type, ChoiceType):
        return next((each for each in field.choices if each.label == raw), None)
    try:
        if isinstance(field.type, Day) and isinstance(raw, str):
            return date.fromisoformat(raw[:10])
        if isinstance(field.type, ClockTime) and isinstance(raw, str):
            return time.fromisoformat(raw.split("T")[-1].split(".")[0].rstrip("Z"))
        return values.read(field, raw, actor.zone)
    except values.Unreadable:
        raise
    except (ValueError, TypeError):
        raise values.Unreadable(N_("This can't be read: please look at it again.")) from None


def _difference(view: TableView, actor: Actor, changes: Sequence[Change], problems: Sequence[str]) -> None:
    for each in [*problems, *state.value(f"{editor_key(view)}.problems", [])]:
        parts.note(each, "danger")
    if changes:
        parts.section(ngettext("{count} change, not saved yet", "{count} changes, not saved yet", len(changes)))
        named = view.columns[0]
        st.table(
            pd.DataFrame(
                {
                    view.one: [
                        say(named, each.row.values.get(named.name), actor.zone, each.row.labels.get(named.name))
                        for each in changes
                    ],
                    _("Field"): [each.field.label for each in changes],
                    _("Before"): [say(each.field, each.row.values.get(each.field.name), actor.zone) for each in changes],
                    _("After"): [say(each.field, each.value, actor.zone) for each in changes],
                }
            ),
            hide_index=True,
        )
    else:
        parts.quiet(_("Click a cell to change it. You will see every change before it is saved."))
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(_("Leave without saving"), key=f"{editor_key(view)}.cancel", on_click=_leave, args=(view,))
        st.button(
            _("Save the changes"),
            key=f"{editor_key(view)}.save",
            type="primary",
            disabled=not changes or bool(problems),
            on_click=_save,
            args=(view,),
        )


def _leave(view: TableView) -> None:
    state.drop(editor_key(view), f"{editor_key(view)}.rows", f"{editor_key(view)}.problems")
    address.change(mode="")


def _save(view: TableView) -> None:
    actor = current_actor()
    rows: list[Row] = state.value(f"{editor_key(view)}.rows", [])
    changes, _problems = read_changes(view, actor, rows)
    by_row: dict[str, dict[str, Any]] = {}
    for each in changes:
        by_row.setdefault(each.row.key, {})[each.field.name] = each.value
    known = {row.key: row for row in rows}
    row = None
    try:
        with unit_of_work(actor) as session:
            for key, given in by_row.items():
                row = known[key]
                write.update(session, view.model, key, given, version=row.version, opened=row.values)
    except InvalidInput as error:
        labels = {field.name: field.label for field in view.inline}
        problems = [f"{labels.get(each.field, each.field)}: {each.message}" for each in error.problems]
        state.put(f"{editor_key(view)}.problems", problems)
    except EditConflict as error:
        field = view.columns[0]
        name = say(field, row.values.get(field.name), actor.zone, row.labels.get(field.name)) if row else ""
        open_it = _("“{name}”: open that record to see both versions.").format(name=name)
        state.put(f"{editor_key(view)}.problems", [f"{error.message} {open_it}"])
    except DomainError as error:
        state.put(f"{editor_key(view)}.problems", [error.message, *(each.message for each in findings_of(error))])
    else:
        said = ngettext("{count} record was saved.", "{count} records were saved.", len(by_row))
        undo.done(actor, written(session), said)
        _leave(view)
